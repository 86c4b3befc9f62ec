/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.h - the pipeline from something that happened to a signed event in
 * the log.
 *
 * What may not be (an actor not enrolled, a role that may not, a document that
 * is not there) is refused before anything is stored, by the same judgement
 * that the verifier makes; bad input leaves the vault as it was.
 *
 * Thread rule: one thread.  Spec: docs/format/custody.md.
 */
#ifndef MUNIMENT_RECORD_H
#define MUNIMENT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"
#include "muniment/keys.h"
#include "muniment/vault.h"

struct mun_record;

/* vault, signer and keys_folder are borrowed until it is closed. */
MUN_API MUN_MUST_USE enum mun_status mun_record_open(struct mun_record **out,
    struct mun_vault *vault, struct mun_signer *signer, const char *keys_folder,
    struct mun_error *err);
MUN_API void mun_record_close(struct mun_record *record);

/* A key and its value, both text. */
struct mun_record_word {
	const char *key, *text;
};

/*
 * What happened.
 *
 * type       as in docs/format/custody.md: "transfer"
 * reference  the archive or document (XPF-0003, XPF-0003-000042, XPF-0003/42);
 *            NULL: about the vault
 * fields     of the detail, by their keys there; an actor (actor, from, to, by)
 *            is named by its pseudonym, if only one in the log has it, or by
 *            64 hex digits of its certificate's SHA-256; an entry by its seq
 *            or 64 hex digits; a reference as above; a time as
 *            2026-11-23T10:11:12Z; a policy as its number of time-stamp
 *            authorities.  "keys" are not given here
 * words      what a person typed, by the keys of statements
 * certificate_pem  of actor-enrolled and key-rotated; else NULL
 * is_meant   a hand-over by somebody who does not hold it, as far as the log
 *            tells, is what happened
 */
struct mun_record_request {
	const char *type;
	const char *reference;
	const struct mun_record_word *fields;
	size_t field_count;
	const struct mun_record_word *words;
	size_t word_count;
	const char *certificate_pem;
	bool is_meant;
};

enum {
	/* A head is stamped by so many at most; a policy demands no more. */
	MUN_AUTHORITIES_MAX = 16
};
/* A number of time-stamp authorities as it is typed; MUN_ERR_USAGE. */
MUN_API MUN_MUST_USE enum mun_status mun_record_read_authorities(
    uint64_t *count, const char *text, struct mun_error *err);

struct mun_recorded {
	uint64_t seq;
	uint8_t entry[32]; /* SHA-256 of the entry */
	bool clock_behind, head_kept, index_updated;
	char index_problem[256]; /* why index_updated is false */
	char remark[256]; /* what does not fit the custody so far; "" */
	/* After MUN_ERR_CANCELED: only because is_meant was false.  Ask, and
	 * call again. */
	bool is_doubted;
};

/*
 * mun_record_event - sign and log one event; durable when it returns MUN_OK.
 *
 * MUN_ERR_USAGE      the request is not one of this type: names the key
 * MUN_ERR_NOT_FOUND  no such archive, document, actor or entry
 * MUN_ERR_CRYPTO     the signer may not sign this: says why
 * MUN_ERR_FORMAT     "log.stale…", or the log is not what its head says
 * MUN_ERR_CANCELED   a hand-over by somebody who does not hold it, and not
 *                    meant: says who does; nothing was signed
 * MUN_ERR_EXISTS     a deaccession of an archive that was withdrawn before; but
 *                    its file, if it is there, may be destroyed
 * MUN_ERR_BUSY       the writer's lock was not to be had
 */
MUN_API MUN_MUST_USE enum mun_status mun_record_event(struct mun_record *record,
    const struct mun_record_request *request, struct mun_recorded *recorded,
    struct mun_error *err);

/* Whether mun_record_event would take that request now, as far as can be told
 * before: its names are there, what was typed is not too long, and the signer may
 * sign its type.  For work that comes before the event and is not undone.
 * Signs nothing; errors as there. */
MUN_API MUN_MUST_USE enum mun_status mun_record_foresee(
    struct mun_record *record, const struct mun_record_request *request,
    struct mun_error *err);

/*
 * Replace keys: the new one lies prepared beside the old (keys.h), the signer
 * was opened with_next_log for the second call.  The event is signed with the
 * old key (a log key: also with the recovery key, where the old one is lost);
 * adopting the new one afterwards is the caller's.  Where the log
 * names the prepared key already (an earlier try was cut off before adopting),
 * nothing is logged, recorded->seq is 0, and it is MUN_OK.
 */
MUN_API MUN_MUST_USE enum mun_status mun_record_rotate_actor(
    struct mun_record *record, const char *certificate_pem,
    struct mun_recorded *recorded, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_record_rotate_log_key(
    struct mun_record *record, struct mun_recorded *recorded,
    struct mun_error *err);

/* After one of them failed, whether the log names the key all the same
 * (certificate_pem NULL: the signer's next log key): then it has to be kept.
 * Asked under the writer's lock; writes nothing.  After a failure of this, too,
 * the key has to be kept. */
MUN_API MUN_MUST_USE enum mun_status mun_record_rotation_stands(
    struct mun_record *record, const char *certificate_pem, bool *stands,
    struct mun_error *err);

/* What a check of the stored bytes of an archive found. */
struct mun_record_outcome {
	char archive[30]; /* its id, XPF-0003 */
	bool passed; /* they are those logged */
};
/* Log a check of everything: one fixity-check about the vault, failed if any
 * outcome is, with the outcomes beside the log (docs/format/log.md, Results).
 * They are in the order of the deposits, with none left out but at the end and
 * where bytes were destroyed.  As mun_record_event; MUN_ERR_NOT_FOUND:
 * none. */
MUN_API MUN_MUST_USE enum mun_status mun_record_check(struct mun_record *record,
    const struct mun_record_outcome *outcomes, size_t count,
    struct mun_recorded *recorded, struct mun_error *err);

/* The SHA-256 of an archive's file as its deposit in the log has it.  Asked of
 * the log alone: all its entries have to give its head's root (MUN_ERR_FORMAT);
 * whether that head is signed is judged by an append.  Needs no signer.
 * MUN_ERR_NOT_FOUND: nothing of that number was deposited. */
MUN_API MUN_MUST_USE enum mun_status mun_record_archive_sha256(
    struct mun_vault *vault, const char *archive, uint8_t sha256[32],
    struct mun_error *err);

/* Whether the log says that the bytes of an archive were destroyed, and the
 * entry of its last withdrawal, else 0.  Asked as above; one that was never
 * deposited was not destroyed. */
MUN_API MUN_MUST_USE enum mun_status mun_record_archive_destroyed(
    struct mun_vault *vault, const char *archive, bool *destroyed,
    uint64_t *seq, struct mun_error *err);

/* Remove the file of an archive whose withdrawal says that its bytes were
 * destroyed; one that is gone already is no failure.  MUN_ERR_USAGE: the log
 * does not say so. */
MUN_API MUN_MUST_USE enum mun_status mun_record_destroy(
    struct mun_record *record, const char *archive, struct mun_error *err);

/* A certificate that an actor had. */
struct mun_record_certificate {
	const char *name; /* that it says; hostile */
	uint8_t certificate[32]; /* its SHA-256 */
	uint64_t first_seq, last_seq; /* entries it was there for */
};
/* An actor as the log has it.  Texts borrowed for the call. */
struct mun_record_actor {
	const char *name; /* hostile */
	/* those that were replaced, in the order of the log */
	const struct mun_record_certificate *before;
	size_t before_count;
	const char *role; /* "custodian"; "recovery" */
	uint8_t certificate[32]; /* the newest one's SHA-256 */
	uint64_t enrolled_seq;
	bool is_revoked;
	const char *reason; /* of the first revocation; "" */
	uint64_t revoked_seq; /* of that */
	const char *contested; /* "lost", "compromised"; "": neither */
	uint64_t contested_seq; /* the entry that says so */
	const char *since; /* from when; "" */
};
typedef enum mun_status mun_record_actor_visit(
    void *ctx, const struct mun_record_actor *actor, struct mun_error *err);
/* All actors of a vault, in the order of their enrolment.  Needs no signer. */
MUN_API MUN_MUST_USE enum mun_status mun_record_actors(struct mun_vault *vault,
    mun_record_actor_visit *visit, void *ctx, struct mun_error *err);

/* The certificate of the vault's recovery key, as the log has it now: canonical
 * PEM, appended.  MUN_ERR_NOT_FOUND: the vault was made without one. */
MUN_API MUN_MUST_USE enum mun_status mun_record_recovery_certificate(
    struct mun_vault *vault, struct mun_buffer *pem, struct mun_error *err);

/* Remove what was typed about an event, for ever: its statement's file and its
 * rows of the index.  The entry keeps its digest, and the gap is shown.
 * MUN_ERR_NOT_FOUND: there is no statement at that seq. */
MUN_API MUN_MUST_USE enum mun_status mun_record_erase_statement(
    struct mun_vault *vault, uint64_t seq, struct mun_error *err);

#endif
