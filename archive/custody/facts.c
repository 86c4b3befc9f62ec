/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts.c - what an event says, in words for people; see facts.h.
 *
 * Spec: docs/format/custody.md, docs/format/log.md.
 */
#include "custody/facts.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/time.h"

struct telling {
	const struct mun_custody *custody;
	const struct mun_detail *detail;
	mun_custody_fact *fact;
	void *ctx;
};

enum {
	HEX_MAX = 2 * MUN_SHA256_LEN + 1,
	FACT_MAX = MUN_ACTOR_NAME_MAX + HEX_MAX + 64,
	RANGES_SHOWN_MAX = 40 /* of up to 900: a row stays a row */
};

/* ---- kinds of fields ---- */

static void
tell_digest(struct telling *telling, const char *label, const uint8_t *digest)
{
	char hex[HEX_MAX];

	mun_hex_encode(hex, digest, MUN_SHA256_LEN);
	telling->fact(telling->ctx, label, hex);
}

static void
tell_actor(struct telling *telling, const char *label, const uint8_t *sha256)
{
	const struct mun_actor_key *key = telling->custody == NULL
	    ? NULL
	    : mun_custody_key_of(telling->custody, sha256);
	char hex[HEX_MAX], text[FACT_MAX];

	mun_hex_encode(hex, sha256, MUN_SHA256_LEN);
	snprintf(text, sizeof(text), "%s (certificate %s)",
	    key == NULL ? "somebody who is no actor" : key->name, hex);
	telling->fact(telling->ctx, label, text);
}

static void
tell_certificate(struct telling *telling, const char *label,
    const struct mun_certificate *certificate)
{
	char hex[HEX_MAX], text[FACT_MAX];

	mun_hex_encode(
	    hex, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	snprintf(text, sizeof(text), "%.*s (certificate %s)",
	    MUN_ACTOR_NAME_MAX, mun_certificate_name(certificate), hex);
	telling->fact(telling->ctx, label, text);
}

static void
tell_time(struct telling *telling, const char *label, int64_t utc_s)
{
	char text[MUN_TIME_TEXT_LEN + 1] = "";

	if (mun_time_format(text, utc_s))
		telling->fact(telling->ctx, label, text);
}

static void
tell_number(struct telling *telling, const char *label, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	telling->fact(telling->ctx, label, text);
}

static void
tell_reference(struct telling *telling, const char *label,
    const struct mun_reference *reference)
{
	char text[MUN_ARCHIVE_ID_MAX + 32];

	if (reference->document == 0)
		snprintf(text, sizeof(text), "archive %s", reference->archive);
	else
		snprintf(text, sizeof(text), "document %s/%llu",
		    reference->archive,
		    (unsigned long long)reference->document);
	telling->fact(telling->ctx, label, text);
}

static void
tell_word(struct telling *telling, enum mun_detail_field field,
    const char *label, unsigned number)
{
	const char *word = mun_detail_word(field, number);

	if (word != NULL)
		telling->fact(telling->ctx, label, word);
}

static void
tell_ranges(struct telling *telling, const char *label)
{
	const struct mun_detail *detail = telling->detail;
	char text[RANGES_SHOWN_MAX * 44 + 32] = "";
	size_t len = 0, i;

	for (i = 0; i < detail->entry_count && i < RANGES_SHOWN_MAX; i++) {
		const struct mun_seq_range *range = &detail->entries[i];
		int step = range->first == range->last
		    ? snprintf(text + len, sizeof(text) - len, "%s%llu",
			  i == 0 ? "" : ", ", (unsigned long long)range->first)
		    : snprintf(text + len, sizeof(text) - len, "%s%llu to %llu",
			  i == 0 ? "" : ", ", (unsigned long long)range->first,
			  (unsigned long long)range->last);

		MUN_ASSERT(step > 0 && (size_t)step < sizeof(text) - len);
		len += (size_t)step;
	}
	if (i < detail->entry_count)
		snprintf(text + len, sizeof(text) - len, " and %zu more ranges",
		    detail->entry_count - i);
	telling->fact(telling->ctx, label, text);
}

static void
tell_keys(struct telling *telling, const char *label)
{
	char text[MUN_STATEMENT_FIELDS * 16] = "";
	size_t len = 0;

	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		int step;

		if ((telling->detail->keys >> i & 1u) == 0)
			continue;
		step = snprintf(text + len, sizeof(text) - len, "%s%s",
		    len == 0 ? "" : ", ",
		    mun_statement_key((enum mun_statement_field)i));
		MUN_ASSERT(step > 0 && (size_t)step < sizeof(text) - len);
		len += (size_t)step;
	}
	telling->fact(telling->ctx, label, text);
}

static void
tell_stamps(struct telling *telling)
{
	const struct mun_detail *detail = telling->detail;

	for (size_t i = 0; i < detail->stamp_count; i++)
		tell_digest(
		    telling, "SHA-256 of a token", detail->stamps[i].token);
}

/* The number is what people look for; the digest is what is signed. */
static void
tell_accepted(struct telling *telling)
{
	const struct mun_detail *detail = telling->detail;
	const struct mun_holding *holding = telling->custody == NULL
	    ? NULL
	    : mun_custody_holding(telling->custody, detail->subject.archive,
		  detail->subject.document);
	char text[32];

	if (holding == NULL || holding->pending_seq == 0 ||
	    !mun_bytes_equal(
		holding->pending_entry, detail->entry, MUN_SHA256_LEN)) {
		tell_digest(telling, "entry accepted", detail->entry);
		return;
	}
	snprintf(text, sizeof(text), "entry %llu",
	    (unsigned long long)holding->pending_seq);
	telling->fact(telling->ctx, "accepts", text);
}

/* ---- all fields of a detail ---- */

static void
tell_who(struct telling *telling, enum mun_detail_field field)
{
	const struct mun_detail *detail = telling->detail;

	switch ((unsigned)field) {
	case MUN_DETAIL_ROLE:
		tell_word(telling, field, "role", detail->role);
		break;
	case MUN_DETAIL_CERTIFICATE:
		tell_certificate(
		    telling, "certificate of", detail->certificate);
		break;
	case MUN_DETAIL_ACTOR:
		tell_actor(telling, "actor", detail->actor);
		break;
	case MUN_DETAIL_FROM:
		tell_actor(telling, "from", detail->from);
		break;
	case MUN_DETAIL_TO:
		tell_actor(telling, "to", detail->to);
		break;
	case MUN_DETAIL_BY:
		tell_actor(telling, "done by", detail->by);
		break;
	case MUN_DETAIL_REASON:
		tell_word(telling, field, "reason", detail->reason);
		break;
	default:
		break;
	}
}

static void
tell_what(struct telling *telling, enum mun_detail_field field)
{
	const struct mun_detail *detail = telling->detail;

	switch ((unsigned)field) {
	case MUN_DETAIL_SINCE:
		tell_time(telling, "holds from", detail->since_utc_s);
		break;
	case MUN_DETAIL_STARTED:
		tell_time(telling, "started", detail->started_utc_s);
		break;
	case MUN_DETAIL_ENDED:
		tell_time(telling, "ended", detail->ended_utc_s);
		break;
	case MUN_DETAIL_LOG_KEY:
		tell_digest(telling, "new log key", detail->log_key);
		break;
	case MUN_DETAIL_ENTRY:
		tell_accepted(telling);
		break;
	case MUN_DETAIL_RESULTS:
		tell_digest(telling, "root over the results", detail->results);
		break;
	case MUN_DETAIL_POLICY:
		tell_number(telling, "time-stamp authorities demanded",
		    detail->time_stamp_authorities);
		break;
	case MUN_DETAIL_RECEIPT:
		tell_reference(telling, "signed paper", &detail->receipt);
		break;
	case MUN_DETAIL_OBJECT:
		tell_reference(telling, "of", &detail->object);
		break;
	case MUN_DETAIL_ENTRIES:
		tell_ranges(telling, "entries handed out");
		break;
	case MUN_DETAIL_KEYS:
		tell_keys(telling, "sets");
		break;
	case MUN_DETAIL_CHECKPOINT:
		tell_number(telling, "entries under the stamped checkpoint",
		    detail->checkpoint_size);
		tell_digest(telling, "SHA-256 of the stamped checkpoint",
		    detail->checkpoint_sha256);
		break;
	case MUN_DETAIL_STAMPS:
		tell_stamps(telling);
		break;
	case MUN_DETAIL_BEFORE:
		tell_word(
		    telling, field, "bytes as logged, before", detail->before);
		break;
	case MUN_DETAIL_AFTER:
		tell_word(
		    telling, field, "bytes as logged, after", detail->after);
		break;
	default: /* said by the sentence */
		break;
	}
}

/* ---- sentences ---- */

static const char *
transfer_sentence(const struct mun_detail *detail)
{
	if (detail->step == MUN_TRANSFER_ACCEPTED)
		return "The receiver confirms having taken it over.";
	if (detail->form == MUN_TRANSFER_COUNTERSIGNED)
		return "Handed over; the receiver has to countersign.";
	if (detail->form == MUN_TRANSFER_RECEIPTED)
		return "Handed over against a signed paper, which was "
		       "deposited.";
	return "Handed over, as one side alone says.";
}

static const char *
relation_sentence(unsigned relation)
{
	static const char *const sentences[MUN_RELATIONS] = {
		[MUN_RELATION_BETTER_COPY_OF] =
		    "It is a better copy of another.",
		[MUN_RELATION_TRANSLATION_OF] =
		    "It is a translation of another.",
		[MUN_RELATION_REDACTION_OF] = "It is a redaction of another.",
		[MUN_RELATION_ATTACHMENT_OF] =
		    "It is an attachment of another.",
		[MUN_RELATION_RENDITION_OF] = "It is a rendition of another.",
		[MUN_RELATION_SAME_CONTENT_AS] =
		    "It has the same content as another.",
	};

	MUN_ASSERT(relation > 0 && relation < MUN_RELATIONS);
	return sentences[relation];
}

static const char *
migration_sentence(unsigned migration)
{
	static const char *const sentences[MUN_MIGRATIONS] = {
		[MUN_MIGRATION_STORAGE] = "Moved to other storage.",
		[MUN_MIGRATION_HOST] = "Moved to another machine.",
		[MUN_MIGRATION_SOFTWARE] = "Other software took over.",
	};

	MUN_ASSERT(migration > 0 && migration < MUN_MIGRATIONS);
	return sentences[migration];
}

static const char *
custody_sentence(const struct mun_detail *detail)
{
	switch ((unsigned)detail->type) {
	case MUN_EVENT_DEPOSIT:
		return "Deposited, sealed and logged.";
	case MUN_EVENT_TRANSFER:
		return transfer_sentence(detail);
	case MUN_EVENT_ACCESS:
		return "It was accessed.";
	case MUN_EVENT_EXAMINATION:
		return "It was examined.";
	case MUN_EVENT_COPY:
		return detail->copy == MUN_COPY_EVIDENTIARY
		    ? "An evidentiary copy was made."
		    : "A working copy was made.";
	case MUN_EVENT_RELATION:
		return relation_sentence(detail->relation);
	case MUN_EVENT_ANNOTATION:
		return "It was described.";
	case MUN_EVENT_DEACCESSION:
		return detail->bytes == MUN_FATE_DESTROYED
		    ? "Withdrawn; its bytes were destroyed."
		    : "Withdrawn; its bytes were kept.";
	default:
		return "An event of a type that this program does not know.";
	}
}

static const char *
sentence_of(const struct mun_detail *detail)
{
	switch ((unsigned)detail->type) {
	case MUN_EVENT_ACTOR_ENROLLED:
		return "An actor was enrolled.";
	case MUN_EVENT_ACTOR_REVOKED:
		return "An actor was revoked.";
	case MUN_EVENT_KEY_ROTATED:
		return mun_detail_has(detail, MUN_DETAIL_LOG_KEY)
		    ? "The log's key was replaced."
		    : "An actor's certificate was replaced.";
	case MUN_EVENT_POLICY_CHANGED:
		return "The policy was changed.";
	case MUN_EVENT_FIXITY_CHECK:
		return detail->result == MUN_OUTCOME_PASSED
		    ? "Stored bytes were checked against the log: passed."
		    : "Stored bytes were checked against the log: failed.";
	case MUN_EVENT_MIGRATION:
		return migration_sentence(detail->migration);
	case MUN_EVENT_TIME_STAMP:
		return "Time-stamps over a checkpoint of the log were stored.";
	default:
		return custody_sentence(detail);
	}
}

const char *
mun_custody_facts(const struct mun_custody *custody,
    const struct mun_detail *detail, mun_custody_fact *fact, void *ctx)
{
	struct telling telling = { custody, detail, fact, ctx };

	for (unsigned i = 0; i < MUN_DETAIL_FIELDS; i++) {
		if (!mun_detail_has(detail, (enum mun_detail_field)i))
			continue;
		tell_who(&telling, (enum mun_detail_field)i);
		tell_what(&telling, (enum mun_detail_field)i);
	}
	return sentence_of(detail);
}

const char *
mun_custody_founding_facts(
    const struct mun_vault_created *created, mun_custody_fact *fact, void *ctx)
{
	struct telling telling = { .fact = fact, .ctx = ctx };

	fact(ctx, "prefix of archive numbers", created->prefix);
	tell_digest(&telling, "log key", created->log_key);
	tell_certificate(&telling, "first custodian", created->certificate);
	if (created->recovery != NULL)
		tell_certificate(
		    &telling, "recovery certificate", created->recovery);
	tell_number(&telling, "time-stamp authorities demanded",
	    created->time_stamp_authorities);
	if (created->continues) {
		tell_digest(
		    &telling, "continues the vault", created->continues_vault);
		tell_digest(&telling, "from its checkpoint",
		    created->continues_checkpoint);
		fact(ctx, "because", created->continues_reason);
	}
	return "The vault was created.";
}
