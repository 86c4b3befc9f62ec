/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_annotate.c - muniment annotate DOC KEY=VALUE..., annotate --sheet FILE,
 * link DOC --translation-of DOC, withdraw ID --reason TEXT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/recorder.h"

enum {
	ABOUT_MAX = 256,
	KEY_MAX = 32,
	SHEET_MAX = 1 << 26
};

/* ---- annotate ---- */

/* KEY=VALUE taken apart in place. */
static bool
take_pair(struct recorder_words *words, char *pair)
{
	char *equals = strchr(pair, '=');

	if (equals == NULL || equals == pair)
		return false;
	*equals = '\0';
	recorder_add(words, pair, equals + 1);
	return true;
}

static int
annotate_one(struct recorder *recorder, const char *reference,
    const struct recorder_words *words)
{
	const struct mun_record_request request = { .type = "annotation",
		.reference = reference,
		.words = words->list,
		.word_count = words->count };
	char about[ABOUT_MAX];

	(void)snprintf(about, sizeof(about), "%s annotated", reference);
	return recorder_run(recorder, &request, about);
}

/* A sheet is lines of fields parted by tabs; its first line has the keys, the
 * first of them "document". */
static char *
next_field(char **at)
{
	char *field = *at;
	char *tab;

	if (field == NULL)
		return NULL;
	tab = strchr(field, '\t');
	if (tab != NULL)
		*tab = '\0';
	*at = tab == NULL ? NULL : tab + 1;
	return field;
}

static char *
next_line(char **at)
{
	char *line = *at;
	char *end;

	if (line == NULL || line[0] == '\0')
		return NULL;
	end = strchr(line, '\n');
	if (end != NULL)
		*end = '\0';
	*at = end == NULL ? NULL : end + 1;
	if (end != NULL && end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

struct sheet {
	const char *keys[RECORDER_WORDS_MAX];
	size_t key_count;
	unsigned long line;
};

static enum mun_status
take_heading(struct sheet *sheet, char *line, struct mun_error *err)
{
	const char *first = next_field(&line);
	char *key;

	if (first == NULL || strcmp(first, "document") != 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the sheet's first line is to be 'document' and keys, "
		    "parted by tabs");
	while ((key = next_field(&line)) != NULL &&
	    sheet->key_count < RECORDER_WORDS_MAX)
		sheet->keys[sheet->key_count++] = key;
	return MUN_OK;
}

static int
annotate_line(struct recorder *recorder, struct sheet *sheet, char *line)
{
	struct recorder_words words = { .count = 0 };
	const char *reference = next_field(&line);
	char *value;

	for (size_t i = 0;
	     (value = next_field(&line)) != NULL && i < sheet->key_count; i++)
		if (value[0] != '\0')
			recorder_add(&words, sheet->keys[i], value);
	if (reference == NULL || reference[0] == '\0' || words.count == 0)
		return TOOL_DONE;
	return annotate_one(recorder, reference, &words);
}

static int
annotate_sheet(struct recorder *recorder, const char *path)
{
	struct mun_buffer text = MUN_BUFFER_INIT(SHEET_MAX);
	struct tool *tool = &recorder->keeper->tool;
	struct sheet sheet = { .key_count = 0 };
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status = TOOL_DONE;
	char *at, *line;

	if (tool_read_file(path, &text, &err) != MUN_OK) {
		mun_buffer_free(&text);
		return tool_fail(tool, &err);
	}
	mun_buffer_append_byte(&text, '\0');
	at = (char *)text.data;
	line = next_line(&at);
	if (take_heading(&sheet, line, &err) != MUN_OK)
		goto fail;
	while (exit_status == TOOL_DONE && (line = next_line(&at)) != NULL)
		exit_status = annotate_line(recorder, &sheet, line);
	mun_buffer_free(&text);
	return exit_status;
fail:
	mun_error_wrap(&err, "'%s'", path);
	mun_buffer_free(&text);
	return tool_fail(tool, &err);
}

static int
annotate(
    struct keeper *keeper, const char *sheet, char **operands, size_t count)
{
	struct recorder_words words = { .count = 0 };
	struct mun_error err = MUN_ERROR_INIT;
	struct recorder recorder;
	int exit_status;

	for (size_t i = 1; i < count; i++)
		if (!take_pair(&words, operands[i]))
			return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
			    "'%s' is not KEY=VALUE", operands[i]);
	if ((sheet == NULL) == (count < 2))
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say a document and KEY=VALUE, or --sheet FILE");
	if (recorder_open(&recorder, keeper, &err) != MUN_OK)
		exit_status = tool_fail(&keeper->tool, &err);
	else
		exit_status = sheet != NULL
		    ? annotate_sheet(&recorder, sheet)
		    : annotate_one(&recorder, operands[0], &words);
	recorder_close(&recorder);
	return exit_status;
}

int
cmd_annotate(struct keeper *keeper, int argc, char **argv)
{
	const char *sheet = NULL;
	const struct tool_option options[] = {
		{ "sheet", 0, TOOL_TEXT, &sheet, "FILE",
		    "many at once: lines of fields parted by tabs, the first\n"
		    "line 'document' and keys" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "DOC KEY=VALUE...",
		.summary =
		    "Say something about an archive or a document: title, "
		    "date,\nauthor, recipient, language, type, exhibit, case, "
		    "handling, note.\nThe latest counts, all stay; what is "
		    "typed lies beside the log.",
		.example = "muniment annotate XPF-0003/42 exhibit=P-17 "
			   "'title=Order no. 12'",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_max = RECORDER_WORDS_MAX };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	return annotate(keeper, sheet, operands, count);
}

/* ---- link ---- */

static const char *const relations[] = { "better-copy-of", "translation-of",
	"redaction-of", "attachment-of", "rendition-of", "same-content-as" };
enum {
	RELATIONS = sizeof(relations) / sizeof(relations[0])
};

static int
link_one(struct keeper *keeper, const char *document,
    const char *const objects[RELATIONS], const char *note)
{
	struct recorder_words fields = { .count = 0 }, words = { .count = 0 };
	struct mun_record_request request = { .type = "relation",
		.reference = document };
	char about[ABOUT_MAX] = "";

	for (size_t i = 0; i < RELATIONS; i++) {
		if (objects[i] == NULL)
			continue;
		recorder_add(&fields, "relation", relations[i]);
		recorder_add(&fields, "object", objects[i]);
		(void)snprintf(about, sizeof(about), "%s: %s %s", document,
		    relations[i], objects[i]);
	}
	if (fields.count != 2)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say one relation, for example --translation-of "
		    "XPF-0003/1");
	recorder_add(&words, "note", note);
	request.fields = fields.list;
	request.field_count = fields.count;
	request.words = words.list;
	request.word_count = words.count;
	return record_one(keeper, &request, about);
}

int
cmd_link(struct keeper *keeper, int argc, char **argv)
{
	const char *objects[RELATIONS] = { NULL };
	const char *note = NULL;
	const struct tool_option options[] = {
		{ "better-copy-of", 0, TOOL_TEXT, &objects[0], "DOC",
		    "the same, better preserved" },
		{ "translation-of", 0, TOOL_TEXT, &objects[1], "DOC",
		    "the same in another language" },
		{ "redaction-of", 0, TOOL_TEXT, &objects[2], "DOC",
		    "the same with parts blacked out" },
		{ "attachment-of", 0, TOOL_TEXT, &objects[3], "DOC",
		    "came attached to it" },
		{ "rendition-of", 0, TOOL_TEXT, &objects[4], "DOC",
		    "the same in another format" },
		{ "same-content-as", 0, TOOL_TEXT, &objects[5], "DOC",
		    "the same, come another way" },
		{ "note", 0, TOOL_TEXT, &note, "TEXT", "anything else" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "DOC",
		.summary = "Say how one document relates to another.",
		.example = "muniment link XPF-0004/2 --translation-of "
			   "XPF-0003/42",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 1 };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	return link_one(keeper, operands[0], objects, note);
}
