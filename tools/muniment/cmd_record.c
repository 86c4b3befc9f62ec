/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_record.c - muniment record TYPE DOC: custody events. */
#include <stdio.h>
#include <string.h>

#include "muniment/fixity.h"
#include "muniment/recorder.h"

enum {
	ABOUT_MAX = 256
};

struct recording {
	struct keeper *keeper;
	struct recorder_typed typed;
	const char *accept, *form, *from, *to, *receipt, *by, *started, *ended,
	    *before, *after, *kind;
	struct recorder_words fields, words;
	const char *type, *reference;
	bool yes;
	char about[ABOUT_MAX];
};

/* Types that this command logs, and how they are told. */
static const struct {
	const char *type, *done;
} types[] = {
	{ "transfer", "handed over" },
	{ "access", "accessed" },
	{ "examination", "examined" },
	{ "copy", "copied" },
	{ "fixity-check", "checked" },
	{ "migration", "migrated" },
};

static const char *
done_of(const char *type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].done;
	return NULL;
}

/* Without a word on how, a hand-over to an actor waits for that one's word, and
 * one to somebody else is what we say. */
static const char *
default_form(const struct recording *recording)
{
	if (recording->receipt != NULL)
		return "receipted";
	return recording->to != NULL ? "countersigned" : "asserted";
}

static void
take_transfer(struct recording *recording)
{
	struct recorder_words *fields = &recording->fields;

	if (recording->accept != NULL) {
		recorder_add(fields, "step", "accepted");
		recorder_add(fields, "entry", recording->accept);
		return;
	}
	recorder_add(fields, "step", "handed-over");
	recorder_add(fields, "form",
	    recording->form != NULL ? recording->form
				    : default_form(recording));
	recorder_add(fields, "from", recording->from);
	recorder_add(fields, "to", recording->to);
	recorder_add(fields, "receipt", recording->receipt);
}

static void
take_fields(struct recording *recording)
{
	struct recorder_words *fields = &recording->fields;

	if (strcmp(recording->type, "transfer") == 0) {
		take_transfer(recording);
		return;
	}
	recorder_add(fields, "by", recording->by);
	recorder_add(fields, "started", recording->started);
	recorder_add(fields, "ended", recording->ended);
	recorder_add(fields, "before", recording->before);
	recorder_add(fields, "after", recording->after);
	recorder_add(fields, "kind",
	    recording->kind == NULL && strcmp(recording->type, "copy") == 0
		? "working"
		: recording->kind);
	recorder_add(fields, "to", recording->to);
}

static int
run(struct recording *recording)
{
	const struct mun_record_request request = { .type = recording->type,
		.reference = recording->reference,
		.fields = recording->fields.list,
		.field_count = recording->fields.count,
		.words = recording->words.list,
		.word_count = recording->words.count,
		.is_meant = recording->yes };

	return record_one(recording->keeper, &request, recording->about);
}

/* What a check found is not for anybody to type. */
static int
run_check(struct recording *recording)
{
	struct mun_error err = MUN_ERROR_INIT;
	bool passed = false;
	int exit_status;

	if (keeper_open(recording->keeper, &err) != MUN_OK ||
	    fixity_check(recording->keeper, recording->reference, &passed,
		&err) != MUN_OK)
		return tool_fail(&recording->keeper->tool, &err);
	recorder_add(
	    &recording->fields, "result", passed ? "passed" : "failed");
	(void)snprintf(recording->about, sizeof(recording->about),
	    "%s checked: %s", recording->reference,
	    passed ? "the bytes are those that were logged"
		   : "THE BYTES ARE NOT THOSE THAT WERE LOGGED");
	exit_status = run(recording);
	return exit_status == TOOL_DONE && !passed ? TOOL_FAILED : exit_status;
}

/* A hand-over to nobody would stand in the log for ever. */
static bool
lacks_receiver(const struct recording *recording)
{
	return strcmp(recording->type, "transfer") == 0 &&
	    recording->accept == NULL && recording->to == NULL &&
	    recording->typed.who == NULL;
}

static int
start(struct recording *recording, char **operands, size_t count)
{
	const char *done = done_of(operands[0]);

	recording->type = operands[0];
	recording->reference = count > 1 ? operands[1] : NULL;
	if (done == NULL)
		return tool_fail_with(&recording->keeper->tool, MUN_ERR_USAGE,
		    "'%s' is not one of: transfer, access, examination, copy, "
		    "fixity-check, migration",
		    operands[0]);
	if (recording->reference == NULL &&
	    strcmp(recording->type, "migration") != 0)
		return tool_fail_with(&recording->keeper->tool, MUN_ERR_USAGE,
		    "say which archive or document: muniment record %s "
		    "XPF-0003",
		    recording->type);
	if (lacks_receiver(recording))
		return tool_fail_with(&recording->keeper->tool, MUN_ERR_USAGE,
		    "say who gets it: --to ACTOR, or --who TEXT for somebody "
		    "who is no actor (or --accept SEQ)");
	(void)snprintf(recording->about, sizeof(recording->about), "%s %s",
	    recording->reference == NULL ? "the vault" : recording->reference,
	    recording->accept != NULL ? "accepted" : done);
	recorder_take_typed(&recording->words, &recording->typed);
	if (strcmp(recording->type, "fixity-check") == 0)
		return run_check(recording);
	take_fields(recording);
	return run(recording);
}

int
cmd_record(struct keeper *keeper, int argc, char **argv)
{
	struct recording recording = { .keeper = keeper };
	const struct tool_option options[] = {
		{ "to", 0, TOOL_TEXT, &recording.to, "ACTOR",
		    "who gets it: an actor of this vault, by name or by the\n"
		    "SHA-256 of the certificate; somebody else: --who" },
		{ "from", 0, TOOL_TEXT, &recording.from, "ACTOR",
		    "who hands it over; left out: somebody who is no actor" },
		{ "form", 0, TOOL_TEXT, &recording.form, "FORM",
		    "countersigned (the receiver will accept), receipted\n"
		    "(with --receipt) or asserted" },
		{ "accept", 0, TOOL_TEXT, &recording.accept, "SEQ",
		    "accept what entry SEQ hands over to you" },
		{ "yes", 0, TOOL_FLAG, &recording.yes, NULL,
		    "do not ask about a hand-over by somebody who does not\n"
		    "hold it, as far as the log tells: it is what happened" },
		{ "receipt", 0, TOOL_TEXT, &recording.receipt, "DOC",
		    "the signed paper, deposited before" },
		{ "by", 0, TOOL_TEXT, &recording.by, "ACTOR",
		    "who did it, if not you" },
		{ "started", 0, TOOL_TEXT, &recording.started, "TIME",
		    "as 2026-11-23T10:11:12Z" },
		{ "ended", 0, TOOL_TEXT, &recording.ended, "TIME", "the same" },
		{ "before", 0, TOOL_TEXT, &recording.before, "RESULT",
		    "passed or failed: whether the bytes were right before" },
		{ "after", 0, TOOL_TEXT, &recording.after, "RESULT",
		    "the same, after" },
		{ "kind", 0, TOOL_TEXT, &recording.kind, "KIND",
		    "of a copy: evidentiary or working; of a migration:\n"
		    "storage, host or software" },
		TYPED_OPTIONS(&recording.typed),
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "TYPE [DOC]",
		.summary =
		    "Log what happened to an archive or a document. TYPE is "
		    "transfer,\naccess, examination, copy, fixity-check (which "
		    "checks, too) or\nmigration. What is typed goes into a "
		    "statement beside the log.",
		.example =
		    "muniment record transfer XPF-0003 --from Heron --to Egret",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 2 };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	return start(&recording, operands, count);
}
