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

struct mun_verify_options {
	uint32_t version;	/* 0 */
	const char *const *inputs; /* archives, dossiers, vault folders */
	size_t input_count;
	const char *const *anchors; /* as typed: trust/anchor.h forms */
	size_t anchor_count;
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
};

struct mun_verification;

struct mun_verify_input {
	const char *path;	/* as given; hostile */
	bool is_vault;
	bool is_dossier;	/* told from its first bytes */
	bool has_sha256;
	uint8_t sha256[32];	/* of an archive or dossier file */
};

/* MUN_ERR_USAGE: an anchor, option or input that is none; MUN_ERR_SYSTEM,
 * MUN_ERR_NOT_FOUND: an input could not be read; MUN_ERR_NOMEM, CANCELED. */
MUN_API MUN_MUST_USE enum mun_status mun_verify_run(
    struct mun_verification **out, const struct mun_verify_options *options,
    struct mun_error *err);
MUN_API void mun_verification_free(struct mun_verification *verification);

/* The worst check: FAILED before INDETERMINATE before PASSED. */
MUN_API enum mun_verdict mun_verification_verdict(
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
/* Anchors as used, as text ("vault:…", "sha256:…"). */
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
