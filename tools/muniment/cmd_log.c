/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_log.c - muniment log publish: the log as the world may see it. */
#include <inttypes.h>
#include <string.h>

#include "muniment/keeper.h"
#include "muniment/witness.h"

static int
publish(struct keeper *keeper, const char *folder)
{
	struct tool *tool = &keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	struct mun_publish_result result;
	struct mun_error err = MUN_ERROR_INIT;

	if (keeper_open(keeper, &err) != MUN_OK ||
	    mun_log_publish(keeper->vault, folder, &result, &err) != MUN_OK)
		return tool_fail(tool, &err);
	if (!tool->json) {
		tool_print(tool,
		    "The public copy shows the log at %" PRIu64 " %s: %" PRIu64
		    " files, %" PRIu64 " of them written now.\n",
		    result.size, tool_plural(result.size, "entry", "entries"),
		    result.files, result.written);
		return TOOL_DONE;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "tree_size");
	mun_json_unsigned(&json, result.size);
	mun_json_key(&json, "files");
	mun_json_unsigned(&json, result.files);
	mun_json_key(&json, "written");
	mun_json_unsigned(&json, result.written);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
	return TOOL_DONE;
}

int
cmd_log(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "publish DIR",
		.summary =
		    "Bring DIR up to what the world may see of the log: its\n"
		    "signed head, its hash tiles, witnesses' cosignatures. No\n"
		    "entry, no statement, nothing about a document: only that\n"
		    "the log grows. Any web server can hand DIR out (C2SP\n"
		    "tlog-tiles); DIR holds nothing else.",
		.example = "muniment log publish /srv/www/log",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 2,
		.operand_max = 2 };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (strcmp(operands[0], "publish") != 0)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "'%s' is not publish", operands[0]);
	return publish(keeper, operands[1]);
}
