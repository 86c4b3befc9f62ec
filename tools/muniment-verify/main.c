/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * muniment-verify - judges archives and vaults, and can do nothing else.
 *
 * Links only muniment_verify: it holds no key, signs nothing, writes nothing
 * but its report (to standard output, and with --report as a page to a new
 * file) and, if asked to, the heads it saw to a folder of its own.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/tool.h"
#include "muniment/report.h"
#include "muniment/verify.h"
#include "page.h"

struct request {
	struct tool tool;
	struct tool_progress progress;
	struct tool_texts anchors, time_roots, time_lists, checkpoints,
	    receipts;
	struct page page;
	const char *log_key, *policy, *remember;
	const char *report_path; /* NULL: no page is asked for */
	bool all;
};

static bool
watch(void *ctx, const char *what, uint64_t done_bytes, uint64_t all_bytes)
{
	struct request *request = ctx;

	tool_progress_show(
	    &request->progress, what, done_bytes, all_bytes, 0, 0);
	return true;
}

static int
exit_status_of(enum mun_verdict verdict)
{
	switch (verdict) {
	case MUN_PASSED:
		return TOOL_DONE;
	case MUN_FAILED:
		return TOOL_FAILED;
	case MUN_INDETERMINATE:
		break;
	}
	return TOOL_INDETERMINATE;
}

static int
verify(struct request *request, char **inputs, size_t input_count)
{
	const struct mun_verify_options options = {
		.inputs = (const char *const *)inputs,
		.input_count = input_count,
		.anchors = request->anchors.text,
		.anchor_count = request->anchors.count,
		.time_roots = request->time_roots.text,
		.time_root_count = request->time_roots.count,
		.time_lists = request->time_lists.text,
		.time_list_count = request->time_lists.count,
		.log_key = request->log_key,
		.checkpoints = request->checkpoints.text,
		.checkpoint_count = request->checkpoints.count,
		.receipts = request->receipts.text,
		.receipt_count = request->receipts.count,
		.policy = request->policy,
		.remember = request->remember,
		.watch = watch,
		.ctx = request,
		.listener = page_listener(&request->page),
	};
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_verification *verification = NULL;
	struct tool *tool = &request->tool;
	enum mun_status status;
	int exit_status;

	tool_progress_start(&request->progress, tool);
	status = mun_verify_run(&verification, &options, &err);
	tool_progress_end(&request->progress);
	if (status != MUN_OK)
		return tool_fail(tool, &err);
	if (tool->json)
		mun_report_json(&tool->out, verification, NULL);
	else
		mun_report_text(
		    &tool->out, verification, tool->out_mode, request->all);
	exit_status = exit_status_of(mun_verification_verdict(verification));
	if (page_save(&request->page, verification, &err) != MUN_OK)
		exit_status = tool_fail(tool, &err);
	mun_verification_free(verification);
	return exit_status;
}

/* What else a parcel holds, and a glob over it names: to call a page or a ZIP a
 * damaged archive would be untrue.  NULL, or the first such name. */
static const char *
other_kind(char **inputs, size_t input_count)
{
	static const char *const endings[] = { ".zip", ".html", ".txt" };

	for (size_t i = 0; i < input_count; i++) {
		size_t len = strlen(inputs[i]);

		for (size_t k = 0; k < sizeof(endings) / sizeof(endings[0]);
		     k++) {
			size_t end = strlen(endings[k]);

			if (len > end &&
			    strcasecmp(inputs[i] + len - end, endings[k]) == 0)
				return inputs[i];
		}
	}
	return NULL;
}

/* With the page that is asked for, if any. */
static int
verify_and_report(struct request *request, char **inputs, size_t input_count)
{
	const char *other = other_kind(inputs, input_count);
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status;

	if (other != NULL)
		return tool_fail_with(&request->tool, MUN_ERR_USAGE,
		    "'%s' is no archive: name the files that end in .tar (of "
		    "a ZIP, unpack it first); nothing was judged",
		    other);
	if (page_open(&request->page, request->report_path, inputs, input_count,
		&err) != MUN_OK)
		exit_status = tool_fail(&request->tool, &err);
	else
		exit_status = verify(request, inputs, input_count);
	page_close(&request->page);
	return exit_status;
}

int
main(int argc, char **argv)
{
	struct request request = { .all = false };
	const struct tool_option options[] = {
		{ "trust", 0, TOOL_TEXTS, &request.anchors, "ANCHOR",
		    "what you trust, from paper or another channel:\n"
		    "vault:HEX (the vault fingerprint), sha256:HEX (of the\n"
		    "signer's certificate), or the certificate's PEM file;\n"
		    "HEX may be in groups, in quotes, and stand alone" },
		{ "tsa-trust", 0, TOOL_TEXTS, &request.time_roots, "PEM",
		    "root certificates of time-stamp authorities that you\n"
		    "believe, from the authorities themselves" },
		{ "tsa-crl", 0, TOOL_TEXTS, &request.time_lists, "FILE",
		    "revocation lists of these authorities (DER or PEM) that\n"
		    "are newer than those stored with the time-stamps" },
		{ "log-key", 0, TOOL_TEXT, &request.log_key, "KEY",
		    "the log's verifier key, or a file that holds it" },
		{ "checkpoint", 0, TOOL_TEXTS, &request.checkpoints, "FILE",
		    "a checkpoint you kept: today's log must extend it" },
		{ "receipt", 0, TOOL_TEXTS, &request.receipts, "FILE",
		    "a receipt you kept: its deposit must be in the log" },
		{ "policy", 0, TOOL_TEXT, &request.policy, "FILE",
		    "a C2SP tlog-policy: which logs you trust, and which\n"
		    "witnesses must have cosigned the head" },
		{ "remember", 0, TOOL_TEXT, &request.remember, "DIR",
		    "a folder of your own: keep there the head of each log\n"
		    "seen, and demand that it extends the one kept before" },
		{ "report", 0, TOOL_TEXT, &request.report_path, "FILE.html",
		    "write a report that a lawyer can file, to a new file:\n"
		    "one page for any browser, printed on A4 or Letter" },
		{ "all", 0, TOOL_FLAG, &request.all, NULL,
		    "list every check, not only what did not pass" },
		{ "progress", 0, TOOL_FLAG, &request.tool.want_progress, NULL,
		    "show progress although this is no terminal" },
		TOOL_COMMON_OPTIONS(&request.tool),
	};
	const struct tool_usage usage = {
		.operands = "FILE|DIR...",
		.summary =
		    "Judge archives (.tar) and vaults (folders). It trusts\n"
		    "nothing that it finds: what to compare with, you bring\n"
		    "along. It reads only (but for the page of --report and\n"
		    "the folder of --remember), and asks no network.\n"
		    "Exit status: 0 PASSED, 1 FAILED, 2 INDETERMINATE, 3 the\n"
		    "work could not be done, 64 the command line is wrong.",
		.example = "muniment-verify /media/copy/vault "
			   "--trust vault:9f2c...",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = SIZE_MAX,
	};
	char **inputs;
	size_t input_count;
	int exit_status;

	tool_start(&request.tool, "muniment-verify");
	request.tool.judges = true;
	if (tool_parse(&request.tool, &usage, argc, argv, &inputs, &input_count,
		&exit_status))
		exit_status = verify_and_report(&request, inputs, input_count);
	free(request.anchors.text);
	free(request.time_roots.text);
	free(request.time_lists.text);
	free(request.checkpoints.text);
	free(request.receipts.text);
	return tool_end(&request.tool, exit_status);
}
