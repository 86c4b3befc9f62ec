/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event.h - one signed custody fact, the statement beside it, and the entry
 * they become.
 *
 * Spec: docs/format/log.md.
 */
#ifndef MUN_LOG_EVENT_H
#define MUN_LOG_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/buffer.h"
#include "muniment/error.h"
#include "trust/certificate.h"

struct mun_event {
	char origin[MUN_ORIGIN_MAX + 1];
	bool has_vault;
	uint8_t vault[MUN_SHA256_LEN];
	uint64_t seq;
	uint8_t prev[MUN_SHA256_LEN];
	int64_t time_utc_s;
	char type[32];
	uint8_t actor[MUN_SHA256_LEN];
	struct mun_buffer subject; /* canonical JSON object; empty: none */
	struct mun_buffer detail; /* canonical JSON object */
	bool has_statement;
	uint8_t statement[MUN_SHA256_LEN];
	uint8_t nonce[MUN_NONCE_LEN];
};
#define MUN_EVENT_INIT                                     \
	{                                                  \
		.subject = MUN_BUFFER_INIT(MUN_EVENT_MAX), \
		.detail = MUN_BUFFER_INIT(MUN_EVENT_MAX)   \
	}
void mun_event_clear(struct mun_event *event);

/* Append the line with its LF. */
void mun_event_write(const struct mun_event *event, struct mun_buffer *out);
/* Strict: taken out, written again, same bytes.  Types are not judged. */
MUN_MUST_USE enum mun_status mun_event_parse(struct mun_event *out,
    const void *bytes, size_t len, struct mun_error *err);

struct mun_deposit_subject {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint8_t sha256[MUN_SHA256_LEN];
	uint8_t seal[MUN_SHA256_LEN];
	uint8_t seal_signature[MUN_SHA256_LEN];
};
void mun_deposit_subject_write(
    const struct mun_deposit_subject *subject, struct mun_buffer *out);
/* Of a "deposit" event: its subject, and that its detail is {} or {clock}. */
MUN_MUST_USE enum mun_status mun_event_deposit(struct mun_deposit_subject *out,
    const struct mun_event *event, struct mun_error *err);

struct mun_vault_created {
	char prefix[MUN_PREFIX_MAX + 1];
	uint8_t log_key[32];
	struct mun_certificate *certificate; /* owned by the caller */
	struct mun_certificate *recovery; /* NULL: none */
	uint64_t time_stamp_authorities;
	bool continues; /* a predecessor is named */
	uint8_t continues_vault[MUN_SHA256_LEN];
	uint8_t continues_checkpoint[MUN_SHA256_LEN];
	char continues_reason[16];
};
void mun_vault_created_clear(struct mun_vault_created *created);
void mun_vault_created_write(
    const struct mun_vault_created *created, struct mun_buffer *detail);
MUN_MUST_USE enum mun_status mun_event_vault_created(
    struct mun_vault_created *out, const struct mun_event *event,
    struct mun_error *err);

/* Whether it is one of the reasons that a successor may give. */
bool mun_continues_reason_is_known(const char *reason);

/* Of any event whose detail ends with "clock". */
bool mun_event_clock(const struct mun_event *event, int64_t *clock_utc_s);

/* What people typed.  NULL: not given.  UTF-8 without NUL. */
enum mun_statement_field {
	MUN_STATEMENT_CASE,
	MUN_STATEMENT_RECEIVED_FROM,
	MUN_STATEMENT_RECEIVED_ON,
	MUN_STATEMENT_METHOD,
	MUN_STATEMENT_PLACE,
	MUN_STATEMENT_PURPOSE,
	MUN_STATEMENT_LEGAL_BASIS,
	MUN_STATEMENT_NOTE,
	MUN_STATEMENT_WHO, /* who is no actor: did it, received it */
	MUN_STATEMENT_CARRIER,
	MUN_STATEMENT_WITNESS,
	MUN_STATEMENT_MEDIUM,
	MUN_STATEMENT_TOOL,
	MUN_STATEMENT_CHANGES,
	MUN_STATEMENT_REASON,
	MUN_STATEMENT_TITLE, /* from here: what annotations say */
	MUN_STATEMENT_DATE,
	MUN_STATEMENT_AUTHOR,
	MUN_STATEMENT_RECIPIENT,
	MUN_STATEMENT_LANGUAGE,
	MUN_STATEMENT_TYPE,
	MUN_STATEMENT_EXHIBIT,
	MUN_STATEMENT_HANDLING,
	MUN_STATEMENT_FIELDS
};
const char *mun_statement_key(enum mun_statement_field field);
struct mun_statement {
	char *text[MUN_STATEMENT_FIELDS]; /* owned by whoever filled it;
					a parser's: mun_statement_clear */
	uint8_t salt[MUN_NONCE_LEN];
};
void mun_statement_clear(struct mun_statement *statement);
void mun_statement_write(
    const struct mun_statement *statement, struct mun_buffer *out);
MUN_MUST_USE enum mun_status mun_statement_parse(struct mun_statement *out,
    const void *bytes, size_t len, struct mun_error *err);

/*
 * An entry taken apart without judging: the event, the certificate found in
 * it.  mun_entry_check judges.
 */
struct mun_entry {
	struct mun_event event;
	struct mun_certificate *certificate; /* owned */
	uint8_t sha256[MUN_SHA256_LEN]; /* of the entry */
};
#define MUN_ENTRY_INIT                  \
	{                               \
		.event = MUN_EVENT_INIT \
	}
MUN_MUST_USE enum mun_status mun_entry_unverified(
    struct mun_entry *out, const void *der, size_t len, struct mun_error *err);
/* The same, for many in a row: its certificate is looked for in recent first.
 * What out holds is freed; it may be used again without clearing. */
MUN_MUST_USE enum mun_status mun_entry_unverified_next(struct mun_entry *out,
    struct mun_recent_certificates *recent, const void *der, size_t len,
    struct mun_error *err);
/* NULL if the entry is exactly the signature of its certificate over its event
 * at the event's time and actor is that certificate; else a rule
 * ("event.actor", or as mun_signature_check).  Says nothing of whether that
 * certificate may sign: enrolment is the verifier's business. */
const char *mun_entry_check(
    const struct mun_entry *entry, const void *der, size_t len);
void mun_entry_clear(struct mun_entry *entry);

#endif
