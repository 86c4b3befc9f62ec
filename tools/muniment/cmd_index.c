/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_index.c - muniment index rebuild|check. */
#include <inttypes.h>
#include <string.h>

#include "muniment/keeper.h"

struct checking {
	struct tool *tool;
	struct mun_json_writer json;
	uint64_t count;
	bool holds; /* what no file says any more */
};

/* What a rebuild would forget. */
struct losses {
	struct tool *tool;
	uint64_t count;
};

enum {
	LOSSES_NAMED = 20 /* of more, the number is said */
};

static enum mun_status
see_problem(void *ctx, const char *rule, const char *subject,
    const char *detail, struct mun_error *err)
{
	struct checking *checking = ctx;
	struct tool *tool = checking->tool;

	(void)err;
	checking->count++;
	if (strcmp(rule, "index.holds") == 0)
		checking->holds = true;
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
	} else if (checking.holds) {
		tool_print(tool,
		    "The index has what files said that are not there. Restore "
		    "them from a copy of\nthe vault before 'muniment index "
		    "rebuild', which would forget it.\n");
	} else {
		tool_print(tool,
		    "The index is only a view: the files decide. See what "
		    "happened to it,\nthen 'muniment index rebuild' makes it "
		    "anew.\n");
	}
	return checking.count == 0 ? TOOL_DONE : TOOL_FAILED;
}

static enum mun_status
see_loss(void *ctx, uint64_t seq, const char *archive, struct mun_error *err)
{
	struct losses *losses = ctx;

	(void)err;
	if (losses->count++ >= LOSSES_NAMED)
		return MUN_OK;
	if (archive != NULL)
		tool_warn(losses->tool,
		    "the file of %s is not in archives/: names, digests and "
		    "findings of its documents would be forgotten",
		    archive);
	else
		tool_warn(losses->tool,
		    "what was typed about entry %" PRIu64
		    " is in the index alone: it would be forgotten",
		    seq);
	return MUN_OK;
}

/* The index is a view, but of what is gone it may be the last copy. */
static enum mun_status
see_that_nothing_is_lost(struct keeper *keeper, struct mun_error *err)
{
	struct losses losses = { .tool = &keeper->tool };
	enum mun_status status =
	    mun_index_losses(keeper->vault, see_loss, &losses, err);

	if (status != MUN_OK)
		mun_error_wrap(err,
		    "what only the index still has cannot be read ('--yes' "
		    "makes it anew without looking)");
	if (status != MUN_OK || losses.count == 0)
		return status;
	return mun_error_set(err, MUN_ERR_CANCELED,
	    "the index was left as it is: files that it knows are gone "
	    "(%" PRIu64 "); restore them from a copy of the vault first, or "
	    "say --yes to forget them",
	    losses.count);
}

static int
rebuild(struct keeper *keeper, bool yes)
{
	struct tool *tool = &keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	struct mun_error err = MUN_ERROR_INIT;

	if ((!yes && see_that_nothing_is_lost(keeper, &err) != MUN_OK) ||
	    mun_index_rebuild(keeper->vault, &err) != MUN_OK)
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
	bool yes = false;
	const struct tool_option options[] = {
		{ "yes", 0, TOOL_FLAG, &yes, NULL,
		    "rebuild: even where it forgets what was in files that\n"
		    "are gone" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "rebuild|check",
		.summary =
		    "The index is a view of log and archives, for finding\n"
		    "things. 'rebuild' makes it anew from them, and refuses\n"
		    "where a file is gone of which the index has more; "
		    "'check'\n"
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
	return is_check ? check(keeper) : rebuild(keeper, yes);
}
