/* SPDX-License-Identifier: BSD-2-Clause */
/* print_custody.c - who holds what, and what was said of it. */
#include <inttypes.h>
#include <string.h>

#include "muniment/keeper.h"

static void
print_holder_name(struct tool *tool, const struct mun_history_person *person)
{
	if (!person->is_known) {
		tool_print(tool, "somebody outside the vault");
		return;
	}
	tool_print_text(tool, person->name);
	tool_print(tool, " (%s)", person->role);
}

void
print_holder(struct tool *tool, const struct mun_history_standing *standing,
    const char *margin)
{
	print_holder_name(tool, &standing->holder);
	tool_print(tool, ", since entry %" PRIu64 "%s.\n", standing->since_seq,
	    standing->goes_with_archive ? ", with its archive" : "");
	if (standing->is_pending) {
		tool_print(tool, "%sIt was handed over to ", margin);
		print_holder_name(tool, &standing->pending_to);
		tool_print(tool,
		    " in entry %" PRIu64 ", who has not accepted it.\n",
		    standing->pending_seq);
	}
	if (standing->fixity_failed)
		tool_print(tool,
		    "%sIts last check (entry %" PRIu64
		    ") found other bytes than those logged.\n",
		    margin, standing->fixity_seq);
	if (standing->withdrawn != NULL)
		tool_print(tool,
		    "%sIts archive was withdrawn in entry %" PRIu64
		    "; the bytes %s.\n",
		    margin, standing->withdrawn_seq,
		    strcmp(standing->withdrawn, "destroyed") == 0
			? "were destroyed"
			: "are kept");
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
	mun_json_text(json, person->role);
	mun_json_key(json, "certificate");
	mun_json_hex(json, person->sha256, sizeof(person->sha256));
	mun_json_end_object(json);
}

static void
json_seq(struct mun_json_writer *json, const char *key, bool has, uint64_t seq)
{
	mun_json_key(json, key);
	if (has)
		mun_json_unsigned(json, seq);
	else
		mun_json_null(json);
}

void
json_holder(
    struct mun_json_writer *json, const struct mun_history_standing *standing)
{
	mun_json_begin_object(json);
	mun_json_key(json, "reference");
	mun_json_text(json, standing->reference);
	json_person(json, "holder", &standing->holder);
	json_seq(json, "since_seq", true, standing->since_seq);
	mun_json_key(json, "goes_with_archive");
	mun_json_boolean(json, standing->goes_with_archive);
	json_seq(
	    json, "pending_seq", standing->is_pending, standing->pending_seq);
	json_person(json, "pending_to", &standing->pending_to);
	mun_json_key(json, "fixity_failed");
	mun_json_boolean(json, standing->fixity_failed);
	mun_json_key(json, "withdrawn");
	mun_json_text(json, standing->withdrawn);
	json_seq(json, "withdrawn_seq", standing->withdrawn != NULL,
	    standing->withdrawn_seq);
	mun_json_end_object(json);
}

void
print_annotation(
    struct tool *tool, const struct mun_index_annotation *annotation)
{
	if (annotation->value == NULL)
		tool_print(tool, "withheld");
	else
		tool_print_text(tool, annotation->value);
	tool_print(tool, " (entry %" PRIu64 ", ", annotation->seq);
	tool_print_text(tool, annotation->actor_name);
	tool_print(tool, ")");
}

void
json_annotation(
    struct mun_json_writer *json, const struct mun_index_annotation *annotation)
{
	mun_json_begin_object(json);
	mun_json_key(json, "key");
	mun_json_text(json, annotation->key);
	mun_json_key(json, "value");
	tool_json_text(json, annotation->value);
	mun_json_key(json, "latest");
	mun_json_boolean(json, annotation->is_latest);
	mun_json_key(json, "seq");
	mun_json_unsigned(json, annotation->seq);
	mun_json_key(json, "time");
	mun_json_text(json, annotation->time);
	mun_json_key(json, "actor");
	tool_json_text(json, annotation->actor_name);
	mun_json_end_object(json);
}

void
print_relation(struct tool *tool, const struct mun_index_relation *relation)
{
	static const struct {
		const char *word, *text;
	} kinds[] = {
		{ "better-copy-of", "is a better copy of" },
		{ "translation-of", "is a translation of" },
		{ "redaction-of", "is a redacted version of" },
		{ "attachment-of", "is an attachment of" },
		{ "rendition-of", "is the same in another form as" },
		{ "same-content-as", "has the same content as" },
	};
	const char *text = relation->relation;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(relation->relation, kinds[i].word) == 0)
			text = kinds[i].text;
	tool_print(tool, "  %s %s %s (entry %" PRIu64 ")\n", relation->subject,
	    text, relation->object, relation->seq);
}

void
json_relation(
    struct mun_json_writer *json, const struct mun_index_relation *relation)
{
	mun_json_begin_object(json);
	mun_json_key(json, "subject");
	mun_json_text(json, relation->subject);
	mun_json_key(json, "relation");
	mun_json_text(json, relation->relation);
	mun_json_key(json, "object");
	mun_json_text(json, relation->object);
	mun_json_key(json, "seq");
	mun_json_unsigned(json, relation->seq);
	mun_json_key(json, "time");
	mun_json_text(json, relation->time);
	mun_json_end_object(json);
}
