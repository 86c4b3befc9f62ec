/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail.h - what an event says: its subject and its detail, by type.
 *
 * Closed fields only: enumerations, digests, numbers, times, certificates.
 * What people type is in the statement.  Reading is strict: taken out, written
 * again, same bytes.  Nothing here says what an event means or whether its
 * actor may sign it; that is custody/custody.h.
 *
 * Spec: docs/format/custody.md.
 */
#ifndef MUN_LOG_DETAIL_H
#define MUN_LOG_DETAIL_H

#include "log/event.h"

enum mun_event_type {
	MUN_EVENT_UNKNOWN = 0, /* a later version's */
	MUN_EVENT_VAULT_CREATED,
	MUN_EVENT_ACTOR_ENROLLED,
	MUN_EVENT_ACTOR_REVOKED,
	MUN_EVENT_KEY_ROTATED,
	MUN_EVENT_POLICY_CHANGED,
	MUN_EVENT_DEPOSIT,
	MUN_EVENT_TRANSFER,
	MUN_EVENT_ACCESS,
	MUN_EVENT_EXAMINATION,
	MUN_EVENT_COPY,
	MUN_EVENT_FIXITY_CHECK,
	MUN_EVENT_RELATION,
	MUN_EVENT_ANNOTATION,
	MUN_EVENT_MIGRATION,
	MUN_EVENT_DEACCESSION,
	MUN_EVENT_TIME_STAMP,
	MUN_EVENT_TYPES
};
/* The type of an event, and its name; UNKNOWN for any other text. */
enum mun_event_type mun_event_type_of(const char *name);
const char *mun_event_type_name(enum mun_event_type type);

/*
 * What an entry is about, without taking it apart: for who looks through a
 * whole log for the few entries that matter.  It can be trusted with what not
 * to read: of an entry that mun_entry_unverified takes it says the truth, and
 * what that refuses is nobody's event.
 */
struct mun_entry_glance {
	enum mun_event_type type;
	char archive[MUN_ARCHIVE_ID_MAX + 1]; /* of its subject; "": none */
};
/* False: not to be seen at a glance, so it has to be read. */
bool mun_entry_glance(
    struct mun_entry_glance *out, const void *der, size_t len);

/* A word of a closed list is a number from 1 on; 0: not given. */
enum mun_role {
	MUN_ROLE_CUSTODIAN = 1,
	MUN_ROLE_DEPOSITOR,
	MUN_ROLE_EXAMINER,
	MUN_ROLE_COUNSEL,
	MUN_ROLE_KEEPER,
	MUN_ROLES
};
enum mun_revocation {
	MUN_REVOKED_RETIRED = 1,
	MUN_REVOKED_SUPERSEDED,
	MUN_REVOKED_LOST,
	MUN_REVOKED_COMPROMISED,
	MUN_REVOCATIONS
};
enum mun_transfer_step {
	MUN_TRANSFER_HANDED_OVER = 1,
	MUN_TRANSFER_ACCEPTED,
	MUN_TRANSFER_STEPS
};
enum mun_transfer_form {
	MUN_TRANSFER_COUNTERSIGNED = 1,
	MUN_TRANSFER_RECEIPTED,
	MUN_TRANSFER_ASSERTED,
	MUN_TRANSFER_FORMS
};
enum mun_outcome {
	MUN_OUTCOME_PASSED = 1,
	MUN_OUTCOME_FAILED,
	MUN_OUTCOMES
};
enum mun_copy_kind {
	MUN_COPY_EVIDENTIARY = 1,
	MUN_COPY_WORKING,
	MUN_COPY_KINDS
};
enum mun_relation_kind {
	MUN_RELATION_BETTER_COPY_OF = 1,
	MUN_RELATION_TRANSLATION_OF,
	MUN_RELATION_REDACTION_OF,
	MUN_RELATION_ATTACHMENT_OF,
	MUN_RELATION_RENDITION_OF,
	MUN_RELATION_SAME_CONTENT_AS,
	MUN_RELATIONS
};
enum mun_migration_kind {
	MUN_MIGRATION_STORAGE = 1,
	MUN_MIGRATION_HOST,
	MUN_MIGRATION_SOFTWARE,
	MUN_MIGRATIONS
};
enum mun_fate { /* of withdrawn bytes */
	MUN_FATE_KEPT = 1,
	MUN_FATE_DESTROYED,
	MUN_FATES
};

/* Fields a detail can have; a bit of `present` each. */
enum mun_detail_field {
	MUN_DETAIL_ROLE,
	MUN_DETAIL_CERTIFICATE,
	MUN_DETAIL_ACTOR,
	MUN_DETAIL_REASON,
	MUN_DETAIL_SINCE,
	MUN_DETAIL_LOG_KEY,
	MUN_DETAIL_POLICY,
	MUN_DETAIL_STEP,
	MUN_DETAIL_ENTRY,
	MUN_DETAIL_FROM,
	MUN_DETAIL_TO,
	MUN_DETAIL_FORM,
	MUN_DETAIL_RECEIPT,
	MUN_DETAIL_BY,
	MUN_DETAIL_STARTED,
	MUN_DETAIL_ENDED,
	MUN_DETAIL_BEFORE,
	MUN_DETAIL_AFTER,
	MUN_DETAIL_COPY,
	MUN_DETAIL_ENTRIES,
	MUN_DETAIL_RESULT,
	MUN_DETAIL_RESULTS,
	MUN_DETAIL_RELATION,
	MUN_DETAIL_OBJECT,
	MUN_DETAIL_KEYS,
	MUN_DETAIL_MIGRATION,
	MUN_DETAIL_BYTES,
	MUN_DETAIL_CHECKPOINT,
	MUN_DETAIL_STAMPS,
	MUN_DETAIL_FIELDS
};
/* The words of a field that is a closed list, by number; NULL beyond it. */
const char *mun_detail_word(enum mun_detail_field field, unsigned number);
/* The number of a word; 0 if it is none. */
unsigned mun_detail_number(enum mun_detail_field field, const char *word);

/* An archive, or a document in it by number and leaf (docs/format/archive.md,
 * document root). */
struct mun_reference {
	char archive[MUN_ARCHIVE_ID_MAX + 1]; /* "": none */
	uint64_t document; /* 0: the whole archive */
	uint8_t leaf[MUN_SHA256_LEN]; /* of a document */
};

struct mun_seq_range {
	uint64_t first, last;
};

/* What one authority gave: the files of one number in the folder of a stamped
 * checkpoint (docs/format/time-stamp.md, Files), by their SHA-256. */
struct mun_stamp {
	uint8_t query[MUN_SHA256_LEN]; /* i.tsq */
	uint8_t token[MUN_SHA256_LEN]; /* i.tst */
	uint8_t certificates[MUN_SHA256_LEN]; /* i.pem */
	uint8_t crls[MUN_SHA256_LEN]; /* i.crl, which may be empty */
};

enum {
	/* authorities in one event: nobody can name that many who do not know
	 * each other */
	MUN_STAMPS_MAX = 16,
	/* With this many ranges an event is still below MUN_EVENT_MAX. */
	MUN_ENTRIES_RANGES_MAX = 900
};

struct mun_detail {
	enum mun_event_type type;
	struct mun_reference subject; /* archive "": none */
	struct mun_deposit_subject deposit; /* of a deposit, as well */
	uint32_t present; /* bits 1 << enum mun_detail_field */
	unsigned role, reason, step, form, before, after, copy, result,
	    relation, migration, bytes; /* 0: not given */
	int64_t since_utc_s, started_utc_s, ended_utc_s;
	uint8_t actor[MUN_SHA256_LEN], from[MUN_SHA256_LEN], to[MUN_SHA256_LEN],
	    by[MUN_SHA256_LEN], entry[MUN_SHA256_LEN], log_key[32],
	    results[MUN_SHA256_LEN];
	struct mun_reference receipt, object;
	uint32_t keys; /* bits 1 << enum mun_statement_field */
	uint64_t time_stamp_authorities;
	struct mun_certificate *certificate; /* owned by whoever filled it; a
						parser's: mun_detail_clear */
	struct mun_seq_range *entries; /* rising, apart; owned alike */
	size_t entry_count;
	uint64_t checkpoint_size; /* tree size that was stamped, 1 to seq */
	uint8_t checkpoint_sha256[MUN_SHA256_LEN]; /* of the stamped bytes */
	struct mun_stamp *stamps; /* 1 to MUN_STAMPS_MAX; stamp i has the
				     number i + 1; owned alike */
	size_t stamp_count;
};
void mun_detail_clear(struct mun_detail *detail);
static inline bool
mun_detail_has(const struct mun_detail *detail, enum mun_detail_field field)
{
	return (detail->present >> (unsigned)field & 1u) != 0;
}
/* Mark a field as given, after its value was set. */
static inline void
mun_detail_give(struct mun_detail *detail, enum mun_detail_field field)
{
	detail->present |= 1u << (unsigned)field;
}

/*
 * mun_detail_read - subject and detail of an event, any type but vault-created
 * (mun_event_vault_created).
 *
 * An event of a type not known here is MUN_OK with type MUN_EVENT_UNKNOWN and,
 * where its subject is an archive or a document, that subject.
 *
 * MUN_ERR_FORMAT: not the one form that docs/format/custody.md allows;
 *   MUN_ERR_NOMEM.  On failure there is nothing to clear.
 */
MUN_MUST_USE enum mun_status mun_detail_read(struct mun_detail *out,
    const struct mun_event *event, struct mun_error *err);
/* Append subject (nothing if there is none) and detail, as the event will
 * hold them.  What mun_detail_read would refuse is not noticed here. */
void mun_detail_write_subject(
    const struct mun_detail *detail, struct mun_buffer *out);
void mun_detail_write(const struct mun_detail *detail, struct mun_buffer *out);

#endif
