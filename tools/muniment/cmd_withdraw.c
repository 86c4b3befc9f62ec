/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_withdraw.c - muniment withdraw ID --reason TEXT [--destroy]; muniment
 * statement erase SEQ.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/dispatch.h"
#include "muniment/recorder.h"

enum {
	ABOUT_MAX = 256
};

struct withdrawal {
	struct keeper *keeper;
	const char *archive, *reason;
	bool destroy, yes;
};

/* Bytes that are gone are gone: somebody has to mean it. */
static bool
is_meant(const struct withdrawal *withdrawal)
{
	struct tool *tool = &withdrawal->keeper->tool;

	if (!withdrawal->destroy || withdrawal->yes)
		return true;
	if (tool_can_ask() && !tool->json) {
		tool_print(tool, "The bytes of ");
		tool_print_text(tool, withdrawal->archive);
		tool_print(tool,
		    " are destroyed in this copy of the vault, for ever: from "
		    "then\non nobody can answer from it whether they are what "
		    "was deposited.\n");
		tool_flush(tool);
	}
	return tool_ask(tool, "Destroy them? [y/N] ");
}

static int
destroy(struct recorder *recorder, const char *archive)
{
	struct mun_error err = MUN_ERROR_INIT;

	if (mun_record_destroy(recorder->record, archive, &err) == MUN_OK)
		return TOOL_DONE;
	mun_error_wrap(&err,
	    "the withdrawal is logged, but the bytes are still there; say the "
	    "same again");
	return tool_fail(&recorder->keeper->tool, &err);
}

static int
withdraw(const struct withdrawal *withdrawal)
{
	struct recorder_words fields = { .count = 0 }, words = { .count = 0 };
	struct mun_record_request request = { .type = "deaccession",
		.reference = withdrawal->archive };
	struct mun_error err = MUN_ERROR_INIT;
	struct recorder recorder;
	char about[ABOUT_MAX];
	int exit_status;

	recorder_add(
	    &fields, "bytes", withdrawal->destroy ? "destroyed" : "kept");
	recorder_add(&words, "reason", withdrawal->reason);
	request.fields = fields.list;
	request.field_count = fields.count;
	request.words = words.list;
	request.word_count = words.count;
	(void)snprintf(about, sizeof(about), "%s withdrawn%s",
	    withdrawal->archive,
	    withdrawal->destroy ? ", its bytes destroyed" : "");
	if (recorder_open(&recorder, withdrawal->keeper, &err) != MUN_OK)
		exit_status = tool_fail(&withdrawal->keeper->tool, &err);
	else
		exit_status = recorder_run(&recorder, &request, about);
	if (exit_status == TOOL_DONE && withdrawal->destroy)
		exit_status = destroy(&recorder, withdrawal->archive);
	recorder_close(&recorder);
	return exit_status;
}

int
cmd_withdraw(struct keeper *keeper, int argc, char **argv)
{
	struct withdrawal withdrawal = { .keeper = keeper };
	const struct tool_option options[] = {
		{ "reason", 0, TOOL_TEXT, &withdrawal.reason, "TEXT",
		    "why; it has to be said" },
		{ "destroy", 0, TOOL_FLAG, &withdrawal.destroy, NULL,
		    "remove the archive's file from this vault; other copies\n"
		    "of it are not reached. What the log proves stays" },
		{ "yes", 0, TOOL_FLAG, &withdrawal.yes, NULL,
		    "do not ask whether --destroy is meant" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "ID",
		.summary = "Withdraw an archive. The log keeps that it was "
			   "there, and its proof.",
		.example = "muniment withdraw XPF-0003 --reason 'returned to "
			   "its owner' --destroy",
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
	withdrawal.archive = operands[0];
	if (withdrawal.reason == NULL)
		return tool_fail_with(
		    &keeper->tool, MUN_ERR_USAGE, "say why, with --reason");
	if (!is_meant(&withdrawal))
		return tool_fail_with(&keeper->tool, MUN_ERR_CANCELED,
		    "nothing was withdrawn%s",
		    tool_can_ask() ? ""
				   : "; without a terminal, --yes says that "
				     "--destroy is meant");
	return withdraw(&withdrawal);
}

/* ---- statement erase ---- */

/* What is erased is gone, in every mode: somebody has to mean it. */
static bool
is_erasing_meant(struct tool *tool, uint64_t seq, bool yes)
{
	if (yes)
		return true;
	if (tool_can_ask() && !tool->json) {
		tool_print(tool,
		    "What was typed about entry %" PRIu64
		    " ('muniment history' shows it) is erased in this\ncopy of "
		    "the vault, for ever. Who erased it, and when, is not "
		    "logged.\n",
		    seq);
		tool_flush(tool);
	}
	return tool_ask(tool, "Erase it? [y/N] ");
}

static int
erase(struct keeper *keeper, const char *text, bool yes)
{
	struct tool *tool = &keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	struct mun_error err = MUN_ERROR_INIT;
	uint64_t seq;
	char *end;

	seq = strtoull(text, &end, 10);
	if (*end != '\0' || text[0] < '0' || text[0] > '9')
		return tool_fail_with(tool, MUN_ERR_USAGE,
		    "'%s' is not the number of an entry", text);
	if (!is_erasing_meant(tool, seq, yes))
		return tool_fail_with(tool, MUN_ERR_CANCELED,
		    "nothing was erased%s",
		    tool_can_ask() ? ""
				   : "; without a terminal, --yes says that it "
				     "is meant");
	if (keeper_open(keeper, &err) != MUN_OK ||
	    mun_record_erase_statement(keeper->vault, seq, &err) != MUN_OK)
		return tool_fail(tool, &err);
	if (!tool->json) {
		tool_print(tool,
		    "What was typed about entry %" PRIu64
		    " is erased here. Copies of the vault\nand parcels handed "
		    "out before still hold it.\n",
		    seq);
		return TOOL_DONE;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "erased");
	mun_json_unsigned(&json, seq);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
	return TOOL_DONE;
}

static int
cmd_statement_erase(struct keeper *keeper, int argc, char **argv)
{
	bool yes = false;
	const struct tool_option options[] = {
		{ "yes", 0, TOOL_FLAG, &yes, NULL, "do not ask" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "SEQ",
		.summary =
		    "Remove what was typed about an event, for ever. The "
		    "proof stays\nwhole, and the gap is shown; who erased it, "
		    "and when, is not logged.",
		.example = "muniment statement erase 17",
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
	return erase(keeper, operands[0], yes);
}

int
cmd_statement(struct keeper *keeper, int argc, char **argv)
{
	static const struct command list[] = { { "erase",
	    "remove what was typed about an event", cmd_statement_erase } };
	const struct verbs verbs = { .command = "statement",
		.summary = "What people typed about events lies beside the "
			   "log, not in it.",
		.list = list,
		.count = sizeof(list) / sizeof(list[0]) };

	return dispatch_verb(keeper, &verbs, argc, argv);
}
