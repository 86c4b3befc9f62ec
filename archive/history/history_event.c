/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history_event.c - one event as it is told: persons with their names, typed
 * words, findings beside it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"
#include "digest/digest.h"
#include "history/history_internal.h"

enum {
	FINDINGS_MAX = 64, /* beside one event; custody makes a few */
	OWN_MAX = 4 /* those that are made here */
};

/* ---- persons and times ---- */

struct mun_history_person
mun_history_person_of(const struct mun_actor *actor, const uint8_t *sha256)
{
	struct mun_history_person person = { .name = "", .role = "" };

	if (actor == NULL)
		return person;
	person.is_known = person.is_actor = true;
	person.name = actor->name;
	person.role = actor->is_recovery
	    ? "recovery"
	    : mun_detail_word(MUN_DETAIL_ROLE, actor->role);
	memcpy(person.sha256, sha256 == NULL ? actor->sha256 : sha256,
	    MUN_SHA256_LEN);
	return person;
}

struct mun_history_person
mun_history_person(const struct mun_history *history, const uint8_t *sha256)
{
	struct mun_history_person person = { .name = "", .role = "" };
	const struct mun_actor_key *key;

	if (sha256 == NULL)
		return person;
	key = mun_custody_key_of(history->custody, sha256);
	if (key != NULL) {
		/* under the name of then: the past is not renamed */
		person = mun_history_person_of(key->actor, sha256);
		person.name = key->name;
		return person;
	}
	person.is_known = true;
	memcpy(person.sha256, sha256, MUN_SHA256_LEN);
	return person;
}

enum mun_status
mun_history_certificates(struct mun_history *history,
    const struct mun_actor *actor, struct mun_history_actor *told,
    struct mun_error *err)
{
	size_t count = mun_custody_certificate_count(history->custody);
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < count; i++) {
		const struct mun_actor_key *key =
		    mun_custody_key(history->custody, i);
		struct mun_history_certificate *certificate;

		if (key->actor != actor)
			continue;
		MUN_TRY(mun_history_grow((void **)&history->certificates,
		    told->certificate_count, &history->certificate_capacity,
		    sizeof(*certificate), err));
		certificate = &history->certificates[told->certificate_count++];
		*certificate = (struct mun_history_certificate){
			.name = key->name,
			.first_seq = key->first_seq,
			.is_replaced = key->is_replaced,
			.last_seq = key->replaced_seq,
		};
		memcpy(certificate->sha256, key->sha256, MUN_SHA256_LEN);
	}
	told->certificates = history->certificates;
out:
	return status;
}

static struct mun_history_person
field_person(const struct mun_history *history, enum mun_detail_field field,
    const uint8_t *sha256)
{
	return mun_history_person(
	    history, mun_detail_has(&history->detail, field) ? sha256 : NULL);
}

void
mun_history_when(char out[MUN_HISTORY_WHEN], int64_t utc_s)
{
	static const char *const months[] = { "January", "February", "March",
		"April", "May", "June", "July", "August", "September",
		"October", "November", "December" };
	time_t seconds = (time_t)utc_s;
	struct tm parts;

	if (gmtime_r(&seconds, &parts) == NULL) {
		(void)snprintf(out, MUN_HISTORY_WHEN, "at no known time");
		return;
	}
	(void)snprintf(out, MUN_HISTORY_WHEN, "%d %s %d, %02d:%02d:%02d UTC",
	    parts.tm_mday, months[parts.tm_mon], parts.tm_year + 1900,
	    parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/* ---- what was typed ---- */

struct typed {
	struct mun_statement statement;
	struct mun_history_word words[MUN_STATEMENT_FIELDS];
	char labels[MUN_STATEMENT_FIELDS][32];
	struct mun_buffer line;
	bool differs;
};

static void
list_words(struct typed *typed, struct mun_history_event *event)
{
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		const char *key =
		    mun_statement_key((enum mun_statement_field)i);
		char *label = typed->labels[event->word_count];

		if (typed->statement.text[i] == NULL)
			continue;
		(void)snprintf(label, sizeof(typed->labels[0]), "%s", key);
		for (char *at = label; *at != '\0'; at++)
			if (*at == '_')
				*at = ' ';
		typed->words[event->word_count++] =
		    (struct mun_history_word){ key, label,
			    typed->statement.text[i] };
	}
	event->words = typed->words;
}

static enum mun_status
read_typed(struct mun_history *history, struct typed *typed,
    struct mun_history_event *event, struct mun_error *err)
{
	const struct mun_event *signed_event = &history->entry.event;
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status;

	event->has_statement = signed_event->has_statement;
	if (!event->has_statement)
		return MUN_OK;
	status = mun_log_statement(
	    history->log, signed_event->seq, &typed->line, err);
	event->is_withheld = status == MUN_ERR_NOT_FOUND;
	if (event->is_withheld)
		return MUN_OK;
	MUN_TRY(status);
	mun_sha256_of(digest, typed->line.data, typed->line.len);
	typed->differs =
	    !mun_bytes_equal(digest, signed_event->statement, MUN_SHA256_LEN);
	if (typed->differs)
		return MUN_OK;
	MUN_TRY(mun_statement_parse(
	    &typed->statement, typed->line.data, typed->line.len, err));
	list_words(typed, event);
out:
	return status;
}

/* ---- findings ---- */

struct findings {
	struct mun_history_finding list[FINDINGS_MAX];
	size_t count;
	char clock[256], contested[512];
};

static void
add_finding(struct findings *findings, const char *rule, const char *text,
    bool is_noted)
{
	if (findings->count < FINDINGS_MAX)
		findings->list[findings->count++] =
		    (struct mun_history_finding){ rule, text, is_noted };
}

static void
add_remarks(const struct mun_history *history, struct findings *findings,
    struct mun_history_event *event)
{
	size_t count;
	const struct mun_history_remark *remark =
	    mun_history_remarks_of(history, event->seq, &count);

	for (; count > 0 && findings->count < FINDINGS_MAX - OWN_MAX;
	     count--, remark++) {
		add_finding(
		    findings, remark->rule, remark->text, remark->is_noted);
		if (remark->is_void)
			event->counts = false;
	}
}

/* A mention is not replayed: what is asked of it is whether its signer was an
 * actor who may sign such a thing. */
static void
judge_mention(const struct mun_history *history, struct findings *findings,
    struct mun_history_event *event)
{
	const struct mun_actor *actor = mun_custody_find_actor(
	    history->custody, history->entry.event.actor);

	event->counts = false;
	if (actor == NULL || actor->seq > event->seq)
		add_finding(findings, "event.actor-not-enrolled",
		    "This entry does not count and changes nothing: its "
		    "signer was not enrolled.",
		    false);
	else if (actor->is_revoked && actor->revoked_seq < event->seq)
		add_finding(findings, "event.actor-revoked",
		    "This entry does not count and changes nothing: its "
		    "signer was revoked before.",
		    false);
	else if (!mun_role_may_sign(actor->role, history->detail.type))
		add_finding(findings, "event.role",
		    "This entry does not count and changes nothing: its "
		    "signer's role may not sign this type of event.",
		    false);
	else
		event->counts = true;
}

/* What a lost or stolen key signed, and nothing proves to be from before. */
static void
judge_contested(const struct mun_history *history, struct findings *findings,
    const struct mun_history_event *event)
{
	const struct mun_actor *actor = mun_custody_find_actor(
	    history->custody, history->entry.event.actor);
	char since[MUN_HISTORY_WHEN];

	if (actor == NULL || !actor->is_contested ||
	    event->seq >= actor->revoked_seq)
		return;
	mun_history_when(since, actor->since_utc_s);
	(void)snprintf(findings->contested, sizeof(findings->contested),
	    "Its signer's key is said to be %s since %s (entry %llu). Unless a "
	    "time-stamp proves that this entry is from before that, it is "
	    "contested; time-stamps are not judged here, but by "
	    "muniment-verify --tsa-trust.",
	    actor->contested == MUN_REVOKED_LOST ? "lost" : "in other hands",
	    since, (unsigned long long)actor->contested_seq);
	add_finding(findings, "event.contested", findings->contested, false);
}

static void
judge_clock(const struct mun_history *history, struct findings *findings)
{
	char when[MUN_HISTORY_WHEN];
	int64_t clock_utc_s;

	if (!mun_event_clock(&history->entry.event, &clock_utc_s))
		return;
	mun_history_when(when, clock_utc_s);
	(void)snprintf(findings->clock, sizeof(findings->clock),
	    "The signer's clock was behind: it showed %s; the time above is "
	    "that of the entry before.",
	    when);
	add_finding(findings, "clock.behind", findings->clock, true);
}

static void
judge_typed(struct findings *findings, const struct typed *typed,
    const struct mun_history_event *event)
{
	if (event->is_withheld)
		add_finding(findings, "statement.withheld",
		    "What was typed about this is not here: withheld or "
		    "erased. The proof stays whole.",
		    true);
	if (typed->differs)
		add_finding(findings, "statement.differs",
		    "What is kept as typed about this is not what was signed, "
		    "so it is not shown.",
		    false);
}

static void
judge_all(struct mun_history *history, const struct mun_history_step *step,
    struct findings *findings, const struct typed *typed,
    struct mun_history_event *event)
{
	if (step->is_mention)
		judge_mention(history, findings, event);
	else
		add_remarks(history, findings, event);
	judge_contested(history, findings, event);
	judge_clock(history, findings);
	judge_typed(findings, typed, event);
	event->findings = findings->list;
	event->finding_count = findings->count;
	history->summary->events++;
	for (size_t i = 0; i < findings->count; i++)
		history->summary->findings += !findings->list[i].is_noted;
}

/* ---- the event ---- */

static enum mun_status
fill_references(struct mun_history *history, struct mun_history_event *event,
    struct mun_error *err)
{
	const struct mun_detail *detail = &history->detail;
	const struct mun_reference *other =
	    mun_detail_has(detail, MUN_DETAIL_OBJECT) ? &detail->object
						      : &detail->receipt;
	enum mun_status status = MUN_OK;

	if (detail->subject.archive[0] != '\0') {
		event->archive = detail->subject.archive;
		event->document = detail->subject.document;
		MUN_TRY(mun_index_cite_document(history->index, event->archive,
		    event->document, event->reference, err));
	}
	if (other->archive[0] != '\0')
		status = mun_index_cite_document(history->index, other->archive,
		    other->document, event->other, err);
out:
	return status;
}

static void
fill_persons(const struct mun_history *history, struct mun_history_event *event)
{
	const struct mun_detail *detail = &history->detail;

	event->signer = mun_history_person(history, history->entry.event.actor);
	if (!event->signer.is_actor)
		event->signer.name =
		    mun_certificate_name(history->entry.certificate);
	event->from = field_person(history, MUN_DETAIL_FROM, detail->from);
	event->to = field_person(history, MUN_DETAIL_TO, detail->to);
	event->by = field_person(history, MUN_DETAIL_BY, detail->by);
	event->named = field_person(history, MUN_DETAIL_ACTOR, detail->actor);
	if (detail->type == MUN_EVENT_ACTOR_ENROLLED) {
		event->named = mun_history_person(
		    history, mun_certificate_sha256(detail->certificate));
		if (!event->named.is_actor)
			event->named.name =
			    mun_certificate_name(detail->certificate);
	}
}

static enum mun_status
give(struct mun_history *history, struct mun_history_event *event,
    struct mun_error *err)
{
	struct mun_buffer sentence = MUN_BUFFER_INIT(MUN_HISTORY_TEXT_MAX);
	enum mun_status status;

	mun_history_say(history, event, &sentence);
	MUN_TRY(mun_buffer_status(&sentence, "a sentence", err));
	event->sentence = mun_buffer_text(&sentence);
	status = history->visitor->event(history->visitor->ctx, event, err);
out:
	mun_buffer_free(&sentence);
	return status;
}

enum mun_status
mun_history_tell_event(struct mun_history *history,
    const struct mun_history_step *step, struct mun_error *err)
{
	struct mun_event *signed_event = &history->entry.event;
	struct mun_history_event event = { .seq = step->seq,
		.type = signed_event->type,
		.detail = mun_buffer_text(&signed_event->detail),
		.counts = true };
	struct typed typed = { .line = MUN_BUFFER_INIT(MUN_STATEMENT_MAX) };
	struct findings findings = { .count = 0 };
	char time[MUN_TIME_TEXT_LEN + 1] = "", clock[MUN_TIME_TEXT_LEN + 1];
	char when[MUN_HISTORY_WHEN];
	int64_t clock_utc_s;
	enum mun_status status;

	(void)mun_time_format(time, signed_event->time_utc_s);
	mun_history_when(when, signed_event->time_utc_s);
	event.time = time;
	event.when = when;
	if (mun_event_clock(signed_event, &clock_utc_s) &&
	    mun_time_format(clock, clock_utc_s))
		event.clock = clock;
	if (signed_event->subject.len > 0)
		event.subject = mun_buffer_text(&signed_event->subject);
	memcpy(event.entry, history->entry.sha256, MUN_SHA256_LEN);
	fill_persons(history, &event);
	MUN_TRY(fill_references(history, &event, err));
	MUN_TRY(read_typed(history, &typed, &event, err));
	judge_all(history, step, &findings, &typed, &event);
	status = give(history, &event, err);
out:
	mun_statement_clear(&typed.statement);
	mun_buffer_free(&typed.line);
	return status;
}
