/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_verify.c - muniment verify: what muniment-verify says of this vault. */
#include <stdlib.h>

#include "muniment/keeper.h"
#include "muniment/report.h"
#include "muniment/verify.h"

static bool
watch(void *ctx, const char *what, uint64_t done_bytes, uint64_t all_bytes)
{
	tool_progress_show(ctx, what, done_bytes, all_bytes, 0, 0);
	return !tool_is_interrupted();
}

static int
judge(struct keeper *keeper, const struct tool_texts *anchors,
    const struct tool_texts *time_roots, bool all, const char *vault)
{
	struct tool *tool = &keeper->tool;
	struct tool_progress progress;
	const struct mun_verify_options options = { .inputs = &vault,
		.input_count = 1,
		.anchors = anchors->text,
		.anchor_count = anchors->count,
		.time_roots = time_roots->text,
		.time_root_count = time_roots->count,
		.watch = watch,
		.ctx = &progress };
	struct mun_verification *verification = NULL;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;
	enum mun_verdict verdict;

	tool_catch_interrupts();
	tool_progress_start(&progress, tool);
	status = mun_verify_run(&verification, &options, &err);
	tool_progress_end(&progress);
	if (status != MUN_OK)
		return tool_fail(tool, &err);
	if (tool->json)
		mun_report_json(&tool->out, verification);
	else
		mun_report_text(&tool->out, verification, tool->out_mode, all);
	verdict = mun_verification_verdict(verification);
	mun_verification_free(verification);
	return verdict == MUN_PASSED ? TOOL_DONE
	    : verdict == MUN_FAILED  ? TOOL_FAILED
				     : TOOL_INDETERMINATE;
}

int
cmd_verify(struct keeper *keeper, int argc, char **argv)
{
	struct tool_texts anchors = { NULL, 0 }, time_roots = { NULL, 0 };
	struct mun_buffer path = MUN_BUFFER_INIT(65536);
	bool all = false;
	const struct tool_option options[] = {
		{ "trust", 0, TOOL_TEXTS, &anchors, "ANCHOR",
		    "what you trust, from paper or another channel:\n"
		    "vault:HEX (the vault fingerprint), sha256:HEX (of the\n"
		    "signer's certificate), or the certificate's PEM file" },
		{ "tsa-trust", 0, TOOL_TEXTS, &time_roots, "PEM",
		    "root certificates of time-stamp authorities that you\n"
		    "believe, from the authorities themselves" },
		{ "all", 0, TOOL_FLAG, &all, NULL,
		    "list every check, not only what did not pass" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Judge this vault as muniment-verify does. Without an\n"
		    "anchor from outside the verdict is INDETERMINATE: a "
		    "vault\n"
		    "cannot vouch for itself.",
		.example = "muniment verify --trust vault:9f2c...",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		exit_status = keeper_find_vault(keeper, &path, &err) == MUN_OK
		    ? judge(keeper, &anchors, &time_roots, all,
			  mun_buffer_text(&path))
		    : tool_fail(&keeper->tool, &err);
	mun_buffer_free(&path);
	free(anchors.text);
	free(time_roots.text);
	return exit_status;
}
