/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_index.c - muniment index rebuild|check. */
#include <inttypes.h>
#include <string.h>

#include "muniment/keeper.h"

struct checking {
	struct tool *tool;
	struct mun_json_writer json;
	uint64_t count;
};

static enum mun_status
see_problem(void *ctx, const char *rule, const char *subject,
    const char *detail, struct mun_error *err)
{
	struct checking *checking = ctx;
	struct tool *tool = checking->tool;

	(void)err;
	checking->count++;
	if (!tool->json) {
		tool_print(tool, "%-16s ", rule);
		tool_print_text(tool, subject);
		tool_print(tool, ": ");
		tool_print_text(tool, detail);
		tool_print(tool, "\n");
		return MUN_OK;
	}
	mun_json_begin_object(&checking->json);
	mun_json_key(&checking->json, "rule");
	mun_json_text(&checking->json, rule);
	mun_json_key(&checking->json, "subject");
	tool_json_text(&checking->json, subject);
	mun_json_key(&checking->json, "detail");
	tool_json_text(&checking->json, detail);
	mun_json_end_object(&checking->json);
	return MUN_OK;
}

static int
check(struct keeper *keeper)
{
	struct tool *tool = &keeper->tool;
	struct checking checking = { .tool = tool,
		.json = MUN_JSON_WRITER_INIT(&tool->out) };
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;

	if (tool->json) {
		mun_json_begin_object(&checking.json);
		mun_json_key(&checking.json, "problems");
		mun_json_begin_array(&checking.json);
	}
	status = mun_index_check(keeper->vault, see_problem, &checking, &err);
	if (status != MUN_OK)
		return tool_fail(tool, &err);
	if (tool->json) {
		mun_json_end_array(&checking.json);
		mun_json_end_object(&checking.json);
		mun_buffer_append_byte(&tool->out, '\n');
	} else if (checking.count == 0) {
		tool_print(tool, "The index says what log and archives say.\n");
	} else {
		tool_print(tool,
		    "The index is only a view: the files decide. See what "
		    "happened to it,\nthen 'muniment index rebuild' makes it "
		    "anew.\n");
	}
	return checking.count == 0 ? TOOL_DONE : TOOL_FAILED;
}

static int
rebuild(struct keeper *keeper)
{
	struct tool *tool = &keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	struct mun_error err = MUN_ERROR_INIT;

	if (mun_index_rebuild(keeper->vault, &err) != MUN_OK)
		return tool_fail(tool, &err);
	if (!tool->json) {
		tool_print(tool, "The index was made anew.\n");
		return TOOL_DONE;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "rebuilt");
	mun_json_boolean(&json, true);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
	return TOOL_DONE;
}

int
cmd_index(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "rebuild|check",
		.summary =
		    "The index is a view of log and archives, for finding\n"
		    "things. 'rebuild' makes it anew from them; 'check'\n"
		    "compares every row with them (exit status 1: differs).",
		.example = "muniment index check",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;
	bool is_check;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	is_check = strcmp(operands[0], "check") == 0;
	if (!is_check && strcmp(operands[0], "rebuild") != 0)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "'%s' is neither rebuild nor check", operands[0]);
	if (keeper_open(keeper, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return is_check ? check(keeper) : rebuild(keeper);
}
