/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_find.c - muniment find: by words, by a file's content, by digest. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/digest.h"
#include "muniment/keeper.h"

enum {
	LIMIT = 1000 /* results, unless --limit says otherwise */
};

struct finding {
	struct keeper *keeper;
	const char *file, *limit;
	struct mun_json_writer json;
	uint64_t count;
	uint64_t unknown; /* archives that the index knows nothing of */
};

static enum mun_status
see(void *ctx, const struct mun_index_document *document, struct mun_error *err)
{
	struct finding *finding = ctx;

	(void)err;
	finding->count++;
	if (finding->keeper->tool.json)
		json_document(&finding->json, document);
	else
		print_document_line(&finding->keeper->tool, document);
	return MUN_OK;
}

static void
print_typed(struct tool *tool, const struct mun_index_typed *typed)
{
	tool_print(tool, "%s  entry %" PRIu64 ", %s, %s: ",
	    typed->reference[0] == '\0' ? "the vault" : typed->reference,
	    typed->seq, typed->type, typed->key);
	tool_print_text(tool, typed->text);
	tool_print(tool, "\n");
}

static void
json_typed(struct mun_json_writer *json, const struct mun_index_typed *typed)
{
	mun_json_begin_object(json);
	mun_json_key(json, "reference");
	mun_json_text(
	    json, typed->reference[0] == '\0' ? NULL : typed->reference);
	mun_json_key(json, "seq");
	mun_json_unsigned(json, typed->seq);
	mun_json_key(json, "type");
	mun_json_text(json, typed->type);
	mun_json_key(json, "time");
	mun_json_text(json, typed->time);
	mun_json_key(json, "key");
	mun_json_text(json, typed->key);
	mun_json_key(json, "text");
	tool_json_text(json, typed->text);
	mun_json_end_object(json);
}

static enum mun_status
see_typed(void *ctx, const struct mun_index_typed *typed, struct mun_error *err)
{
	struct finding *finding = ctx;

	(void)err;
	finding->count++;
	if (finding->keeper->tool.json)
		json_typed(&finding->json, typed);
	else
		print_typed(&finding->keeper->tool, typed);
	return MUN_OK;
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
parse_hex(uint8_t *digest, size_t len, const char *hex)
{
	if (strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		digest[i] = (uint8_t)(high * 16 + low);
	}
	return true;
}

/* "sha256:HEX" or "sha512:HEX"; 0 if the text is neither. */
static enum mun_status
parse_digest(
    const char *text, uint8_t digest[64], size_t *len, struct mun_error *err)
{
	*len = 0;
	if (strncmp(text, "sha256:", 7) == 0)
		*len = 32;
	else if (strncmp(text, "sha512:", 7) == 0)
		*len = 64;
	if (*len > 0 && !parse_hex(digest, *len, text + 7))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no such digest: it has %zu hex digits", text,
		    2 * *len);
	return MUN_OK;
}

static enum mun_status
parse_limit(
    const struct finding *finding, uint64_t *limit, struct mun_error *err)
{
	char *end;

	*limit = LIMIT;
	if (finding->limit == NULL)
		return MUN_OK;
	*limit = strtoull(finding->limit, &end, 10);
	if (end == finding->limit || *end != '\0' || *limit == 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not a number of results", finding->limit);
	return MUN_OK;
}

/* Typed words come after names, and share the limit with them. */
static enum mun_status
ask_typed(struct finding *finding, struct mun_index *index, const char *text,
    uint64_t limit, struct mun_error *err)
{
	if (finding->keeper->tool.json) {
		mun_json_end_array(&finding->json);
		mun_json_key(&finding->json, "typed");
		mun_json_begin_array(&finding->json);
	}
	return finding->count >= limit
	    ? MUN_OK
	    : mun_index_find_typed(
		  index, text, limit - finding->count, see_typed, finding, err);
}

/* What is asked for is read before the vault is: a missing file is said even
 * where there is no vault. */
static enum mun_status
ask(struct finding *finding, struct mun_index *index, const char *text,
    const uint8_t *digest, size_t digest_len, uint64_t limit,
    struct mun_error *err)
{
	enum mun_status status;

	if (digest_len > 0)
		return mun_index_find_digest(
		    index, digest, digest_len, see, finding, err);
	status = mun_index_find_text(index, text, limit, see, finding, err);
	return status != MUN_OK ? status
				: ask_typed(finding, index, text, limit, err);
}

static enum mun_status
count_unknown(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	struct finding *finding = ctx;

	(void)err;
	if (!archive->indexed && !archive_is_destroyed(archive))
		finding->unknown++;
	return MUN_OK;
}

static enum mun_status
find(struct finding *finding, const char *text, struct mun_error *err)
{
	struct mun_index *index = NULL;
	uint8_t digest[64];
	size_t digest_len = 32;
	uint64_t limit;
	enum mun_status status = parse_limit(finding, &limit, err);

	if (status == MUN_OK)
		status = text == NULL
		    ? mun_digest_file(finding->file, digest, err)
		    : parse_digest(text, digest, &digest_len, err);
	if (status == MUN_OK)
		status = keeper_open(finding->keeper, err);
	if (status == MUN_OK)
		status = keeper_open_index(finding->keeper, &index, err);
	if (status != MUN_OK)
		return status;
	if (finding->keeper->tool.json) {
		mun_json_begin_object(&finding->json);
		mun_json_key(&finding->json, "found");
		mun_json_begin_array(&finding->json);
	}
	status = ask(finding, index, text, digest, digest_len, limit, err);
	if (finding->keeper->tool.json) {
		mun_json_end_array(&finding->json);
		mun_json_end_object(&finding->json);
		mun_buffer_append_byte(finding->json.out, '\n');
	} else if (finding->count == limit && digest_len == 0) {
		tool_warn(&finding->keeper->tool,
		    "stopped after %" PRIu64 "; --limit N shows more", limit);
	}
	if (status == MUN_OK && finding->count == 0)
		status = mun_index_archives(
		    index, NULL, count_unknown, finding, err);
	mun_index_close(index);
	return status;
}

/* Nothing, as far as the index goes. */
static void
say_nothing_found(const struct finding *finding)
{
	struct tool *tool = &finding->keeper->tool;

	if (finding->unknown > 0)
		tool_warn(tool,
		    "nothing found, and %" PRIu64
		    " %s not in the index ('muniment list' names what is "
		    "not): a file was not there when it was made; once it is, "
		    "'muniment index rebuild' takes it in",
		    finding->unknown,
		    tool_plural(
			finding->unknown, "archive is", "archives are"));
	else if (!tool->json)
		tool_warn(tool, "nothing found");
}

int
cmd_find(struct keeper *keeper, int argc, char **argv)
{
	struct finding finding = { .keeper = keeper,
		.json = MUN_JSON_WRITER_INIT(&keeper->tool.out) };
	const struct tool_option options[] = {
		{ "file", 0, TOOL_TEXT, &finding.file, "PATH",
		    "by content: is this very file held, as a document or\n"
		    "inside one" },
		{ "limit", 0, TOOL_TEXT, &finding.limit, "N",
		    "at most N results (1000)" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands =
					      "[TEXT|sha256:HEX|sha512:HEX]",
		.summary =
		    "Find documents, and what lies inside them: by words of\n"
		    "their names (any case, parts of words of two characters\n"
		    "or more), by content, or by digest.  Words are also\n"
		    "looked for in what people typed about events: "
		    "annotations,\n"
		    "notes, names of sources and receivers.",
		.example = "muniment find '\xe5\x8d\x97\xe5\xae\x81 2019'\n"
			   "muniment find --file /media/stick/minutes.pdf",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_max = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if ((count == 1) == (finding.file != NULL))
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say either a text, a digest, or --file PATH");
	if (find(&finding, count == 1 ? operands[0] : NULL, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	if (finding.count == 0)
		say_nothing_found(&finding);
	return TOOL_DONE;
}
