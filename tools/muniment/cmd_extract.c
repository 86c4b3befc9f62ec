/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_extract.c - muniment extract DOC DIR. */
#include <inttypes.h>

#include "muniment/extract.h"
#include "muniment/keeper.h"

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

static enum mun_status
extract(struct keeper *keeper, char **operands,
    struct mun_extract_result *result, struct mun_error *err)
{
	const struct mun_extract_options options = { .reference = operands[0],
		.folder = operands[1] };
	struct extracting extracting = { .documents = 0 };
	enum mun_status status = keeper_open(keeper, err);

	if (status != MUN_OK)
		return status;
	tool_catch_interrupts();
	tool_progress_start(&extracting.progress, &keeper->tool);
	status = mun_extract(
	    keeper->vault, &options, watch, &extracting, result, err);
	tool_progress_end(&extracting.progress);
	return status;
}

static void
say(struct tool *tool, const struct mun_extract_result *result,
    const char *folder)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	if (!tool->json) {
		tool_print(tool, "%" PRIu64 " %s, ", result->documents,
		    tool_plural(result->documents, "document", "documents"));
		tool_print_size(tool, result->bytes);
		tool_print(tool, ", both digests right: ");
		tool_print_text(tool, folder);
		tool_print(tool, "\n");
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "documents");
	mun_json_unsigned(&json, result->documents);
	mun_json_key(&json, "bytes");
	mun_json_unsigned(&json, result->bytes);
	mun_json_key(&json, "folder");
	tool_json_text(&json, folder);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

int
cmd_extract(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "DOC DIR",
		.summary =
		    "Write documents below DIR: an archive's at their "
		    "original\n"
		    "paths, a single one under its original name. Digests are\n"
		    "checked on the way; nothing in DIR is replaced.",
		.example = "muniment extract XPF-0003/42 /tmp/out",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 2,
		.operand_max = 2 };
	struct mun_extract_result result;
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (extract(keeper, operands, &result, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	say(&keeper->tool, &result, operands[1]);
	return TOOL_DONE;
}
