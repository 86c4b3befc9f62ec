/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custody.h - what the events of a log mean, taken in order: who is an actor
 * and may sign what, who holds which archive, and what does not fit.
 *
 * Pure: no file, no clock, no key.  The verifier, the index's readers and the
 * keeper (before it signs) feed it the same events and hear the same remarks.
 * It may be fed a part of a log (a dossier): then it speaks of that part.
 *
 * Spec: docs/format/custody.md.
 */
#ifndef MUN_CUSTODY_CUSTODY_H
#define MUN_CUSTODY_CUSTODY_H

#include "log/detail.h"

/* What does not fit, or should be heard of.  The first kind is about events
 * that no honest signer writes; they change nothing in the state. */
enum mun_remark_kind {
	MUN_REMARK_NOT_ENROLLED, /* signed by no actor */
	MUN_REMARK_REVOKED, /* by one revoked or replaced before */
	MUN_REMARK_ROLE, /* of a type that its role may not sign */
	MUN_REMARK_ENROLMENT, /* enrols, revokes or replaces what it cannot */
	MUN_REMARK_SUBJECT, /* about an archive not deposited before */
	MUN_REMARK_REFERENCE, /* names an actor or entry that does not fit */
	/* said of honest logs too */
	MUN_REMARK_UNKNOWN_TYPE,
	MUN_REMARK_NOT_HOLDER, /* handed over by who did not hold it */
	MUN_REMARK_REPLACED, /* a transfer never accepted, then another */
	MUN_REMARK_ASSERTED, /* a transfer without the receiver's word */
	MUN_REMARK_FIXITY_REPAIRED, /* a check failed; a later one passed */
	MUN_REMARK_WITHDRAWN, /* an archive was withdrawn */
	/* only by mun_custody_finish */
	MUN_REMARK_CONTESTED, /* signed by a key declared lost or stolen */
	MUN_REMARK_PENDING, /* handed over and not accepted */
	MUN_REMARK_FIXITY_FAILED, /* the last check of an archive failed */
	MUN_REMARK_FIXITY_SOMEWHERE, /* that of the vault did: not known
					       here of which archive */
	MUN_REMARK_FIXITY_SETTLED, /* the last one of the vault did, and each
				      archive known here passed one since */
	MUN_REMARKS
};
struct mun_remark {
	enum mun_remark_kind kind;
	uint64_t seq; /* of the entry */
	const char *archive; /* id; "": of the vault */
	const char *detail; /* fixed words of ours, and numbers; may be "" */
};
typedef void mun_custody_tell(void *ctx, const struct mun_remark *remark);

struct mun_custody;

/* tell is called for every remark, with ctx.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_custody_new(struct mun_custody **out,
    mun_custody_tell *tell, void *ctx, struct mun_error *err);
void mun_custody_free(struct mun_custody *custody);

/* Entry 0: the first custodian, the recovery certificate, the log key. */
MUN_MUST_USE enum mun_status mun_custody_found(struct mun_custody *custody,
    const struct mun_vault_created *created, struct mun_error *err);
/*
 * The next event after entry 0; seqs rise.
 *
 * entry   SHA-256 of the entry
 * detail  what mun_detail_read took out of event; of one that it refused, with
 *         nothing but the type: its actor is judged all the same
 *
 * MUN_OK whatever was remarked; MUN_ERR_NOMEM; MUN_ERR_LIMIT above
 * MUN_ACTORS_MAX certificates.
 */
MUN_MUST_USE enum mun_status mun_custody_apply(struct mun_custody *custody,
    const struct mun_event *event, const uint8_t entry[MUN_SHA256_LEN],
    const struct mun_detail *detail, struct mun_error *err);
/* Whether events of that type can change who acts, the log's keys, or what is
 * known of an archive.  Whoever asks for nothing else may leave the others out;
 * mun_custody_finish and the claims want them all. */
bool mun_custody_is_changed_by(enum mun_event_type type);
/* Whether entry seq is proven, by others than its signer, to have been there
 * before that time. */
typedef bool mun_custody_proven(void *ctx, uint64_t seq, int64_t before_utc_s);
/* What only the end shows: pending, failed, contested.  proven NULL: nothing
 * is.  The state stays. */
void mun_custody_finish(
    struct mun_custody *custody, mun_custody_proven *proven, void *ctx);

/* ---- documents that events name ---- */

/* A document named by an event, as subject or in its detail, and the leaf that
 * it is said to have.  Whoever has the archive can hold that against it. */
struct mun_claim {
	uint64_t number; /* of the archive */
	uint64_t document;
	uint64_t seq;
	uint8_t leaf[MUN_SHA256_LEN];
};
/* All of them by number, document, seq, once mun_custody_finish was called;
 * borrowed. */
const struct mun_claim *mun_custody_claims(
    const struct mun_custody *custody, size_t *count);
/* Those of one archive, or one document (document 0: all); NULL: none. */
const struct mun_claim *mun_custody_claims_of(const struct mun_custody *custody,
    uint64_t number, uint64_t document, size_t *count);

/* ---- actors ---- */

enum {
	/* Certificates of one log: a scan of them at each entry stays cheap. */
	MUN_ACTORS_MAX = 4096,
	MUN_ACTOR_NAME_MAX = 256 /* bytes of a common name that are kept */
};

struct mun_actor {
	uint64_t seq; /* entry that enrolled it */
	bool is_recovery; /* then without a role */
	enum mun_role role;
	uint8_t sha256[MUN_SHA256_LEN]; /* its newest certificate */
	char name[MUN_ACTOR_NAME_MAX]; /* its common name; hostile */
	bool is_revoked; /* the first time; from then on it signs nothing */
	uint64_t revoked_seq;
	enum mun_revocation reason;
	bool is_contested; /* by the entry that counts: lost, compromised */
	uint64_t contested_seq;
	enum mun_revocation contested;
	int64_t since_utc_s; /* from when */
};
size_t mun_custody_actor_count(const struct mun_custody *custody);
const struct mun_actor *mun_custody_actor(
    const struct mun_custody *custody, size_t i);
/* Whose certificate it is or was; NULL: nobody's. */
const struct mun_actor *mun_custody_find_actor(
    const struct mun_custody *custody, const uint8_t sha256[MUN_SHA256_LEN]);
/* Every certificate that an actor has or had, in the order of the log. */
size_t mun_custody_certificate_count(const struct mun_custody *custody);
const uint8_t *mun_custody_certificate(
    const struct mun_custody *custody, size_t i);
/* One of them, under which name, and which entries it is there for. */
struct mun_actor_key {
	uint8_t sha256[MUN_SHA256_LEN];
	struct mun_actor *actor;
	char name[MUN_ACTOR_NAME_MAX]; /* its common name; hostile */
	uint64_t first_seq; /* that enrolled it; or after that which put it in
			     * place of another */
	bool is_replaced;
	uint64_t replaced_seq; /* the last, then */
};
/* NULL: there is none. */
const struct mun_actor_key *mun_custody_key(
    const struct mun_custody *custody, size_t i);
const struct mun_actor_key *mun_custody_key_of(
    const struct mun_custody *custody, const uint8_t sha256[MUN_SHA256_LEN]);
/* Whether that certificate may sign a type now: NULL, or why not (fixed
 * words). */
const char *mun_custody_may_not(const struct mun_custody *custody,
    const uint8_t sha256[MUN_SHA256_LEN], enum mun_event_type type);
/* The fixed table. */
bool mun_role_may_sign(enum mun_role role, enum mun_event_type type);

/* ---- the log's key ---- */

struct mun_log_key_fact {
	uint64_t from_size; /* heads from this size on are signed with it */
	uint8_t key[32];
	bool by_recovery; /* the key before it did not sign it in */
};
size_t mun_custody_log_key_count(const struct mun_custody *custody);
const struct mun_log_key_fact *mun_custody_log_key(
    const struct mun_custody *custody, size_t i);
/* The one that signs the head of that size (at least 1). */
const struct mun_log_key_fact *mun_custody_log_key_at(
    const struct mun_custody *custody, uint64_t size);

/* ---- who holds what ---- */

struct mun_holding {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint64_t number; /* in it */
	uint64_t document; /* 0: the archive */
	uint64_t deposit_seq;
	const struct mun_actor *holder; /* NULL: somebody who is no actor */
	uint64_t since_seq; /* entry that made it so */
	bool goes_along; /* a document handed over, and never taken by itself */
	bool is_pending; /* handed over, not accepted yet */
	uint64_t pending_seq; /* it, and the two below: of the last one, also
				 when it was accepted; 0: none */
	uint8_t pending_entry[MUN_SHA256_LEN];
	const struct mun_actor *pending_to;
	bool fixity_failed; /* by the last check */
	uint64_t fixity_seq;
	bool is_withdrawn;
	enum mun_fate fate;
	uint64_t withdrawn_seq;
};
/* Of an archive, or a document (if that was never handed over by itself, of its
 * archive); NULL: not deposited.  Good until the next event. */
const struct mun_holding *mun_custody_holding(
    const struct mun_custody *custody, const char *archive, uint64_t document);

#endif
