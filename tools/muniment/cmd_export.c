/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_export.c - muniment export ID...|--case T DIR. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/export.h"
#include "muniment/keeper.h"
#include "muniment/recorder.h"

struct exporting {
	struct keeper *keeper;
	struct tool_progress progress;
	struct tool_texts withheld, time_roots, time_lists;
	const char *case_name, *to, *who, *purpose;
	bool zip, without_archives, is_unrecorded, yes;
	uint64_t words, withdrawn; /* that were told to go out */
	const char **ids; /* those of a case are owned */
	size_t id_count;
	uint64_t *seqs;
};

static bool
watch(void *ctx, const char *what, uint64_t done_bytes, uint64_t all_bytes)
{
	struct exporting *exporting = ctx;

	tool_progress_show(
	    &exporting->progress, what, done_bytes, all_bytes, 0, 0);
	return !tool_is_interrupted();
}

static enum mun_status
no_memory(struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_NOMEM, "out of memory");
}

/* ---- what somebody may want kept back ---- */

static void
tell_word(void *ctx, const struct mun_export_word *word)
{
	struct exporting *exporting = ctx;
	struct tool *tool = &exporting->keeper->tool;

	if (exporting->words++ == 0 && !tool->json)
		tool_print(tool,
		    "What people typed goes with it (--withhold SEQ keeps an "
		    "entry's words back):\n");
	if (tool->json)
		return;
	tool_print(tool, "  entry %" PRIu64 "%s%s, %s: ", word->seq,
	    word->archive[0] == '\0' ? "" : ", ", word->archive, word->key);
	tool_print_text(tool, word->text);
	tool_print(tool, "\n");
}

static void
tell_withdrawn(void *ctx, const char *archive)
{
	struct exporting *exporting = ctx;

	exporting->withdrawn++;
	tool_warn(&exporting->keeper->tool,
	    "'%s' was withdrawn; 'muniment history %s' says why", archive,
	    archive);
}

/* Words are told; to hand out what was withdrawn has to be said. */
static bool
agree(void *ctx)
{
	struct exporting *exporting = ctx;
	struct tool *tool = &exporting->keeper->tool;

	tool_flush(tool);
	if (exporting->yes || exporting->words + exporting->withdrawn == 0)
		return true;
	if (tool->json || !tool_can_ask())
		return exporting->withdrawn == 0;
	return tool_ask(tool, "Hand this out? [y/N] ");
}

/* ---- what to export ---- */

static enum mun_status
add_id(void *ctx, const char *archive, struct mun_error *err)
{
	struct exporting *exporting = ctx;
	const char **grown = realloc(exporting->ids,
	    (exporting->id_count + 1) * sizeof(*exporting->ids));

	if (grown == NULL)
		return no_memory(err);
	exporting->ids = grown;
	exporting->ids[exporting->id_count] = strdup(archive);
	if (exporting->ids[exporting->id_count] == NULL)
		return no_memory(err);
	exporting->id_count++;
	return MUN_OK;
}

static enum mun_status
find_case(struct exporting *exporting, struct mun_error *err)
{
	enum mun_status status = mun_export_find_case(exporting->keeper->vault,
	    exporting->case_name, add_id, exporting, err);

	if (status == MUN_OK && exporting->id_count == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no archive of the case '%s'",
		    exporting->case_name);
	return status;
}

static enum mun_status
take_seqs(struct exporting *exporting, struct mun_error *err)
{
	size_t count = exporting->withheld.count;

	exporting->seqs = calloc(count + 1, sizeof(*exporting->seqs));
	if (exporting->seqs == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const char *text = exporting->withheld.text[i];
		char *end;

		exporting->seqs[i] = strtoull(text, &end, 10);
		if (text[0] < '0' || text[0] > '9' || *end != '\0' ||
		    strlen(text) > 18)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "'%s' is not the number of an entry", text);
	}
	return MUN_OK;
}

/* ---- doing it ---- */

static enum mun_status
run(struct exporting *exporting, struct mun_record *record, const char *folder,
    struct mun_export_result *result, struct mun_error *err)
{
	struct mun_record_word words[2];
	struct mun_export_options options = { .folder = folder,
		.archives = exporting->ids,
		.archive_count = exporting->id_count,
		.skip_withdrawn = exporting->case_name != NULL,
		.without_archives = exporting->without_archives,
		.withheld = exporting->seqs,
		.withheld_count = exporting->withheld.count,
		.zip = exporting->zip,
		.record = record,
		.to = exporting->to,
		.words = words,
		.time_roots = exporting->time_roots.text,
		.time_root_count = exporting->time_roots.count,
		.time_lists = exporting->time_lists.text,
		.time_list_count = exporting->time_lists.count,
		.tell_word = tell_word,
		.tell_withdrawn = tell_withdrawn,
		.agree = agree,
		.watch = watch,
		.ctx = exporting };
	enum mun_status status;

	if (exporting->who != NULL)
		words[options.word_count++] =
		    (struct mun_record_word){ "who", exporting->who };
	if (exporting->purpose != NULL)
		words[options.word_count++] =
		    (struct mun_record_word){ "purpose", exporting->purpose };
	tool_catch_interrupts();
	tool_progress_start(&exporting->progress, &exporting->keeper->tool);
	status = mun_export(exporting->keeper->vault, &options, result, err);
	tool_progress_end(&exporting->progress);
	return status;
}

static enum mun_status
run_recorded(struct exporting *exporting, const char *folder,
    struct mun_export_result *result, struct mun_error *err)
{
	struct recorder recorder;
	enum mun_status status =
	    recorder_open(&recorder, exporting->keeper, err);

	if (status == MUN_OK)
		status = run(exporting, recorder.record, folder, result, err);
	recorder_close(&recorder);
	return status;
}

static enum mun_status
make_parcel(struct exporting *exporting, char **operands, size_t count,
    struct mun_export_result *result, struct mun_error *err)
{
	enum mun_status status;

	if ((exporting->case_name != NULL) != (count == 1))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "name archives and then a new folder, or --case TEXT and a "
		    "new folder");
	status = keeper_open(exporting->keeper, err);
	if (status == MUN_OK)
		status = take_seqs(exporting, err);
	if (status == MUN_OK && exporting->case_name != NULL)
		status = find_case(exporting, err);
	if (status != MUN_OK)
		return status;
	if (exporting->case_name == NULL) {
		exporting->ids = (const char **)(uintptr_t)operands;
		exporting->id_count = count - 1;
	}
	return exporting->is_unrecorded
	    ? run(exporting, NULL, operands[count - 1], result, err)
	    : run_recorded(exporting, operands[count - 1], result, err);
}

/* ---- saying it ---- */

static void
say_ranges(struct tool *tool, const struct mun_export_result *result)
{
	for (size_t i = 0; i < result->seq_count; i++) {
		size_t first = i;

		while (i + 1 < result->seq_count &&
		    result->seqs[i + 1] == result->seqs[i] + 1)
			i++;
		tool_print(tool, "%s%" PRIu64, first == 0 ? "" : ", ",
		    result->seqs[first]);
		if (i > first)
			tool_print(tool, "-%" PRIu64, result->seqs[i]);
	}
}

static void
say(const struct exporting *exporting, const struct mun_export_result *result,
    const char *folder)
{
	struct tool *tool = &exporting->keeper->tool;
	uint64_t count = 0;

	for (size_t i = 0; i < result->archive_count; i++)
		count += !result->archives[i].is_left_out;
	tool_print(tool, "%" PRIu64 " %s handed out: ", count,
	    tool_plural(count, "archive", "archives"));
	tool_print_text(tool, folder);
	tool_print(tool, "\nentries: ");
	say_ranges(tool, result);
	tool_print(tool, " (of %" PRIu64 ")\n", result->log_size);
	for (size_t i = 0; i < result->archive_count; i++) {
		const struct mun_exported *archive = &result->archives[i];

		if (archive->is_left_out)
			continue;
		tool_print(tool, "%s: ", archive->id);
		if (archive->is_recorded)
			tool_print(tool, "recorded as entry %" PRIu64 "\n",
			    archive->seq);
		else
			tool_print(tool, "not recorded\n");
	}
	tool_print(tool, "verified as a stranger will: %s\n",
	    mun_verdict_text(result->verdict));
	if (result->missing[0] != '\0') {
		tool_print(tool, "  what would answer it: ");
		tool_print_text(tool, result->missing);
		tool_print(tool, "\n");
	}
	tool_print(tool,
	    "The fingerprint goes another way: 'muniment fingerprint'.\n");
}

static void
say_json(const struct exporting *exporting,
    const struct mun_export_result *result, const char *folder)
{
	struct tool *tool = &exporting->keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "folder");
	tool_json_text(&json, folder);
	mun_json_key(&json, "dossier");
	mun_json_text(&json, result->name);
	mun_json_key(&json, "archives");
	mun_json_begin_array(&json);
	for (size_t i = 0; i < result->archive_count; i++) {
		const struct mun_exported *archive = &result->archives[i];

		mun_json_begin_object(&json);
		mun_json_key(&json, "archive");
		mun_json_text(&json, archive->id);
		mun_json_key(&json, "withdrawn");
		mun_json_boolean(&json, archive->is_left_out);
		mun_json_key(&json, "entry");
		if (archive->is_recorded)
			mun_json_unsigned(&json, archive->seq);
		else
			mun_json_null(&json);
		mun_json_end_object(&json);
	}
	mun_json_end_array(&json);
	mun_json_key(&json, "entries");
	mun_json_begin_array(&json);
	for (size_t i = 0; i < result->seq_count; i++)
		mun_json_unsigned(&json, result->seqs[i]);
	mun_json_end_array(&json);
	mun_json_key(&json, "words");
	mun_json_unsigned(&json, exporting->words);
	mun_json_key(&json, "log_size");
	mun_json_unsigned(&json, result->log_size);
	mun_json_key(&json, "index_updated");
	if (result->recorded.seq == 0)
		mun_json_null(&json);
	else
		mun_json_boolean(&json, result->recorded.index_updated);
	mun_json_key(&json, "verdict");
	mun_json_text(&json, mun_verdict_text(result->verdict));
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

static void
finish(struct exporting *exporting, struct mun_export_result *result)
{
	if (exporting->case_name != NULL)
		for (size_t i = 0; i < exporting->id_count; i++)
			free((char *)(uintptr_t)exporting->ids[i]);
	if (exporting->case_name != NULL)
		free(exporting->ids);
	free(exporting->seqs);
	free(exporting->withheld.text);
	free(exporting->time_roots.text);
	free(exporting->time_lists.text);
	mun_export_result_clear(result);
}

static int
run_command(struct exporting *exporting, char **operands, size_t count)
{
	struct tool *tool = &exporting->keeper->tool;
	struct mun_export_result result = { .archives = NULL };
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status = TOOL_DONE;

	if (make_parcel(exporting, operands, count, &result, &err) != MUN_OK) {
		if (err.status == MUN_ERR_CANCELED &&
		    exporting->withdrawn > 0 && !tool_can_ask())
			mun_error_wrap(&err,
			    "without a terminal, --yes says that what was "
			    "withdrawn is to go out");
		exit_status = tool_fail(tool, &err);
		goto out;
	}
	for (size_t i = 0; i < result.archive_count; i++)
		if (result.archives[i].is_left_out)
			tool_warn(tool, "'%s' was withdrawn, and is left out",
			    result.archives[i].id);
	if (result.recorded.seq != 0) {
		recorder_warn(tool, &result.recorded);
		(void)snprintf(tool->done, sizeof(tool->done),
		    "the parcel is made and its copy is in the log");
	}
	(tool->json ? say_json : say)(exporting, &result, operands[count - 1]);
out:
	finish(exporting, &result);
	return exit_status;
}

int
cmd_export(struct keeper *keeper, int argc, char **argv)
{
	struct exporting exporting = { .keeper = keeper };
	const struct tool_option options[] = {
		{ "case", 0, TOOL_TEXT, &exporting.case_name, "TEXT",
		    "all archives of that case, but those withdrawn" },
		{ "to", 0, TOOL_TEXT, &exporting.to, "ACTOR",
		    "the actor who gets it" },
		{ "who", 0, TOOL_TEXT, &exporting.who, "TEXT",
		    "who gets it, if that is no actor" },
		{ "purpose", 0, TOOL_TEXT, &exporting.purpose, "TEXT",
		    "what for" },
		{ "withhold", 0, TOOL_TEXTS, &exporting.withheld, "SEQ",
		    "leave out what was typed about that entry" },
		{ "tsa-trust", 0, TOOL_TEXTS, &exporting.time_roots, "PEM",
		    "root certificates of time-stamp authorities, by which\n"
		    "the report judges what they say" },
		{ "tsa-crl", 0, TOOL_TEXTS, &exporting.time_lists, "FILE",
		    "their revocation lists (DER or PEM), newer than those\n"
		    "stored, for that report; they do not go into the parcel" },
		{ "yes", 0, TOOL_FLAG, &exporting.yes, NULL, "do not ask" },
		{ "zip", 0, TOOL_FLAG, &exporting.zip, NULL,
		    "put DIR.zip beside, the same in one file" },
		{ "without-archive", 0, TOOL_FLAG, &exporting.without_archives,
		    NULL, "only the dossier: small enough for a mail" },
		{ "no-record", 0, TOOL_FLAG, &exporting.is_unrecorded, NULL,
		    "do not log it; then nobody can tell whether\n"
		    "something was left out" },
		SIGNER_OPTIONS(keeper), KEEPER_OPTIONS(keeper)
	};
	const struct tool_usage usage = { .operands = "ID... DIR",
		.summary =
		    "Make the parcel that a lawyer is sent: archives, and the "
		    "dossier\n"
		    "that proves them to somebody who has no vault. DIR is "
		    "made, or\n"
		    "nothing is. The copy is recorded in the log, and all is "
		    "verified.\n"
		    "In JSON, words is how many texts that people typed went "
		    "out.",
		.example = "muniment export XPF-0003 XPF-0007 parcel --zip\n"
			   "muniment export --case 'Case 17' parcel",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = SIZE_MAX };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status)) {
		free(exporting.withheld.text);
		free(exporting.time_roots.text);
		free(exporting.time_lists.text);
		return exit_status;
	}
	return run_command(&exporting, operands, count);
}
