/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_history.c - muniment history [DOC]: the chain, a paragraph an event, then
 * how things stand and who the actors are.
 */
#include "muniment/history.h"

#include <inttypes.h>
#include <string.h>

#include "muniment/keeper.h"

enum section {
	EVENTS,
	STANDINGS,
	ANNOTATIONS,
	ACTORS,
	SECTIONS
};

struct telling {
	struct tool *tool;
	struct mun_json_writer json;
	struct mun_index *index;
	const char *reference; /* NULL: the vault */
	enum section section;
	uint64_t standings, actors;
};

/* One JSON array after the other. */
static void
json_enter(struct telling *telling, enum section section)
{
	static const char *const names[SECTIONS] = { "events", "standings",
		"annotations", "actors" };

	while (telling->section < section) {
		mun_json_end_array(&telling->json);
		telling->section++;
		mun_json_key(&telling->json, names[telling->section]);
		mun_json_begin_array(&telling->json);
	}
}

/* ---- events ---- */

static void
print_event(struct tool *tool, const struct mun_history_event *event)
{
	tool_print(tool, "Entry %" PRIu64 ", %s\n  ", event->seq, event->when);
	tool_print_text(tool, event->sentence);
	tool_print(tool, "\n");
	for (size_t i = 0; i < event->word_count; i++) {
		tool_print(tool, "    %s: ", event->words[i].label);
		tool_print_text(tool, event->words[i].text);
		tool_print(tool, "\n");
	}
	for (size_t i = 0; i < event->finding_count; i++) {
		const struct mun_history_finding *finding = &event->findings[i];

		tool_print(
		    tool, "  %s: ", finding->is_noted ? "Note" : "FINDING");
		tool_print_text(tool, finding->text);
		tool_print(tool, " [%s]\n", finding->rule);
	}
	tool_print(tool, "\n");
}

static void
json_person(struct mun_json_writer *json, const char *key,
    const struct mun_history_person *person)
{
	mun_json_key(json, key);
	if (!person->is_known) {
		mun_json_null(json);
		return;
	}
	mun_json_begin_object(json);
	mun_json_key(json, "name");
	tool_json_text(json, person->name);
	mun_json_key(json, "role");
	mun_json_text(json, person->role[0] == '\0' ? NULL : person->role);
	mun_json_key(json, "certificate");
	mun_json_hex(json, person->sha256, sizeof(person->sha256));
	mun_json_key(json, "enrolled");
	mun_json_boolean(json, person->is_actor);
	mun_json_end_object(json);
}

static void
json_raw(struct mun_json_writer *json, const char *key, const char *value)
{
	mun_json_key(json, key);
	if (value == NULL)
		mun_json_null(json);
	else
		mun_json_canonical(json, value, strlen(value));
}

static void
json_reference(struct mun_json_writer *json, const char *key, const char *text)
{
	mun_json_key(json, key);
	mun_json_text(json, text[0] == '\0' ? NULL : text);
}

static void
json_subject(
    struct mun_json_writer *json, const char *archive, uint64_t document)
{
	mun_json_key(json, "archive");
	mun_json_text(json, archive);
	mun_json_key(json, "document");
	if (document == 0)
		mun_json_null(json);
	else
		mun_json_unsigned(json, document);
}

static void
json_signed(struct mun_json_writer *json, const struct mun_history_event *event)
{
	mun_json_key(json, "seq");
	mun_json_unsigned(json, event->seq);
	mun_json_key(json, "type");
	mun_json_text(json, event->type);
	mun_json_key(json, "time");
	mun_json_text(json, event->time);
	json_subject(json, event->archive, event->document);
	json_reference(json, "reference", event->reference);
	json_reference(json, "other", event->other);
	mun_json_key(json, "actor");
	mun_json_hex(json, event->signer.sha256, sizeof(event->signer.sha256));
	mun_json_key(json, "actor_name");
	tool_json_text(json, event->signer.name);
	json_person(json, "signer", &event->signer);
	json_person(json, "from", &event->from);
	json_person(json, "to", &event->to);
	json_person(json, "by", &event->by);
	json_person(json, "named", &event->named);
	json_raw(json, "subject", event->subject);
	json_raw(json, "detail", event->detail);
	mun_json_key(json, "entry");
	mun_json_hex(json, event->entry, sizeof(event->entry));
	mun_json_key(json, "clock_behind");
	mun_json_boolean(json, event->clock != NULL);
	mun_json_key(json, "clock");
	mun_json_text(json, event->clock);
}

static void
json_typed(struct mun_json_writer *json, const struct mun_history_event *event)
{
	mun_json_key(json, "statement_withheld");
	mun_json_boolean(json, event->is_withheld);
	mun_json_key(json, "statement");
	if (event->words == NULL) {
		mun_json_null(json);
		return;
	}
	mun_json_begin_object(json);
	for (size_t i = 0; i < event->word_count; i++) {
		mun_json_key(json, event->words[i].key);
		tool_json_text(json, event->words[i].text);
	}
	mun_json_end_object(json);
}

static void
json_event(struct mun_json_writer *json, const struct mun_history_event *event)
{
	mun_json_begin_object(json);
	json_signed(json, event);
	mun_json_key(json, "sentence");
	tool_json_text(json, event->sentence);
	mun_json_key(json, "counts");
	mun_json_boolean(json, event->counts);
	json_typed(json, event);
	mun_json_key(json, "findings");
	mun_json_begin_array(json);
	for (size_t i = 0; i < event->finding_count; i++) {
		mun_json_begin_object(json);
		mun_json_key(json, "rule");
		mun_json_text(json, event->findings[i].rule);
		mun_json_key(json, "text");
		tool_json_text(json, event->findings[i].text);
		mun_json_key(json, "noted");
		mun_json_boolean(json, event->findings[i].is_noted);
		mun_json_end_object(json);
	}
	mun_json_end_array(json);
	mun_json_end_object(json);
}

static enum mun_status
see_event(
    void *ctx, const struct mun_history_event *event, struct mun_error *err)
{
	struct telling *telling = ctx;

	(void)err;
	if (telling->tool->json)
		json_event(&telling->json, event);
	else
		print_event(telling->tool, event);
	return MUN_OK;
}

/* ---- how things stand ---- */

static enum mun_status
see_annotation(void *ctx, const struct mun_index_annotation *annotation,
    struct mun_error *err)
{
	struct telling *telling = ctx;

	(void)err;
	if (!annotation->is_latest)
		return MUN_OK;
	if (telling->tool->json) {
		json_enter(telling, ANNOTATIONS);
		json_annotation(&telling->json, annotation);
	} else {
		tool_print(telling->tool, "    %s: ", annotation->key);
		print_annotation(telling->tool, annotation);
		tool_print(telling->tool, "\n");
	}
	return MUN_OK;
}

static enum mun_status
see_standing(void *ctx, const struct mun_history_standing *standing,
    struct mun_error *err)
{
	struct telling *telling = ctx;

	if (telling->tool->json) {
		json_enter(telling, STANDINGS);
		json_holder(&telling->json, standing);
		return MUN_OK;
	}
	if (telling->standings++ == 0)
		tool_print(telling->tool, "As it stands\n");
	tool_print(telling->tool, "  %s is held by ", standing->reference);
	print_holder(telling->tool, standing, "  ");
	return telling->reference == NULL
	    ? MUN_OK
	    : mun_index_annotations(telling->index, standing->archive,
		  standing->document, see_annotation, telling, err);
}

/* One that is all there is covers all that the actor signed. */
static void
print_certificate(struct tool *tool, const struct mun_history_actor *actor,
    const struct mun_history_certificate *certificate)
{
	tool_print(tool, "\n    certificate ");
	print_hex(tool, certificate->sha256, sizeof(certificate->sha256));
	if (actor->certificate_count == 1)
		return;
	tool_print(tool, "\n      as ");
	tool_print_text(tool, certificate->name);
	if (certificate->is_replaced)
		tool_print(tool, ", entries %" PRIu64 " to %" PRIu64,
		    certificate->first_seq, certificate->last_seq);
	else
		tool_print(tool, ", from entry %" PRIu64 " on",
		    certificate->first_seq);
}

static void
print_actor(struct tool *tool, const struct mun_history_actor *actor)
{
	tool_print(tool, "  ");
	tool_print_text(tool, actor->person.name);
	tool_print(tool, ", %s, since entry %" PRIu64,
	    strcmp(actor->person.role, "recovery") == 0 ? "recovery key"
							: actor->person.role,
	    actor->enrolled_seq);
	if (actor->is_revoked)
		tool_print(tool, "; revoked in entry %" PRIu64 " (%s)",
		    actor->revoked_seq, actor->reason);
	if (actor->contested != NULL)
		tool_print(tool, "; %s since %s, by entry %" PRIu64,
		    actor->contested, actor->since, actor->contested_seq);
	for (size_t i = 0; i < actor->certificate_count; i++)
		print_certificate(tool, actor, &actor->certificates[i]);
	tool_print(tool, "\n");
}

static void
json_certificates(
    struct mun_json_writer *json, const struct mun_history_actor *actor)
{
	mun_json_key(json, "certificates");
	mun_json_begin_array(json);
	for (size_t i = 0; i < actor->certificate_count; i++) {
		const struct mun_history_certificate *certificate =
		    &actor->certificates[i];

		mun_json_begin_object(json);
		mun_json_key(json, "name");
		tool_json_text(json, certificate->name);
		mun_json_key(json, "certificate");
		mun_json_hex(
		    json, certificate->sha256, sizeof(certificate->sha256));
		mun_json_key(json, "first_seq");
		mun_json_unsigned(json, certificate->first_seq);
		mun_json_key(json, "last_seq");
		if (certificate->is_replaced)
			mun_json_unsigned(json, certificate->last_seq);
		else
			mun_json_null(json);
		mun_json_end_object(json);
	}
	mun_json_end_array(json);
}

static void
json_actor(struct mun_json_writer *json, const struct mun_history_actor *actor)
{
	mun_json_begin_object(json);
	json_person(json, "person", &actor->person);
	json_certificates(json, actor);
	mun_json_key(json, "enrolled_seq");
	mun_json_unsigned(json, actor->enrolled_seq);
	mun_json_key(json, "revoked_seq");
	if (actor->is_revoked)
		mun_json_unsigned(json, actor->revoked_seq);
	else
		mun_json_null(json);
	mun_json_key(json, "reason");
	mun_json_text(json, actor->reason);
	mun_json_key(json, "contested");
	mun_json_text(json, actor->contested);
	mun_json_key(json, "contested_seq");
	if (actor->contested != NULL)
		mun_json_unsigned(json, actor->contested_seq);
	else
		mun_json_null(json);
	mun_json_key(json, "since");
	mun_json_text(json, actor->since);
	mun_json_end_object(json);
}

static enum mun_status
see_actor(
    void *ctx, const struct mun_history_actor *actor, struct mun_error *err)
{
	struct telling *telling = ctx;

	(void)err;
	if (telling->tool->json) {
		json_enter(telling, ACTORS);
		json_actor(&telling->json, actor);
		return MUN_OK;
	}
	if (telling->actors++ == 0)
		tool_print(telling->tool, "\nWho they are\n");
	print_actor(telling->tool, actor);
	return MUN_OK;
}

/* ---- the whole ---- */

static void
print_end(struct tool *tool, const struct mun_history_summary *summary)
{
	tool_print(tool, "\n%" PRIu64 " %s told, of a log of %" PRIu64 "; ",
	    summary->events, tool_plural(summary->events, "event", "events"),
	    summary->log_size);
	if (summary->findings == 0)
		tool_print(tool, "nothing in it contradicts the rest.\n");
	else
		tool_print(tool, "%" PRIu64 " %s, each where it stands.\n",
		    summary->findings,
		    tool_plural(summary->findings, "FINDING", "FINDINGS"));
}

static enum mun_status
tell_parts(struct telling *telling, struct mun_vault *vault,
    const struct mun_index_event_filter *filter,
    struct mun_history_summary *summary, struct mun_error *err)
{
	const struct mun_history_visitor visitor = { .ctx = telling,
		.event = see_event,
		.standing = see_standing,
		.actor = see_actor };
	enum mun_status status;

	if (telling->tool->json) {
		mun_json_begin_object(&telling->json);
		mun_json_key(&telling->json, "events");
		mun_json_begin_array(&telling->json);
	}
	status = mun_history_tell(
	    vault, telling->index, filter, &visitor, summary, err);
	if (status != MUN_OK)
		return status;
	if (!telling->tool->json) {
		print_end(telling->tool, summary);
		return MUN_OK;
	}
	json_enter(telling, ACTORS);
	mun_json_end_array(&telling->json);
	mun_json_key(&telling->json, "log_size");
	mun_json_unsigned(&telling->json, summary->log_size);
	mun_json_key(&telling->json, "findings");
	mun_json_unsigned(&telling->json, summary->findings);
	mun_json_end_object(&telling->json);
	mun_buffer_append_byte(&telling->tool->out, '\n');
	return MUN_OK;
}

static enum mun_status
tell(struct keeper *keeper, const struct mun_index_event_filter *filter,
    struct mun_error *err)
{
	struct telling telling = { .tool = &keeper->tool,
		.json = MUN_JSON_WRITER_INIT(&keeper->tool.out),
		.reference = filter->reference };
	struct mun_history_summary summary;
	enum mun_status status = keeper_open(keeper, err);

	if (status == MUN_OK)
		status = keeper_open_index(keeper, &telling.index, err);
	if (status != MUN_OK)
		return status;
	status = tell_parts(&telling, keeper->vault, filter, &summary, err);
	/* half a history is none */
	if (status != MUN_OK)
		mun_buffer_reset(&keeper->tool.out);
	mun_index_close(telling.index);
	return status;
}

int
cmd_history(struct keeper *keeper, int argc, char **argv)
{
	struct mun_index_event_filter filter = { .reference = NULL };
	const struct tool_option options[] = {
		{ "actor", 0, TOOL_TEXT, &filter.actor, "NAME",
		    "only what that actor signed or is named in (part of a\n"
		    "name, or the SHA-256 of a certificate)" },
		{ "from", 0, TOOL_TEXT, &filter.from, "DATE",
		    "only from then on (2026-11-26, or with T18:51:14Z)" },
		{ "to", 0, TOOL_TEXT, &filter.to, "DATE",
		    "only until then, that day included" },
		{ "type", 0, TOOL_TEXT, &filter.type, "TYPE",
		    "only events of that type, as transfer" },
		{ "case", 0, TOOL_TEXT, &filter.case_name, "TEXT",
		    "only about archives of exactly this case" },
		{ "key", 0, TOOL_TEXT, &filter.key, "KEY",
		    "only annotations that set this key, as title" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "[DOC]",
		.summary =
		    "Tell the chain of custody of an archive or document, or "
		    "of all, oldest\n"
		    "first: who did what, what was typed about it, every gap "
		    "and\n"
		    "contradiction where it stands; then who holds it now.  A "
		    "document's\n"
		    "history is also what was done to its archive as a whole.",
		.example = "muniment history XPF-0003/42\n"
			   "muniment history --case 'Case 17' --type transfer",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_max = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (count == 1)
		filter.reference = operands[0];
	if (tell(keeper, &filter, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return TOOL_DONE;
}
