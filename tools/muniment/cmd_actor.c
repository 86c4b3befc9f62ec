/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_actor.c - muniment actor enrol|revoke|list: who may sign here. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "muniment/dispatch.h"
#include "muniment/recorder.h"

enum {
	ABOUT_MAX = 256,
	PEM_MAX = 65536
};

/* ---- enrol ---- */

static int
enrol(struct keeper *keeper, const char *path, const char *role,
    const struct recorder_words *words)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	struct recorder_words fields = { .count = 0 };
	struct mun_record_request request = { .type = "actor-enrolled" };
	struct mun_error err = MUN_ERROR_INIT;
	char about[ABOUT_MAX];
	int exit_status;

	recorder_add(&fields, "role", role);
	if (tool_read_file(path, &pem, &err) != MUN_OK) {
		mun_buffer_free(&pem);
		return tool_fail(&keeper->tool, &err);
	}
	request.fields = fields.list;
	request.field_count = fields.count;
	request.words = words->list;
	request.word_count = words->count;
	request.certificate_pem = mun_buffer_text(&pem);
	(void)snprintf(about, sizeof(about), "enrolled as %s: %s", role, path);
	exit_status = record_one(keeper, &request, about);
	mun_buffer_free(&pem);
	return exit_status;
}

static int
cmd_actor_enrol(struct keeper *keeper, int argc, char **argv)
{
	struct recorder_words words = { .count = 0 };
	const char *role = NULL, *note = NULL;
	const struct tool_option options[] = {
		{ "role", 0, TOOL_TEXT, &role, "ROLE",
		    "custodian, depositor, examiner, counsel or keeper" },
		{ "note", 0, TOOL_TEXT, &note, "TEXT",
		    "anything to remember; kept beside the log" },
		RECOVERY_OPTIONS(keeper),
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "CERTIFICATE.pem",
		.summary =
		    "Let somebody sign in this vault. Only a custodian may. A "
		    "custodian\nsigns everything; a depositor deposits; an "
		    "examiner examines and\nchecks; counsel reads, copies and "
		    "annotates; a keeper is a machine\nthat checks and copies "
		    "unattended.",
		.example = "muniment actor enrol heron.pem --role examiner",
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
	if (role == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say which role, with --role");
	recorder_add(&words, "note", note);
	return enrol(keeper, operands[0], role, &words);
}

/* ---- revoke ---- */

static int
cmd_actor_revoke(struct keeper *keeper, int argc, char **argv)
{
	struct recorder_words fields = { .count = 0 }, words = { .count = 0 };
	const char *reason = NULL, *since = NULL, *note = NULL;
	const struct tool_option options[] = {
		{ "reason", 0, TOOL_TEXT, &reason, "REASON",
		    "retired or superseded: what was signed stands; lost or\n"
		    "compromised: what is not proven to be older is "
		    "contested" },
		{ "since", 0, TOOL_TEXT, &since, "TIME",
		    "lost and compromised need it, nothing else has it: the\n"
		    "earliest time from which somebody else may have signed,\n"
		    "as 2026-11-23T10:11:12Z; of one revoked before: earlier\n"
		    "than was said, if that was lost or compromised too" },
		{ "note", 0, TOOL_TEXT, &note, "TEXT",
		    "anything to remember; kept beside the log" },
		RECOVERY_OPTIONS(keeper),
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "ACTOR",
		.summary =
		    "From now on, this actor signs nothing here. The last "
		    "custodian stays.",
		.example = "muniment actor revoke Heron --reason retired",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 1 };
	struct mun_record_request request = { .type = "actor-revoked" };
	char **operands, about[ABOUT_MAX];
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (reason == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say why, with --reason retired, superseded, lost or "
		    "compromised");
	recorder_add(&fields, "actor", operands[0]);
	recorder_add(&fields, "reason", reason);
	recorder_add(&fields, "since", since);
	recorder_add(&words, "note", note);
	request.fields = fields.list;
	request.field_count = fields.count;
	request.words = words.list;
	request.word_count = words.count;
	(void)snprintf(
	    about, sizeof(about), "revoked (%s): %s", reason, operands[0]);
	return record_one(keeper, &request, about);
}

/* ---- list ---- */

struct listing {
	struct tool *tool;
	struct mun_json_writer json;
};

static void
json_contested(
    struct mun_json_writer *json, const struct mun_record_actor *actor)
{
	bool is_contested = actor->contested[0] != '\0';

	mun_json_key(json, "contested");
	mun_json_text(json, is_contested ? actor->contested : NULL);
	mun_json_key(json, "contested_seq");
	if (is_contested)
		mun_json_unsigned(json, actor->contested_seq);
	else
		mun_json_null(json);
	mun_json_key(json, "since");
	mun_json_text(json, is_contested ? actor->since : NULL);
}

static void
print_contested(struct tool *tool, const struct mun_record_actor *actor)
{
	if (actor->contested[0] != '\0')
		tool_print(tool,
		    "           CONTESTED    entry %" PRIu64 ", %s since %s\n",
		    actor->contested_seq, actor->contested, actor->since);
}

static void
json_before(struct mun_json_writer *json, const struct mun_record_actor *actor)
{
	mun_json_key(json, "before");
	mun_json_begin_array(json);
	for (size_t i = 0; i < actor->before_count; i++) {
		const struct mun_record_certificate *before = &actor->before[i];

		mun_json_begin_object(json);
		mun_json_key(json, "name");
		tool_json_text(json, before->name);
		mun_json_key(json, "certificate");
		mun_json_hex(
		    json, before->certificate, sizeof(before->certificate));
		mun_json_key(json, "first_seq");
		mun_json_unsigned(json, before->first_seq);
		mun_json_key(json, "last_seq");
		mun_json_unsigned(json, before->last_seq);
		mun_json_end_object(json);
	}
	mun_json_end_array(json);
}

static void
print_before(struct tool *tool, const struct mun_record_actor *actor)
{
	for (size_t i = 0; i < actor->before_count; i++) {
		tool_print(tool, "           before       ");
		tool_print_text(tool, actor->before[i].name);
		tool_print(tool, " (entries %" PRIu64 "-%" PRIu64 ")\n",
		    actor->before[i].first_seq, actor->before[i].last_seq);
	}
}

static void
json_actor(struct mun_json_writer *json, const struct mun_record_actor *actor)
{
	mun_json_begin_object(json);
	mun_json_key(json, "name");
	tool_json_text(json, actor->name);
	mun_json_key(json, "role");
	mun_json_text(json, actor->role);
	mun_json_key(json, "certificate");
	mun_json_hex(json, actor->certificate, sizeof(actor->certificate));
	json_before(json, actor);
	mun_json_key(json, "enrolled");
	mun_json_unsigned(json, actor->enrolled_seq);
	mun_json_key(json, "revoked");
	if (actor->is_revoked)
		mun_json_unsigned(json, actor->revoked_seq);
	else
		mun_json_null(json);
	mun_json_key(json, "reason");
	mun_json_text(json, actor->is_revoked ? actor->reason : NULL);
	json_contested(json, actor);
	mun_json_end_object(json);
}

static enum mun_status
see_actor(
    void *ctx, const struct mun_record_actor *actor, struct mun_error *err)
{
	struct listing *listing = ctx;
	struct tool *tool = listing->tool;

	(void)err;
	if (tool->json) {
		json_actor(&listing->json, actor);
		return MUN_OK;
	}
	tool_print(tool, "%-10s ", actor->role);
	tool_print_text(tool, actor->name);
	tool_print(tool, "\n           certificate  ");
	print_hex(tool, actor->certificate, sizeof(actor->certificate));
	tool_print(tool, "\n           enrolled     entry %" PRIu64 "\n",
	    actor->enrolled_seq);
	print_before(tool, actor);
	if (actor->is_revoked)
		tool_print(tool,
		    "           REVOKED      entry %" PRIu64 ", %s\n",
		    actor->revoked_seq, actor->reason);
	print_contested(tool, actor);
	return MUN_OK;
}

static int
cmd_actor_list(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "",
		.summary = "Who may sign here, or could.",
		.example = "muniment actor list",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct listing listing = { .tool = &keeper->tool,
		.json = MUN_JSON_WRITER_INIT(&keeper->tool.out) };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (keeper->tool.json) {
		mun_json_begin_object(&listing.json);
		mun_json_key(&listing.json, "actors");
		mun_json_begin_array(&listing.json);
	}
	if (keeper_open(keeper, &err) != MUN_OK ||
	    mun_record_actors(keeper->vault, see_actor, &listing, &err) !=
		MUN_OK) {
		mun_buffer_reset(&keeper->tool.out);
		return tool_fail(&keeper->tool, &err);
	}
	if (keeper->tool.json) {
		mun_json_end_array(&listing.json);
		mun_json_end_object(&listing.json);
		mun_buffer_append_byte(&keeper->tool.out, '\n');
	}
	return TOOL_DONE;
}

int
cmd_actor(struct keeper *keeper, int argc, char **argv)
{
	static const struct command list[] = {
		{ "enrol", "let somebody sign here", cmd_actor_enrol },
		{ "revoke", "from now on not any more", cmd_actor_revoke },
		{ "list", "who may sign here", cmd_actor_list },
	};
	const struct verbs verbs = { .command = "actor",
		.summary = "Who may sign in this vault, and what.",
		.list = list,
		.count = sizeof(list) / sizeof(list[0]) };

	return dispatch_verb(keeper, &verbs, argc, argv);
}
