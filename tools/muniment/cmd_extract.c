/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_extract.c - muniment extract DOC DIR. */
#include <inttypes.h>

#include "muniment/extract.h"
#include "muniment/recorder.h"

struct extracting {
	struct tool_progress progress;
	uint64_t documents, bytes;
};

static bool
watch(void *ctx, const char *document, const uint8_t *path, size_t path_len,
    uint64_t size)
{
	struct extracting *extracting = ctx;

	(void)document;
	(void)path;
	(void)path_len;
	extracting->documents++;
	extracting->bytes += size;
	tool_progress_show(&extracting->progress, "extracting",
	    extracting->bytes, 0, extracting->documents, 0);
	return !tool_is_interrupted();
}

struct handing {
	struct keeper *keeper;
	bool no_record;
	const char *to, *purpose;
	struct recorder recorder;
	struct recorder_words fields, words;
	struct mun_record_request request;
	struct mun_extract_result result;
	struct mun_recorded recorded;
};

static enum mun_status
extract(struct handing *handing, char **operands, struct mun_error *err)
{
	const struct mun_extract_options options = { .reference = operands[0],
		.folder = operands[1] };
	struct extracting extracting = { .documents = 0 };
	struct keeper *keeper = handing->keeper;
	enum mun_status status;

	tool_catch_interrupts();
	tool_progress_start(&extracting.progress, &keeper->tool);
	status = mun_extract(
	    keeper->vault, &options, watch, &extracting, &handing->result, err);
	tool_progress_end(&extracting.progress);
	return status;
}

/* A copy was handed out: that belongs into the history of what it is of. */
static void
take_request(struct handing *handing, const char *reference)
{
	struct mun_record_request *request = &handing->request;

	recorder_add(&handing->fields, "kind", "working");
	recorder_add(&handing->fields, "to", handing->to);
	recorder_add(&handing->words, "purpose", handing->purpose);
	*request = (struct mun_record_request){ .type = "copy",
		.reference = reference,
		.fields = handing->fields.list,
		.field_count = handing->fields.count,
		.words = handing->words.list,
		.word_count = handing->words.count };
}

static enum mun_status
record(struct handing *handing, struct mun_error *err)
{
	enum mun_status status = mun_record_event(handing->recorder.record,
	    &handing->request, &handing->recorded, err);

	if (status != MUN_OK)
		mun_error_wrap(
		    err, "the documents are there, but that is not logged");
	return status;
}

/* Keys first, and all that the entry will name: whoever cannot log it, hands
 * nothing out. */
static enum mun_status
prepare_record(
    struct handing *handing, const char *reference, struct mun_error *err)
{
	enum mun_status status;
	bool is_of_log;

	take_request(handing, reference);
	status = recorder_open(&handing->recorder, handing->keeper, err);
	is_of_log = status != MUN_OK;
	if (status == MUN_OK)
		status = mun_record_foresee(
		    handing->recorder.record, &handing->request, err);
	/* what is wrong with the documents is wrong without a log, too */
	if (is_of_log || status == MUN_ERR_CRYPTO)
		mun_error_wrap(err,
		    "a copy that is handed out is logged (--no-record: it is "
		    "not)");
	return status;
}

static enum mun_status
hand_out(struct handing *handing, char **operands, struct mun_error *err)
{
	enum mun_status status = keeper_open(handing->keeper, err);

	if (status == MUN_OK && !handing->no_record)
		status = prepare_record(handing, operands[0], err);
	if (status == MUN_OK)
		status = extract(handing, operands, err);
	if (status == MUN_OK && !handing->no_record)
		status = record(handing, err);
	return status;
}

static void
say(const struct handing *handing, const char *folder)
{
	const struct mun_extract_result *result = &handing->result;
	struct tool *tool = &handing->keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	if (!handing->no_record)
		recorder_warn(tool, &handing->recorded);
	if (!tool->json) {
		tool_print(tool, "%" PRIu64 " %s, ", result->documents,
		    tool_plural(result->documents, "document", "documents"));
		tool_print_size(tool, result->bytes);
		tool_print(tool, ", both digests right: ");
		tool_print_text(tool, folder);
		tool_print(tool, "\n");
		if (!handing->no_record)
			tool_print(tool, "Logged as entry %" PRIu64 ".\n",
			    handing->recorded.seq);
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "documents");
	mun_json_unsigned(&json, result->documents);
	mun_json_key(&json, "bytes");
	mun_json_unsigned(&json, result->bytes);
	mun_json_key(&json, "folder");
	tool_json_text(&json, folder);
	mun_json_key(&json, "seq");
	if (handing->no_record)
		mun_json_null(&json);
	else
		mun_json_unsigned(&json, handing->recorded.seq);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

int
cmd_extract(struct keeper *keeper, int argc, char **argv)
{
	struct handing handing = { .keeper = keeper,
		.recorder = { .keeper = keeper } };
	const struct tool_option options[] = {
		{ "no-record", 0, TOOL_FLAG, &handing.no_record, NULL,
		    "do not log that this copy was handed out; no keys are\n"
		    "needed then" },
		{ "to", 0, TOOL_TEXT, &handing.to, "ACTOR",
		    "who gets the copy, if an actor of this vault" },
		{ "purpose", 0, TOOL_TEXT, &handing.purpose, "TEXT",
		    "what for; kept beside the log" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "DOC DIR",
		.summary =
		    "Write documents below DIR: an archive's at their "
		    "original\n"
		    "paths, a single one under its original name. Digests are\n"
		    "checked on the way; nothing in DIR is replaced. The copy "
		    "is\nlogged.",
		.example = "muniment extract XPF-0003/42 /tmp/out",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 2,
		.operand_max = 2 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status = TOOL_DONE;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (hand_out(&handing, operands, &err) == MUN_OK)
		say(&handing, operands[1]);
	else
		exit_status = tool_fail(&keeper->tool, &err);
	recorder_close(&handing.recorder);
	return exit_status;
}
