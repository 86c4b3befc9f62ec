/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tell.c - entries of a log, as they are judged, to whoever listens.
 *
 * Tells and never judges: what is wrong with an entry is in the checks.
 */
#include "verify/verify_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "custody/facts.h"

enum {
	FACTS_MAX = 32, /* fields of a detail, or of a statement */
	TEXT_MAX = 65536
};

/* One entry being told; offsets, because the text may move while it grows. */
struct telling {
	const struct mun_told_entry *told;
	struct mun_judged_event event;
	struct mun_buffer text; /* all facts, each with its NUL */
	size_t offsets[FACTS_MAX];
	struct mun_judged_fact facts[FACTS_MAX], typed[FACTS_MAX];
	size_t count;
	struct mun_statement statement;
	bool has_statement;
	struct mun_check *checks;
};

enum mun_status
mun_told(enum mun_status status, struct mun_error *err)
{
	if (status == MUN_OK || status == MUN_ERR_SYSTEM ||
	    status == MUN_ERR_NOMEM || status == MUN_ERR_CANCELED)
		return status;
	if (err != NULL)
		err->status = MUN_ERR_INTERNAL;
	return MUN_ERR_INTERNAL;
}

enum mun_status
mun_tell_log_begins(
    struct mun_verification *v, const char *input, struct mun_error *err)
{
	if (v->listener == NULL || v->listener->log_begins == NULL)
		return MUN_OK;
	return mun_told(
	    v->listener->log_begins(v->listener->ctx, input, err), err);
}

enum mun_status
mun_tell_log_ends(struct mun_verification *v, const char *input,
    const struct mun_log_facts *facts, struct mun_error *err)
{
	struct mun_judged_log log = {
		.input = input, .is_usable = facts->usable, .origin = ""
	};
	const struct mun_log_key_fact *key;

	if (v->listener == NULL || v->listener->log_ends == NULL)
		return MUN_OK;
	if (facts->usable) {
		log.origin = facts->origin;
		log.size = facts->checkpoint.size;
		memcpy(log.vault, facts->fingerprint, MUN_SHA256_LEN);
		memcpy(log.root, facts->checkpoint.root.bytes, MUN_SHA256_LEN);
		key = mun_custody_log_key_at(
		    facts->custody, log.size == 0 ? 1 : log.size);
		memcpy(log.log_key, key->key, sizeof(log.log_key));
	}
	return mun_told(
	    v->listener->log_ends(v->listener->ctx, &log, err), err);
}

/* ---- certificates ---- */

static const char *
key_text(enum mun_key_kind kind)
{
	switch (kind) {
	case MUN_KEY_P256:
		return "ECDSA P-256";
	case MUN_KEY_P384:
		return "ECDSA P-384";
	case MUN_KEY_RSA:
		return "RSA";
	case MUN_KEY_UNKNOWN:
		break;
	}
	return "of another kind";
}

enum mun_status
mun_tell_certificate(struct mun_verification *v,
    const struct mun_certificate *certificate, const char *what,
    const char *archive, uint64_t seq, struct mun_error *err)
{
	struct mun_judged_certificate told = { .what = what,
		.archive = archive,
		.seq = seq,
		.name = mun_certificate_name(certificate),
		.key = key_text(mun_certificate_key_kind(certificate)),
		.is_self_signed = mun_certificate_is_self_signed(certificate),
		.not_before_utc_s = mun_certificate_not_before(certificate),
		.not_after_utc_s = mun_certificate_not_after(certificate) };

	if (v->listener == NULL || v->listener->certificate == NULL)
		return MUN_OK;
	memcpy(
	    told.sha256, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	return mun_told(
	    v->listener->certificate(v->listener->ctx, &told, err), err);
}

/* ---- one event ---- */

static void
hear_fact(void *ctx, const char *label, const char *text)
{
	struct telling *telling = ctx;

	if (telling->count == FACTS_MAX)
		return;
	telling->offsets[telling->count] = telling->text.len;
	telling->facts[telling->count++].label = label;
	mun_buffer_append(&telling->text, text, strlen(text) + 1);
}

static void
take_signer(struct telling *telling)
{
	const struct mun_told_entry *told = telling->told;
	const struct mun_entry *entry = told->entry;
	struct mun_judged_event *event = &telling->event;
	const struct mun_actor *actor = told->custody == NULL
	    ? NULL
	    : mun_custody_find_actor(told->custody, entry->event.actor);

	memcpy(event->actor, entry->event.actor, MUN_SHA256_LEN);
	event->actor_name = mun_certificate_name(entry->certificate);
	event->actor_role = "";
	if (actor != NULL)
		event->actor_role = actor->is_recovery
		    ? "recovery"
		    : mun_detail_word(MUN_DETAIL_ROLE, actor->role);
}

static void
take_subject(struct telling *telling, const struct mun_detail *detail)
{
	struct mun_judged_event *event = &telling->event;
	const struct mun_holding *holding = NULL;

	event->archive = detail->subject.archive;
	event->document = detail->subject.document;
	if (detail->type == MUN_EVENT_DEPOSIT) {
		event->archive = detail->deposit.archive;
		event->has_archive_sha256 = true;
		memcpy(event->archive_sha256, detail->deposit.sha256,
		    MUN_SHA256_LEN);
	}
	if (telling->told->custody != NULL && event->archive[0] != '\0')
		holding = mun_custody_holding(
		    telling->told->custody, event->archive, event->document);
	event->has_holder = holding != NULL && holding->holder != NULL;
	event->holder = event->has_holder ? holding->holder->name : "";
	event->holder_seq = event->has_holder ? holding->holder->seq : 0;
	event->is_acceptance = detail->type == MUN_EVENT_TRANSFER &&
	    detail->step == MUN_TRANSFER_ACCEPTED;
	event->has_failed = detail->type == MUN_EVENT_FIXITY_CHECK &&
	    detail->result == MUN_OUTCOME_FAILED;
	event->destroys = detail->type == MUN_EVENT_DEACCESSION &&
	    detail->bytes == MUN_FATE_DESTROYED;
}

static enum mun_status
take_statement(struct telling *telling, struct mun_error *err)
{
	const struct mun_event *event = &telling->told->entry->event;
	const struct mun_buffer *bytes = telling->told->statement;
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status;

	if (!event->has_statement)
		return MUN_OK;
	telling->event.statement = MUN_JUDGED_STATEMENT_WITHHELD;
	if (bytes == NULL || bytes->len == 0)
		return MUN_OK;
	telling->event.statement = MUN_JUDGED_STATEMENT_DIFFERS;
	mun_sha256_of(digest, bytes->data, bytes->len);
	if (!mun_bytes_equal(digest, event->statement, sizeof(digest)))
		return MUN_OK;
	status = mun_statement_parse(
	    &telling->statement, bytes->data, bytes->len, err);
	if (status == MUN_ERR_NOMEM)
		return status;
	if (status != MUN_OK) /* a check says so */
		return MUN_OK;
	telling->has_statement = true;
	telling->event.statement = MUN_JUDGED_STATEMENT;
	telling->event.typed = telling->typed;
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++)
		if (telling->statement.text[i] != NULL)
			telling->typed[telling->event.typed_count++] =
			    (struct mun_judged_fact){
				    mun_statement_key(
					(enum mun_statement_field)i),
				    telling->statement.text[i]
			    };
	return MUN_OK;
}

/* What does not hold, or is said, of this entry alone. */
static enum mun_status
take_checks(struct telling *telling, const struct mun_verification *v,
    struct mun_error *err)
{
	size_t first = telling->told->first_check;
	size_t count = v->check_count - first;

	if (count == 0)
		return MUN_OK;
	telling->checks = calloc(count, sizeof(*telling->checks));
	if (telling->checks == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the checks told");
	for (size_t i = first; i < v->check_count; i++)
		if (v->checks[i].verdict != MUN_PASSED || v->checks[i].said)
			telling->checks[telling->event.check_count++] =
			    v->checks[i];
	telling->event.checks = telling->checks;
	return MUN_OK;
}

static enum mun_status
tell_brought(struct mun_verification *v, const struct telling *telling,
    const struct mun_detail *detail, const struct mun_vault_created *created,
    struct mun_error *err)
{
	const struct mun_told_entry *told = telling->told;
	enum mun_status status = MUN_OK;

	if (created->certificate != NULL)
		MUN_TRY(mun_tell_certificate(v, created->certificate,
		    "first custodian", "", told->seq, err));
	if (created->recovery != NULL)
		MUN_TRY(mun_tell_certificate(
		    v, created->recovery, "recovery", "", told->seq, err));
	if (mun_detail_has(detail, MUN_DETAIL_CERTIFICATE))
		MUN_TRY(mun_tell_certificate(v, detail->certificate,
		    detail->type == MUN_EVENT_KEY_ROTATED
			? "actor, replacing another"
			: "actor",
		    "", told->seq, err));
	if (told->seq != 0 && telling->event.actor_role[0] == '\0')
		MUN_TRY(mun_tell_certificate(v, told->entry->certificate,
		    "signer who is no actor", "", told->seq, err));
out:
	return status;
}

/* Subject, detail and sentence; a detail that is not in the form the format
 * allows is said to be so, and a check says what is wrong with it. */
static enum mun_status
take_detail(struct telling *telling, struct mun_detail *detail,
    struct mun_vault_created *created, struct mun_error *err)
{
	const struct mun_event *event = &telling->told->entry->event;
	struct mun_judged_event *out = &telling->event;
	enum mun_status status;

	out->words = "What it says is not in the form that the format allows.";
	if (telling->told->seq == 0) {
		status = mun_event_vault_created(created, event, err);
		if (status == MUN_OK)
			out->words = mun_custody_founding_facts(
			    created, hear_fact, telling);
	} else {
		status = mun_detail_read(detail, event, err);
		if (status == MUN_OK)
			out->words = mun_custody_facts(
			    telling->told->custody, detail, hear_fact, telling);
		else /* nothing of it counts, or is to be cleared */
			*detail =
			    (struct mun_detail){ .type = MUN_EVENT_UNKNOWN };
	}
	if (status == MUN_ERR_NOMEM)
		return status;
	for (size_t i = 0; i < telling->count; i++)
		telling->facts[i].text =
		    mun_buffer_text(&telling->text) + telling->offsets[i];
	out->facts = telling->facts;
	out->fact_count = telling->count;
	return mun_buffer_status(&telling->text, "what an event says", err);
}

static void
clear(struct telling *telling, struct mun_detail *detail,
    struct mun_vault_created *created)
{
	free(telling->checks);
	mun_buffer_free(&telling->text);
	if (telling->has_statement)
		mun_statement_clear(&telling->statement);
	mun_detail_clear(detail);
	mun_vault_created_clear(created);
}

enum mun_status
mun_tell_event(struct mun_verification *v, const struct mun_told_entry *told,
    struct mun_error *err)
{
	struct telling telling = { .told = told,
		.text = MUN_BUFFER_INIT(TEXT_MAX),
		.event = { .input = told->input,
		    .seq = told->seq,
		    .time_utc_s = told->entry->event.time_utc_s,
		    .type = told->entry->event.type,
		    .archive = "" } };
	struct mun_vault_created created = { .prefix = "" };
	struct mun_detail detail = { .type = MUN_EVENT_UNKNOWN };
	enum mun_status status = MUN_OK;

	if (v->listener == NULL)
		return MUN_OK;
	memcpy(telling.event.vault, told->vault, MUN_SHA256_LEN);
	memcpy(telling.event.entry, told->entry->sha256, MUN_SHA256_LEN);
	telling.event.clock_behind =
	    mun_event_clock(&told->entry->event, &telling.event.clock_utc_s);
	take_signer(&telling);
	MUN_TRY(take_detail(&telling, &detail, &created, err));
	take_subject(&telling, &detail);
	MUN_TRY(take_statement(&telling, err));
	MUN_TRY(take_checks(&telling, v, err));
	MUN_TRY(tell_brought(v, &telling, &detail, &created, err));
	if (v->listener->event != NULL)
		status =
		    v->listener->event(v->listener->ctx, &telling.event, err);
out:
	clear(&telling, &detail, &created);
	return mun_told(status, err);
}
