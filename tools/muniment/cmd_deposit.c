/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_deposit.c - muniment deposit PATH... */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "muniment/deposit_say.h"
#include "muniment/ingest.h"
#include "muniment/keeper.h"
#include "muniment/receipt.h"

struct request {
	struct keeper *keeper;
	struct mun_deposit_options options;
	const char *statement_file, *receipt_file;
	bool dry_run, yes;
	struct mun_buffer statement, statement_words;
	struct tool_progress progress;
	struct mun_signer *signer;
	struct mun_keys_info keys; /* whose they are */
	bool has_keys;
	struct mun_deposit *deposit;
};

static bool
watch(void *ctx, const struct mun_deposit_progress *progress)
{
	static const char *const steps[] = { [MUN_DEPOSIT_WALKING] = "looking",
		[MUN_DEPOSIT_PACKING] = "storing",
		[MUN_DEPOSIT_CHECKING] = "reading back",
		[MUN_DEPOSIT_SEALING] = "sealing" };
	struct request *request = ctx;
	bool has_files = progress->step == MUN_DEPOSIT_PACKING;

	tool_progress_show(&request->progress, steps[progress->step],
	    progress->done.bytes, progress->all.bytes, progress->done.documents,
	    has_files ? progress->all.documents : 0);
	return !tool_is_interrupted();
}

static enum mun_status
read_statement(struct request *request, struct mun_error *err)
{
	enum mun_status status;

	if (request->statement_file == NULL)
		return MUN_OK;
	status =
	    tool_read_file(request->statement_file, &request->statement, err);
	if (status != MUN_OK)
		return status;
	status = mun_deposit_words_parse(&request->options.words,
	    &request->statement_words, request->statement.data,
	    request->statement.len, err);
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", request->statement_file);
	return status;
}

static bool
will_ask(const struct request *request)
{
	return !request->yes && !request->keeper->tool.json && tool_can_ask();
}

/* The signer before anything of the deposit: no key ever is in a process that
 * has read it. */
static enum mun_status
open_all(struct request *request, struct mun_error *err)
{
	struct keeper *keeper = request->keeper;
	enum mun_status status = read_statement(request, err);

	if (status == MUN_OK)
		status = keeper_check_folder_of(request->receipt_file, err);
	if (status == MUN_OK)
		status = keeper_check_new(request->receipt_file, err);
	if (status == MUN_OK)
		status = keeper_open(keeper, err);
	if (status == MUN_OK)
		status = keeper_find_keys(keeper, keeper->info.origin, err);
	if (status == MUN_OK && (request->dry_run || will_ask(request)))
		request->has_keys =
		    mun_keys_describe(mun_buffer_text(&keeper->keys),
			&request->keys, NULL) == MUN_OK;
	if (status == MUN_OK && !request->dry_run)
		status = keeper_open_signer(keeper, &request->signer, err);
	request->options.keys_folder = mun_buffer_text(&keeper->keys);
	return status;
}

static enum mun_status
plan(struct request *request, struct mun_error *err)
{
	enum mun_status status;

	tool_progress_start(&request->progress, &request->keeper->tool);
	status = mun_deposit_plan(&request->deposit, request->keeper->vault,
	    &request->options, watch, request, err);
	tool_progress_end(&request->progress);
	return status;
}

static enum mun_status
say_plan(struct request *request, const char *refused, struct mun_error *err)
{
	const struct deposit_terms terms = { .signer = request->has_keys
		    ? mun_buffer_text(&request->keys.name)
		    : NULL,
		.no_times = request->options.no_times,
		.refused = refused };

	return deposit_say_plan(request->keeper, request->deposit, &terms, err);
}

/* The exit status is the one that the deposit would end with. */
static int
say_dry_run(struct request *request)
{
	struct tool *tool = &request->keeper->tool;
	struct mun_error refused = MUN_ERROR_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	bool is_refused =
	    mun_deposit_check(request->deposit, &refused) != MUN_OK;

	if (say_plan(request, is_refused ? refused.text : NULL, &err) != MUN_OK)
		return tool_fail(tool, &err);
	if (!is_refused)
		return TOOL_DONE;
	if (tool->json)
		return TOOL_COULD_NOT;
	mun_error_wrap(&refused, "this deposit would be refused");
	return tool_fail(tool, &refused);
}

/* On a terminal, a person looks before anything is sealed for ever; there is
 * nothing to agree to in what will be refused. */
static enum mun_status
ask(struct request *request, struct mun_error *err)
{
	struct tool *tool = &request->keeper->tool;
	enum mun_status status;

	if (!will_ask(request) ||
	    mun_deposit_check(request->deposit, NULL) != MUN_OK)
		return MUN_OK;
	status = say_plan(request, NULL, err);
	if (status != MUN_OK)
		return status;
	tool_flush(tool);
	if (tool_ask(tool, "Deposit this? [y/N] "))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_CANCELED, "nothing was deposited");
}

static enum mun_status
run(struct request *request, struct mun_deposit_result *result,
    struct mun_error *err)
{
	struct mun_deposit_totals totals;
	enum mun_status status;

	mun_deposit_get_totals(request->deposit, &totals);
	if (totals.unreadable > 0 && !request->options.accept_unreadable)
		deposit_say_unreadable(request->keeper, request->deposit);
	tool_progress_start(&request->progress, &request->keeper->tool);
	status = mun_deposit_run(
	    request->deposit, request->signer, watch, request, result, err);
	tool_progress_end(&request->progress);
	return status;
}

static int
finish(struct request *request, const struct mun_deposit_result *result)
{
	struct tool *tool = &request->keeper->tool;
	struct mun_buffer receipt = MUN_BUFFER_INIT(65536);
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status = TOOL_DONE;

	(void)snprintf(
	    tool->done, sizeof(tool->done), "deposited as %s", result->archive);
	if (receipt_write(request->keeper, request->receipt_file,
		result->archive, &result->receipt, &receipt, &err) != MUN_OK) {
		tool_warn(tool,
		    "deposited as %s, but the receipt was not written: %s",
		    result->archive, err.text);
		mun_buffer_reset(&receipt);
		exit_status = TOOL_COULD_NOT;
	}
	if (deposit_say_result(request->keeper, request->deposit, result,
		mun_buffer_text(&receipt), &err) != MUN_OK) {
		mun_error_wrap(&err, "deposited as %s", result->archive);
		exit_status = tool_fail(tool, &err);
	}
	mun_buffer_free(&receipt);
	return exit_status;
}

static int
deposit(struct request *request)
{
	struct mun_deposit_result result = MUN_DEPOSIT_RESULT_INIT;
	struct keeper *keeper = request->keeper;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = open_all(request, &err);
	int exit_status;

	tool_catch_interrupts();
	if (status == MUN_OK)
		status = plan(request, &err);
	if (status == MUN_OK && request->dry_run)
		return say_dry_run(request);
	if (status == MUN_OK)
		status = ask(request, &err);
	if (status == MUN_OK)
		status = run(request, &result, &err);
	exit_status = status == MUN_OK ? finish(request, &result)
				       : tool_fail(&keeper->tool, &err);
	mun_buffer_free(&result.receipt);
	return exit_status;
}

static int
parse(struct request *request, int argc, char **argv)
{
	struct mun_deposit_words *words = &request->options.words;
	struct mun_deposit_options *o = &request->options;
	const struct tool_option options[] = {
		{ "case", 0, TOOL_TEXT, &words->case_name, "TEXT",
		    "what it belongs to" },
		{ "received-from", 0, TOOL_TEXT, &words->received_from, "TEXT",
		    "who handed it over" },
		{ "received-on", 0, TOOL_TEXT, &words->received_on, "TEXT",
		    "when" },
		{ "method", 0, TOOL_TEXT, &words->method, "TEXT", "how" },
		{ "note", 0, TOOL_TEXT, &words->note, "TEXT", "anything else" },
		{ "statement", 0, TOOL_TEXT, &request->statement_file, "FILE",
		    "the same from a JSON object, also place, purpose and\n"
		    "legal_basis. What is typed is kept beside the log, not\n"
		    "in it or in the archive, and can be erased later" },
		{ "dry-run", 0, TOOL_FLAG, &request->dry_run, NULL,
		    "only show what would be stored; the exit status is the\n"
		    "deposit's: 3 when it would be refused" },
		{ "yes", 0, TOOL_FLAG, &request->yes, NULL, "do not ask" },
		{ "accept-unreadable", 0, TOOL_FLAG, &o->accept_unreadable,
		    NULL,
		    "leave out what cannot be read, record it, and have\n"
		    "the seal say that the deposit is not complete" },
		{ "no-times", 0, TOOL_FLAG, &o->no_times, NULL,
		    "do not record modification times" },
		{ "receipt", 0, TOOL_TEXT, &request->receipt_file, "FILE",
		    "where the receipt goes (else beside the keys)" },
		{ "unsafe-no-sandbox", 0, TOOL_FLAG, &o->unsafe_no_sandbox,
		    NULL,
		    "let parsers of hostile files run unconfined, where\n"
		    "this system cannot confine them; it is recorded" },
		SIGNER_OPTIONS(request->keeper),
		KEEPER_OPTIONS(request->keeper),
	};
	const struct tool_usage usage = { .operands = "PATH...",
		.summary =
		    "Store files and folders for ever: fingerprinted, sealed,\n"
		    "logged, with a receipt. All of it is in, or nothing. "
		    "Links\n"
		    "and special files are recorded, never followed.",
		.example = "muniment deposit /media/stick --case 'Case 17' "
			   "--received-on 2026-11-20",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = SIZE_MAX };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&request->keeper->tool, &usage, argc, argv, &operands,
		&count, &exit_status))
		return exit_status;
	o->paths = (const char *const *)operands;
	o->path_count = count;
	return deposit(request);
}

int
cmd_deposit(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper,
		.statement = MUN_BUFFER_INIT(1 << 20),
		.statement_words = MUN_BUFFER_INIT(1 << 21) };
	int exit_status = parse(&request, argc, argv);

	mun_deposit_free(request.deposit);
	mun_signer_close(request.signer);
	mun_keys_info_free(&request.keys);
	mun_buffer_free(&request.statement);
	mun_buffer_free(&request.statement_words);
	return exit_status;
}
