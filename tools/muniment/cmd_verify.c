/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_verify.c - muniment verify: what muniment-verify says of this vault. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/keys.h"
#include "muniment/outcomes.h"
#include "muniment/recorder.h"
#include "muniment/report.h"
#include "muniment/verify.h"

static bool
watch(void *ctx, const char *what, uint64_t done_bytes, uint64_t all_bytes)
{
	tool_progress_show(ctx, what, done_bytes, all_bytes, 0, 0);
	return !tool_is_interrupted();
}

struct request {
	struct keeper *keeper;
	struct tool_texts anchors, time_roots, time_lists;
	bool all, record;
	struct mun_buffer path, kept_head;
	struct outcomes outcomes; /* of what is recorded */
	struct recorder recorder;
	struct mun_verification *verification;
};

/* What the keys kept when they last signed: an older copy that was put back does
 * not extend it.  Where there are no keys, nothing is held against. */
static bool
find_kept_head(struct request *request)
{
	struct keeper *keeper = request->keeper;
	uint64_t size;

	if (keeper->vault == NULL && keeper_open(keeper, NULL) != MUN_OK)
		return false;
	return keeper_find_keys(keeper, keeper->info.origin, NULL) == MUN_OK &&
	    mun_keys_newest_head(mun_buffer_text(&keeper->keys),
		keeper->info.origin, &size, &request->kept_head,
		NULL) == MUN_OK;
}

static enum mun_status
judge(struct request *request, struct mun_error *err)
{
	bool has_kept_head = find_kept_head(request);
	const char *kept_head = mun_buffer_text(&request->kept_head);
	struct tool *tool = &request->keeper->tool;
	const char *vault = mun_buffer_text(&request->path);
	struct tool_progress progress;
	struct mun_verify_options options = { .inputs = &vault,
		.input_count = 1,
		.anchors = request->anchors.text,
		.anchor_count = request->anchors.count,
		.checkpoints = &kept_head,
		.checkpoint_count = has_kept_head,
		.time_roots = request->time_roots.text,
		.time_root_count = request->time_roots.count,
		.time_lists = request->time_lists.text,
		.time_list_count = request->time_lists.count,
		.watch = watch,
		.ctx = &progress,
		.listener =
		    request->record ? &request->outcomes.listener : NULL };
	enum mun_status status;

	tool_catch_interrupts();
	tool_progress_start(&progress, tool);
	status = mun_verify_run(&request->verification, &options, err);
	if (status == MUN_ERR_USAGE && has_kept_head) {
		/* nobody typed it: damaged, it is no reason not to verify */
		options.checkpoint_count = 0;
		status = mun_verify_run(&request->verification, &options, err);
		if (status == MUN_OK)
			tool_warn(tool,
			    "the head that the keys kept is no checkpoint, and "
			    "nothing was held against it: '%s'",
			    kept_head);
	}
	tool_progress_end(&progress);
	return status;
}

static void
report(struct request *request)
{
	struct tool *tool = &request->keeper->tool;

	if (!tool->json)
		mun_report_text(&tool->out, request->verification,
		    tool->out_mode, request->all);
	else if (!request->record)
		mun_report_json(&tool->out, request->verification, NULL);
	/* else it is one document, and what was recorded is in it */
}

static void
say_recorded(struct request *request, const struct mun_recorded *recorded)
{
	struct tool *tool = &request->keeper->tool;
	struct mun_report_entry entry = { .seq = recorded->seq };

	recorder_warn(tool, recorded);
	memcpy(entry.sha256, recorded->entry, sizeof(entry.sha256));
	if (tool->json)
		mun_report_json(&tool->out, request->verification, &entry);
	else
		tool_print(tool,
		    "\nEntry %" PRIu64 ": what was found of each archive is "
		    "in the log.\n",
		    recorded->seq);
}

static enum mun_status
record(struct request *request, struct mun_error *err)
{
	struct mun_record_outcome *list = NULL;
	struct mun_recorded recorded;
	size_t count = 0;
	enum mun_status status = outcomes_list(
	    &request->outcomes, request->verification, &list, &count, err);

	if (status == MUN_OK)
		status = mun_record_check(
		    request->recorder.record, list, count, &recorded, err);
	if (status == MUN_OK)
		say_recorded(request, &recorded);
	else
		mun_error_wrap(err, "the check is not in the log");
	free(list);
	return status;
}

/* The keys are opened before anything else: a passphrase that is wrong is not
 * found out after hours. */
static enum mun_status
run(struct request *request, struct mun_error *err)
{
	struct keeper *keeper = request->keeper;
	enum mun_status status = MUN_OK;

	keeper->tool.judges = true;
	if (request->record)
		status = recorder_open(&request->recorder, keeper, err);
	if (status == MUN_OK)
		status = keeper_find_vault(keeper, &request->path, err);
	if (status == MUN_OK)
		status = judge(request, err);
	if (status == MUN_OK)
		report(request);
	keeper->tool.judges = false; /* what follows changes the vault */
	if (status == MUN_OK && request->record)
		status = record(request, err);
	return status;
}

static int
exit_status_of(const struct mun_verification *verification)
{
	enum mun_verdict verdict = mun_verification_verdict(verification);

	return verdict == MUN_PASSED ? TOOL_DONE
	    : verdict == MUN_FAILED  ? TOOL_FAILED
				     : TOOL_INDETERMINATE;
}

int
cmd_verify(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper,
		.path = MUN_BUFFER_INIT(65536),
		.kept_head = MUN_BUFFER_INIT(65536),
		.recorder = { .keeper = keeper } };
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
		{ "all", 0, TOOL_FLAG, &request.all, NULL,
		    "list every check, not only what did not pass" },
		{ "record", 0, TOOL_FLAG, &request.record, NULL,
		    "log what was found of the stored bytes of each archive;\n"
		    "a keeper may sign it" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Judge this vault as muniment-verify does, and against "
		    "the\n"
		    "head that your keys kept, if they are here. Without an\n"
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

	outcomes_start(&request.outcomes);
	if (tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		exit_status = run(&request, &err) == MUN_OK
		    ? exit_status_of(request.verification)
		    : tool_fail(&keeper->tool, &err);
	mun_verification_free(request.verification);
	recorder_close(&request.recorder);
	outcomes_free(&request.outcomes);
	mun_buffer_free(&request.path);
	mun_buffer_free(&request.kept_head);
	free(request.anchors.text);
	free(request.time_roots.text);
	free(request.time_lists.text);
	return exit_status;
}
