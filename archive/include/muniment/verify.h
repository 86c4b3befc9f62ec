/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify.h - the second channel: findings about evidence, and the verdict.
 *
 * mun_verify_run returns MUN_OK when the work was done, however bad the
 * evidence.  The default of every verdict is INDETERMINATE.  Verification goes
 * on after the first failure and lists everything; what could not be checked
 * is a check with its reason.
 *
 * Reads only; asks no network; holds no key; trusts nothing that it finds.  The
 * one exception to reading only is asked for: options.remember names a folder,
 * the verifier's own, in which it keeps the last head it saw of each log.
 */
#ifndef MUNIMENT_VERIFY_H
#define MUNIMENT_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"

enum mun_verdict {
	MUN_INDETERMINATE = 0,
	MUN_PASSED,
	MUN_FAILED
};

enum mun_check_kind {
	MUN_CHECK_FIXITY,
	MUN_CHECK_COMPLETENESS,
	MUN_CHECK_STRUCTURE,
	MUN_CHECK_SIGNATURE,
	MUN_CHECK_CERTIFICATE,
	MUN_CHECK_REVOCATION,
	MUN_CHECK_TIME,
	MUN_CHECK_INCLUSION,
	MUN_CHECK_CONSISTENCY,
	MUN_CHECK_INDEX
};

/* One check.  Texts borrowed from the verification; subject and detail may
 * hold hostile bytes. */
struct mun_check {
	enum mun_check_kind kind;
	enum mun_verdict verdict;
	const char *rule;	/* stable identifier: docs/format/rules.md */
	const char *subject;	/* which object */
	const char *detail;	/* what was found there; may be "" */
	const char *means;	/* what that means, one sentence */
	const char *next;	/* what to do; "" when nothing */
	bool said;		/* passed, and a person should still hear of it */
};

enum mun_question_kind {
	MUN_QUESTION_INTACT,
	MUN_QUESTION_SEALED_BY,
	MUN_QUESTION_EXISTED_BY,
	MUN_QUESTION_HELD_BY,
	MUN_QUESTION_HISTORY_COMPLETE,
	MUN_QUESTIONS
};

struct mun_question {
	enum mun_question_kind kind;
	bool claimed;		/* false: nothing is claimed, no verdict */
	enum mun_verdict verdict;
	const char *because;	/* one sentence; may hold hostile bytes */
	const char *missing;	/* what would answer it; "" when nothing */
};

/*
 * What is judged, told as it is judged, for a report that holds more than the
 * checks: a listener keeps what it needs, the verifier keeps nothing.
 *
 * Everything told is borrowed until the callback returns.  Texts and bytes
 * marked hostile come from outside and may hold anything.  Being told says
 * nothing of a verdict: that is in the checks.  Times are UTC seconds.
 */

struct mun_judged_certificate {
	const char *what;	/* ours: "signer of the seal", "actor" */
	const char *archive;	/* whose seal; "": of the log */
	uint64_t seq;		/* entry that brought it, where of the log */
	uint8_t sha256[32];	/* of its DER */
	const char *name;	/* common name; hostile; may be "" */
	const char *key;	/* ours: "ECDSA P-256" */
	bool is_self_signed;
	int64_t not_before_utc_s, not_after_utc_s;
};

/* A log as far as it could be read. */
struct mun_judged_log {
	const char *input;	/* as given; hostile */
	bool is_usable;		/* entry 0 was understood; else only input */
	const char *origin;	/* [A-Za-z0-9._/-] */
	uint8_t vault[32];	/* fingerprint */
	uint8_t log_key[32];	/* that signs the head */
	uint64_t size;		/* entries that the head counts */
	uint8_t root[32];
};

struct mun_judged_fact {
	const char *label;	/* ours */
	const char *text;	/* hostile */
};

enum mun_judged_statement {
	MUN_JUDGED_NO_STATEMENT = 0, /* the event has none */
	MUN_JUDGED_STATEMENT,	/* there, and the one committed to */
	MUN_JUDGED_STATEMENT_WITHHELD,
	MUN_JUDGED_STATEMENT_DIFFERS /* not the one; its text is not told */
};

struct mun_judged_event {
	const char *input;	/* as given; hostile */
	uint8_t vault[32];	/* fingerprint of the log it stands in */
	uint64_t seq;
	int64_t time_utc_s;	/* by its signer's clock */
	bool clock_behind;
	int64_t clock_utc_s;	/* then: what that clock showed */
	const char *type;	/* [a-z-]; may be of a later version */
	uint8_t entry[32];	/* SHA-256 of the entry */
	uint8_t actor[32];	/* SHA-256 of the signer's certificate */
	const char *actor_name;	/* hostile */
	const char *actor_role;	/* ours; "": no actor */
	const char *archive;	/* what it is about; "": the vault */
	uint64_t document;	/* 0: the archive */
	bool has_archive_sha256; /* a deposit */
	uint8_t archive_sha256[32]; /* of the .tar, as logged */
	const char *words;	/* ours: what it says, one sentence */
	const struct mun_judged_fact *facts; /* its closed fields */
	size_t fact_count;
	enum mun_judged_statement statement;
	const struct mun_judged_fact *typed; /* the statement's */
	size_t typed_count;
	bool has_holder;	/* of its subject, after it, is an actor */
	const char *holder;	/* hostile; "": nobody who is an actor */
	uint64_t holder_seq;	/* entry that enrolled it: who it is, whatever
				its name */
	bool is_acceptance;	/* a transfer, confirmed by its receiver */
	bool has_failed;	/* a fixity check that failed */
	bool destroys;		/* a withdrawal that destroyed the bytes */
	const struct mun_check *checks; /* that do not hold, or are said, of
					it alone; more may follow at the end */
	size_t check_count;
};

/* An archive file, after its last byte was read.  One that could not be read to
 * its end is in the checks alone (archive.readable). */
struct mun_judged_archive {
	const char *input;	/* its path, as given or in the vault; hostile */
	const char *id;		/* "" if not even that was found */
	uint8_t sha256[32];	/* of the file */
	bool is_whole;		/* read to its proper end */
	bool is_sealed;		/* its seal was understood; valid or not */
	uint8_t vault[32];	/* from here on: as the seal says */
	int64_t sealed_at_utc_s;
	bool is_complete;	/* nothing was left out knowingly */
	uint8_t signer[32];	/* SHA-256 of the certificate beside it */
	const char *signer_name; /* hostile */
	uint64_t documents, bytes, members, findings;
	uint8_t inventory_sha256[32]; /* of metadata/inventory.csv; zeros if
					it was not reached */
};

/* A document, from its record and private lines; after its archive. */
struct mun_judged_document {
	const char *archive;
	uint64_t number;
	unsigned width;		/* digits of a number in this archive */
	const uint8_t *path;	/* whole original path; hostile */
	size_t path_len;
	uint64_t size;
	uint8_t sha256[32], sha512[64]; /* as recorded */
	const char *media_type;
	bool differs;		/* the stored bytes have another SHA-256 */
};

/* Something noteworthy that the depositor's program recorded. */
struct mun_judged_finding {
	const char *archive;
	const char *rule;	/* docs/format/archive.md */
	uint64_t document;	/* 0: none */
	uint32_t member;	/* 0: none */
	const uint8_t *path;	/* NULL: none; hostile */
	size_t path_len;
	const char *detail;	/* hostile; may be "" */
};

/*
 * Any function may be NULL.  Each returns MUN_OK, or a failure that ends the
 * run with it (any but SYSTEM, NOMEM and CANCELED becomes INTERNAL).
 *
 * log_begins  the log of that input is judged from its entry 0 on, perhaps not
 *             for the first time (it grew meanwhile): what was told of its
 *             entries and certificates before is void
 * log_ends    all its entries were told
 *
 * Order: for each vault its log, then its archives, each followed by its
 * certificates, documents and findings; then archive files.  An archive is
 * told also if the log does not know it.  Documents are told as far as
 * metadata can be read, so that a damaged archive may have fewer or none.
 */
typedef enum mun_status mun_hear_log_begins(
    void *ctx, const char *input, struct mun_error *err);
typedef enum mun_status mun_hear_event(void *ctx,
    const struct mun_judged_event *event, struct mun_error *err);
typedef enum mun_status mun_hear_log_ends(void *ctx,
    const struct mun_judged_log *log, struct mun_error *err);
typedef enum mun_status mun_hear_archive(void *ctx,
    const struct mun_judged_archive *archive, struct mun_error *err);
typedef enum mun_status mun_hear_certificate(void *ctx,
    const struct mun_judged_certificate *certificate, struct mun_error *err);
typedef enum mun_status mun_hear_document(void *ctx,
    const struct mun_judged_document *document, struct mun_error *err);
typedef enum mun_status mun_hear_finding(void *ctx,
    const struct mun_judged_finding *finding, struct mun_error *err);
struct mun_verify_listener {
	void *ctx;
	mun_hear_log_begins *log_begins;
	mun_hear_event *event;
	mun_hear_log_ends *log_ends;
	mun_hear_archive *archive;
	mun_hear_certificate *certificate;
	mun_hear_document *document;
	mun_hear_finding *finding;
};

struct mun_verify_options {
	uint32_t version;	/* 0 */
	const char *const *inputs; /* archives, dossiers, vault folders */
	/* What to call them in checks and reports, as many; NULL: by their
	 * paths.  A parcel that is made elsewhere must not tell where. */
	const char *const *input_names;
	size_t input_count;
	const char *const *anchors; /* as typed: trust/anchor.h forms */
	size_t anchor_count;
	/* Files of PEM certificates: the roots of time-stamp authorities that
	 * are believed.  Text between them and certificates that are not
	 * self-signed are passed over; a file without a root is an error. */
	const char *const *time_roots;
	size_t time_root_count;
	/* Files of their certificates' revocation lists, newer than what is
	 * stored, or NULL: DER, or PEM with anything around it; 64 lists in
	 * all.  Those signed by the issuer of a certificate count beside the
	 * stored ones; a file without a list that can be used is an error. */
	const char *const *time_lists;
	size_t time_list_count;
	const char *log_key;	/* vkey text or a file holding it; NULL */
	const char *const *checkpoints; /* kept checkpoint files */
	size_t checkpoint_count;
	const char *const *receipts; /* receipt files */
	size_t receipt_count;
	const char *policy;	/* file with a C2SP tlog-policy; NULL */
	/* NULL, or a folder (made if it is not there) that lies in no input:
	 * the log has to extend the head remembered there, and its own head is
	 * remembered if nothing about it failed.  A rollback or fork leaves
	 * both heads there as evidence.  docs/format/verification.md. */
	const char *remember;
	/* Bytes read so far and in all; return false to stop (CANCELED). */
	bool (*watch)(void *ctx, const char *what, uint64_t done_bytes,
	    uint64_t all_bytes);
	void *ctx;
	const struct mun_verify_listener *listener; /* NULL: nobody; borrowed
							for the run */
};

/*
 * mun_verify_watch_memory - let no verdict be made where memory ran out.
 *
 * jansson, OpenSSL and SQLite, out of memory, do not always say so: they refuse
 * bytes with which nothing is wrong, at once or later, which reads as FAILED.
 * With this, from the first allocation of theirs on that fails, each run of the
 * process ends with MUN_ERR_NOMEM.
 *
 * ran_out is called whenever they get no memory, in whatever thread that is,
 * and before the abort where an invariant breaks after that.  It may end the
 * process, which keeps OpenSSL from a crash; it may not allocate.  NULL: nobody
 * is called.
 *
 * It sets these libraries' allocators for the whole process: that is for a
 * program to do, first of all, not for another library.  MUN_ERR_USAGE: OpenSSL
 * or SQLite is in use already and stays as it is; the others are watched.
 */
MUN_API MUN_MUST_USE enum mun_status mun_verify_watch_memory(
    void (*ran_out)(void), struct mun_error *err);

struct mun_verification;

struct mun_verify_input {
	const char *path;	/* as given; hostile */
	bool is_vault;
	bool is_dossier;	/* told from its first bytes */
	bool has_sha256;
	uint8_t sha256[32];	/* of an archive or dossier file */
};

/* MUN_ERR_USAGE: an anchor, option or input that is none; MUN_ERR_SYSTEM,
 * MUN_ERR_NOT_FOUND: an input could not be read; MUN_ERR_NOMEM, CANCELED.
 * MUN_ERR_NOMEM also where memory ran out before in this process, as far as that
 * is seen (mun_verify_watch_memory), and whatever was said of it then. */
MUN_API MUN_MUST_USE enum mun_status mun_verify_run(
    struct mun_verification **out, const struct mun_verify_options *options,
    struct mun_error *err);
MUN_API void mun_verification_free(struct mun_verification *verification);
/* Whether a run would take time_roots and time_lists of these options (nothing
 * else of them is looked at), before work that cannot be taken back.
 * MUN_ERR_USAGE as above; what reading a file gives. */
MUN_API MUN_MUST_USE enum mun_status mun_verify_check_time_options(
    const struct mun_verify_options *options, struct mun_error *err);

/* The worst check: FAILED before INDETERMINATE before PASSED. */
MUN_API enum mun_verdict mun_verification_verdict(
    const struct mun_verification *verification);
/* The check that says most of why it is that; NULL if there is none. */
MUN_API const struct mun_check *mun_verification_worst(
    const struct mun_verification *verification);
MUN_API size_t mun_verification_check_count(
    const struct mun_verification *verification);
MUN_API const struct mun_check *mun_verification_check(
    const struct mun_verification *verification, size_t i);
MUN_API const struct mun_question *mun_verification_question(
    const struct mun_verification *verification, enum mun_question_kind kind);
MUN_API size_t mun_verification_input_count(
    const struct mun_verification *verification);
MUN_API const struct mun_verify_input *mun_verification_input(
    const struct mun_verification *verification, size_t i);
/* Anchors as used, as text ("vault:…", "sha256:…", 64 digits alone: of either;
 * "tsa:…": SHA-256 of a root certificate). */
MUN_API size_t mun_verification_anchor_count(
    const struct mun_verification *verification);
MUN_API const char *mun_verification_anchor(
    const struct mun_verification *verification, size_t i);
/* Fingerprint claimed by what was verified, for comparing by another channel;
 * false when there is none. */
MUN_API bool mun_verification_claimed_vault(
    const struct mun_verification *verification, uint8_t fingerprint[32]);
MUN_API int64_t mun_verification_time_utc_s(
    const struct mun_verification *verification);

MUN_API const char *mun_verdict_text(enum mun_verdict verdict);
MUN_API const char *mun_check_kind_text(enum mun_check_kind kind);
MUN_API const char *mun_question_text(enum mun_question_kind kind);

#endif
