/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier.h - the file that proves archives to a stranger: its members by
 * name, what belongs into it, and the lines that only it has.
 *
 * Reading judges the form of the file and nothing of what is in it; the
 * verifier does that (verify/dossier_check.c).
 *
 * Spec: docs/format/dossier.md.
 */
#ifndef MUN_DOSSIER_DOSSIER_H
#define MUN_DOSSIER_DOSSIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/detail.h"
#include "log/log.h"
#include "package/package.h"

/* ---- names: below the top folder (dossier_names.c) ---- */

#define MUN_DOSSIER_FOLDER "dossier/"
#define MUN_DOSSIER_README "README-VERIFY.txt"
#define MUN_DOSSIER_JSON "dossier.json"
#define MUN_DOSSIER_CHECKPOINT "checkpoint"

enum {
	MUN_DOSSIER_NAME_MAX = MUN_TAR_PATH_MAX + 1
};
/* "entries/000017.p7m"; extension "p7m" or "json". */
void mun_dossier_entry_name(
    char out[MUN_DOSSIER_NAME_MAX], uint64_t seq, const char *extension);
/* The seq of exactly such a name with ".p7m". */
bool mun_dossier_entry_parse(const char *name, uint64_t *seq);
void mun_dossier_statement_name(char out[MUN_DOSSIER_NAME_MAX], uint64_t seq);
void mun_dossier_certificate_name(
    char out[MUN_DOSSIER_NAME_MAX], const uint8_t sha256[MUN_SHA256_LEN]);
void mun_dossier_proof_name(
    char out[MUN_DOSSIER_NAME_MAX], const char *archive_id);
/* Of a hash tile: width 1 to 256. */
void mun_dossier_tile_name(
    char out[MUN_DOSSIER_NAME_MAX], int level, uint64_t number, unsigned width);

/* ---- fixed text and the one line (dossier_readme.c, dossier_head.c) ---- */

/* Append README-VERIFY.txt. */
void mun_dossier_readme_write(struct mun_buffer *out);

/*
 * How a stored token is checked with openssl, line by line: against its query,
 * or against the checkpoint that was stamped.  For a shell in which $token is
 * its path, $stamped that of the checkpoint, $TIME_ROOTS that of a file of
 * roots, and $at the time to judge by, in seconds.  What a dossier and a report
 * say is this.
 */
/* clang-format off */
#define MUN_DOSSIER_TS_QUERY \
	"openssl ts -verify -queryfile \"${token%.tst}.tsq\" -in \"$token\" \\"
#define MUN_DOSSIER_TS_DATA \
	"openssl ts -verify -data \"$stamped\" -in \"$token\" \\"
#define MUN_DOSSIER_TS_CHAIN \
	"-token_in -CAfile \"$TIME_ROOTS\" -untrusted \"${token%.tst}.pem\" \\"
#define MUN_DOSSIER_TS_TIME "-attime \"$at\""
#define MUN_DOSSIER_TS_TELL \
	"openssl ts -reply -in \"$token\" -token_in -text | grep 'Time stamp'"
/* clang-format on */

struct mun_dossier_archive {
	char id[MUN_ARCHIVE_ID_MAX + 1];
	uint8_t sha256[MUN_SHA256_LEN]; /* of the .tar, as the deposit says */
	bool has_deposit; /* false: only a hand-out names it */
	uint64_t deposit; /* seq */
	bool has_hand_out;
	uint64_t hand_out; /* seq; of several the newest */
};
struct mun_dossier_head {
	const char *origin;
	uint8_t vault[MUN_SHA256_LEN];
	uint64_t size; /* of the log */
	bool recorded;
	uint64_t as_of_entry;
	int64_t as_of_utc_s;
	const struct mun_dossier_archive *archives;
	size_t archive_count;
};
/* Append dossier.json. */
void mun_dossier_head_write(
    const struct mun_dossier_head *head, struct mun_buffer *out);

/* ---- what a hand-out lists (dossier_listing.c) ---- */

enum {
	MUN_DOSSIER_FAULT_MAX = 128
};
/* Whether it is a copy event that lists what was handed out of an archive. */
bool mun_dossier_is_hand_out(const struct mun_detail *detail);

/*
 * The entries of a log, or those of a dossier, as they come; each hand-out is
 * held against those before it.  Memory: 8 bytes an entry; time of a judgement:
 * ranges of the hand-out x log(entries).
 */
struct mun_dossier_listing;
MUN_MUST_USE enum mun_status mun_dossier_listing_new(
    struct mun_dossier_listing **out, struct mun_error *err);
void mun_dossier_listing_free(struct mun_dossier_listing *listing);
/* The next entry, entry 0 too; seqs rise.  archive: of its subject; "": none.
 * MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_dossier_listing_take(
    struct mun_dossier_listing *listing, uint64_t seq, enum mun_event_type type,
    const char *archive, struct mun_error *err);
/* Whether a hand-out that comes next lists exactly those that it has to; fault:
 * the first entry that it should or should not, in words of ours; "". */
bool mun_dossier_listing_is_exact(const struct mun_dossier_listing *listing,
    const struct mun_detail *hand_out, char fault[MUN_DOSSIER_FAULT_MAX]);

/* ---- which entries (dossier_scope.c) ---- */

/* Whether every dossier has such an entry; archive: of its subject, "": none. */
bool mun_dossier_is_general(enum mun_event_type type, const char *archive);
/* Whether it is about that archive or a document in it. */
bool mun_dossier_is_about(const struct mun_detail *detail, const char *archive);

/*
 * The entries of a dossier as they come, and in the end whether they are those
 * that it has to have.
 */
struct mun_dossier_scope;
MUN_MUST_USE enum mun_status mun_dossier_scope_new(
    struct mun_dossier_scope **out, struct mun_error *err);
void mun_dossier_scope_free(struct mun_dossier_scope *scope);
/* The next entry; seqs rise.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_dossier_scope_take(
    struct mun_dossier_scope *scope, uint64_t seq, int64_t time_utc_s,
    const struct mun_detail *detail, struct mun_error *err);

struct mun_dossier_scope_result {
	bool recorded;
	uint64_t as_of_entry;
	int64_t as_of_utc_s;
	const struct mun_dossier_archive *archives; /* borrowed; by deposit */
	size_t archive_count;
	bool has_stray; /* an entry that does not belong */
	uint64_t stray;
	/* What an archive's newest hand-out, or one before it, lists other than
	 * what is there, with its seq; the first, "": nothing. */
	char fault[MUN_DOSSIER_FAULT_MAX + 32];
	char older[MUN_DOSSIER_FAULT_MAX + 32];
};
void mun_dossier_scope_end(
    struct mun_dossier_scope *scope, struct mun_dossier_scope_result *result);

/* ---- reading (dossier_read.c) ---- */

enum {
	/* Three files an entry, a million entries; bounds memory against files
	 * made of empty members. */
	MUN_DOSSIER_MEMBERS_MAX = 3000000
};

/* Whether an open file begins as a dossier does; its position stays. */
bool mun_dossier_is_one(int fd, uint64_t file_size);

struct mun_dossier;
/*
 * Read the whole file once: its form, and each member's digest.  fd is
 * borrowed, at its start.
 *
 * sha256  out: of the file; also when it is malformed
 *
 * MUN_ERR_FORMAT: not the one form; MUN_ERR_LIMIT: too many members;
 * MUN_ERR_SYSTEM: could not be read; MUN_ERR_NOMEM.
 */
MUN_MUST_USE enum mun_status mun_dossier_open(struct mun_dossier **out, int fd,
    uint64_t file_size, uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err);
void mun_dossier_close(struct mun_dossier *dossier);
size_t mun_dossier_count(const struct mun_dossier *dossier);
/* Name of member i below the top folder; borrowed. */
const char *mun_dossier_name(const struct mun_dossier *dossier, size_t i);
bool mun_dossier_find(
    const struct mun_dossier *dossier, const char *name, size_t *i);
/* Replace out's contents with member i, and be sure that it is what was read
 * first (MUN_ERR_FORMAT).  MUN_ERR_LIMIT when it is longer than out may hold. */
MUN_MUST_USE enum mun_status mun_dossier_read(struct mun_dossier *dossier,
    size_t i, struct mun_buffer *out, struct mun_error *err);

/* ---- writing: the library mun_dossier_writer ---- */

struct mun_dossier_out {
	int fd; /* borrowed, at the file's start */
	struct mun_buffer block; /* not written yet; a member with its
				    header fits, a time-stamp's CRLs too */
	char last[MUN_DOSSIER_NAME_MAX]; /* member written last */
};
#define MUN_DOSSIER_OUT_INIT(fd_)                               \
	{                                                       \
		.fd = (fd_), .block = MUN_BUFFER_INIT(1u << 23) \
	}
/* Append a member; names rise bytewise (else a bug, MUN_ERR_INTERNAL). */
MUN_MUST_USE enum mun_status mun_dossier_put(struct mun_dossier_out *out,
    const char *name, const struct mun_buffer *bytes, struct mun_error *err);
/* The end; nothing is fsynced. */
MUN_MUST_USE enum mun_status mun_dossier_put_end(
    struct mun_dossier_out *out, struct mun_error *err);
void mun_dossier_out_clear(struct mun_dossier_out *out);

#endif
