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

struct row {
	const char *reference;
	struct recorder_words words;
};

static struct mun_record_request
request_of(const struct row *row)
{
	return (struct mun_record_request){ .type = "annotation",
		.reference = row->reference,
		.words = row->words.list,
		.word_count = row->words.count };
}

static int
annotate_one(struct recorder *recorder, const struct row *row)
{
	const struct mun_record_request request = request_of(row);
	char about[ABOUT_MAX];

	(void)snprintf(about, sizeof(about), "%s annotated", row->reference);
	return recorder_run(recorder, &request, about);
}

/* ---- annotate --sheet ---- */

/* A sheet is lines of fields parted by tabs; its first line has the keys, the
 * first of them "document". */
struct sheet {
	const char *path;
	struct mun_buffer bytes; /* as it is in the file */
	struct mun_buffer text; /* a copy, cut up while it is read */
	char *at; /* the next line; NULL at the end */
	unsigned long line;
	const char *keys[RECORDER_WORDS_MAX];
	size_t key_count;
};

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
next_line(struct sheet *sheet)
{
	char *line = sheet->at;
	char *end;

	if (line == NULL || line[0] == '\0')
		return NULL;
	sheet->line++;
	end = strchr(line, '\n');
	if (end != NULL)
		*end = '\0';
	sheet->at = end == NULL ? NULL : end + 1;
	if (end != NULL && end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

/* A spreadsheet's "Unicode text" is UTF-16, of which every second byte is a
 * NUL where the text is Latin. */
static enum mun_status
check_encoding(const struct mun_buffer *bytes, struct mun_error *err)
{
	const uint8_t *first = bytes->data;

	if (bytes->len == 0)
		return mun_error_set(err, MUN_ERR_USAGE, "it is empty");
	if (bytes->len >= 2 &&
	    ((first[0] == 0xff && first[1] == 0xfe) ||
		(first[0] == 0xfe && first[1] == 0xff)))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "it is UTF-16 text; save it as UTF-8, with fields parted "
		    "by tabs");
	if (memchr(first, 0, bytes->len) != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "it holds NUL bytes, so it is UTF-16 or no text; save it "
		    "as UTF-8, with fields parted by tabs");
	return MUN_OK;
}

static enum mun_status
take_heading(struct sheet *sheet, struct mun_error *err)
{
	char *line = next_line(sheet);
	const char *first = next_field(&line);
	char *key;

	if (first == NULL || strcmp(first, "document") != 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the sheet's first line is to be 'document' and keys, "
		    "parted by tabs");
	while ((key = next_field(&line)) != NULL) {
		if (sheet->key_count == RECORDER_WORDS_MAX)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "the sheet's first line has more than %d keys",
			    RECORDER_WORDS_MAX);
		sheet->keys[sheet->key_count++] = key;
	}
	return MUN_OK;
}

/* From the first line on, whatever was done with it before. */
static enum mun_status
rewind_sheet(struct sheet *sheet, struct mun_error *err)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };
	size_t skip = sheet->bytes.len >= sizeof(mark) &&
		memcmp(sheet->bytes.data, mark, sizeof(mark)) == 0
	    ? sizeof(mark)
	    : 0;
	enum mun_status status;

	mun_buffer_reset(&sheet->text);
	mun_buffer_append(
	    &sheet->text, sheet->bytes.data + skip, sheet->bytes.len - skip);
	mun_buffer_append_byte(&sheet->text, '\0');
	status = mun_buffer_status(&sheet->text, "sheet", err);
	if (status != MUN_OK)
		return status;
	sheet->at = (char *)sheet->text.data;
	sheet->line = 0;
	sheet->key_count = 0;
	return take_heading(sheet, err);
}

static enum mun_status
read_sheet(struct sheet *sheet, struct mun_error *err)
{
	enum mun_status status =
	    tool_read_file(sheet->path, &sheet->bytes, err);

	/* That error names the file. */
	if (status != MUN_OK)
		return status;
	status = check_encoding(&sheet->bytes, err);
	if (status == MUN_OK)
		status = rewind_sheet(sheet, err);
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", sheet->path);
	return status;
}

/* A line taken apart; of one that says nothing, row->words.count is 0. */
static enum mun_status
take_row(const struct sheet *sheet, char *line, struct row *row,
    struct mun_error *err)
{
	size_t i = 0;
	char *value;

	*row = (struct row){ .reference = NULL };
	if (!mun_text_is_utf8(line, strlen(line)))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "it is not UTF-8 text");
	row->reference = next_field(&line);
	for (; (value = next_field(&line)) != NULL; i++) {
		if (value[0] == '\0')
			continue;
		if (i >= sheet->key_count)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "it has more fields than the first line has keys");
		recorder_add(&row->words, sheet->keys[i], value);
	}
	if (row->reference[0] == '\0' && row->words.count > 0)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "it names no document");
	return MUN_OK;
}

/* Every row, before the first is signed: what is signed stays. */
static enum mun_status
check_rows(
    struct recorder *recorder, struct sheet *sheet, struct mun_error *err)
{
	struct mun_record_request request;
	enum mun_status status = MUN_OK;
	struct row row;
	char *line;

	while (status == MUN_OK && (line = next_line(sheet)) != NULL) {
		status = take_row(sheet, line, &row, err);
		if (status != MUN_OK || row.words.count == 0)
			continue;
		request = request_of(&row);
		status = mun_record_foresee(recorder->record, &request, err);
	}
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s', line %lu (nothing was logged)",
		    sheet->path, sheet->line);
	return status;
}

static int
annotate_rows(struct recorder *recorder, struct sheet *sheet)
{
	struct tool *tool = &recorder->keeper->tool;
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status = TOOL_DONE;
	unsigned long done = 0;
	struct row row;
	char *line;

	while (exit_status == TOOL_DONE && (line = next_line(sheet)) != NULL) {
		if (take_row(sheet, line, &row, &err) != MUN_OK)
			return tool_fail(tool, &err);
		if (row.words.count == 0)
			continue;
		exit_status = annotate_one(recorder, &row);
		if (exit_status == TOOL_DONE)
			done++;
		else if (done > 0)
			tool_warn(tool,
			    "the rows before line %lu are logged; take them "
			    "out before you say it again",
			    sheet->line);
	}
	return exit_status;
}

static int
annotate_sheet(struct recorder *recorder, const char *path)
{
	struct sheet sheet = { .path = path,
		.bytes = MUN_BUFFER_INIT(SHEET_MAX),
		.text = MUN_BUFFER_INIT(SHEET_MAX + 1) };
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status;

	if (read_sheet(&sheet, &err) != MUN_OK ||
	    check_rows(recorder, &sheet, &err) != MUN_OK ||
	    rewind_sheet(&sheet, &err) != MUN_OK)
		exit_status = tool_fail(&recorder->keeper->tool, &err);
	else
		exit_status = annotate_rows(recorder, &sheet);
	mun_buffer_free(&sheet.bytes);
	mun_buffer_free(&sheet.text);
	return exit_status;
}

static int
annotate(
    struct keeper *keeper, const char *sheet, char **operands, size_t count)
{
	struct row row = { .reference = count > 0 ? operands[0] : NULL };
	struct mun_error err = MUN_ERROR_INIT;
	struct recorder recorder;
	int exit_status;

	for (size_t i = 1; i < count; i++)
		if (!take_pair(&row.words, operands[i]))
			return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
			    "'%s' is not KEY=VALUE", operands[i]);
	if ((sheet == NULL) == (count < 2))
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say a document and KEY=VALUE, or --sheet FILE");
	if (recorder_open(&recorder, keeper, &err) != MUN_OK)
		exit_status = tool_fail(&keeper->tool, &err);
	else
		exit_status = sheet != NULL ? annotate_sheet(&recorder, sheet)
					    : annotate_one(&recorder, &row);
	recorder_close(&recorder);
	return exit_status;
}

int
cmd_annotate(struct keeper *keeper, int argc, char **argv)
{
	const char *sheet = NULL;
	const struct tool_option options[] = {
		{ "sheet", 0, TOOL_TEXT, &sheet, "FILE",
		    "many at once: UTF-8 lines of fields parted by tabs, the\n"
		    "first line 'document' and keys; all rows are checked\n"
		    "before the first is signed" },
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
