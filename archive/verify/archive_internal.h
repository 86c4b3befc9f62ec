/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive_internal.h - the state of one pass over an archive file, shared by
 * archive_check.c (the flow), archive_metadata.c (lines), archive_changed.c,
 * archive_seal.c (the seal) and archive_inventory.c.
 *
 * "Projections" are running digests over the facts that two places must agree
 * on, so that agreement needs no memory.
 */
#ifndef MUN_VERIFY_ARCHIVE_INTERNAL_H
#define MUN_VERIFY_ARCHIVE_INTERNAL_H

#include "package/package.h"
#include "verify/verify_internal.h"

enum {
	/* Of so many changed documents the path is told; of more, the number:
	 * nobody reads on, and each costs memory. */
	MUN_CHANGED_MAX = 64,
	/* "XPF-0003-000042", however many digits a file claims */
	MUN_CITED_MAX = MUN_ARCHIVE_ID_MAX + 1 + 20
};

/* A document whose stored bytes are not those of its record. */
struct mun_changed {
	uint64_t document;
	size_t check; /* that says so */
};

struct mun_archive_pass {
	struct mun_verification *v;
	struct mun_archive_facts *facts;
	const char *subject;
	struct mun_watch *watch;
	int fd;
	struct mun_pump *pump;
	struct mun_package_reader *reader;
	unsigned width;		/* of document numbers, from the first */
	bool out_of_order;	/* no sense in going on */
	bool is_lost; /* a read failed: nothing more comes of the file */
	enum mun_tag_member next_tag;
	struct mun_package_member tag_member[MUN_TAG_MEMBERS_COUNT];
	struct mun_digests tag_digests[MUN_TAG_MEMBERS_COUNT];
	uint64_t tag_size[MUN_TAG_MEMBERS_COUNT];
	struct mun_buffer tagmanifest[2];

	struct mun_digest_pair *expected_sha256; /* of manifest-sha256.txt */
	struct mun_digest_pair *expected_sha512;
	uint64_t *prefixes;	/* 8 bytes of each document's SHA-256 */
	size_t prefix_capacity;
	struct mun_changed changed[MUN_CHANGED_MAX]; /* by number */
	size_t changed_count, changed_next; /* whose path is due */

	struct mun_sha256 *stored_projection; /* n, file, size, digests */
	struct mun_sha256 *record_projection; /* the same from records */
	struct mun_sha256 *stored_names;      /* n, payload name */
	struct mun_sha256 *private_names;     /* the same from private names */
	struct mun_sha256 *record_private;    /* n, field, digest of line */
	struct mun_sha256 *private_projection; /* the same from the lines */

	struct mun_deposit_metadata deposit;
	bool has_deposit;
	struct mun_merkle_frontier leaves;
	uint64_t records, privates, members, findings;
	uint64_t private_number; /* of the newest private line */
	enum mun_private_field private_field;
	struct mun_buffer last_path;
	uint64_t member_document;
	uint32_t member_number;
	uint64_t finding_document; /* of the newest finding */
	uint32_t finding_member;
	int finding_rank;
	struct mun_buffer finding_path;
	bool left_out;		/* a finding says that something was left out */
	bool metadata_failed;	/* a syntax fault was told */
	bool manifest_failed;	/* one is not over the stored documents */
	bool has_signer, has_seal;

	struct mun_buffer line, scratch;
};

void mun_project_document(struct mun_sha256 *projection, uint64_t number,
    const char *file, uint64_t size, const struct mun_digests *digests);
void mun_project_name(struct mun_sha256 *projection, uint64_t number,
    const char *file);

/* Read and judge the contents of a metadata member (archive_metadata.c). */
MUN_MUST_USE enum mun_status mun_check_tag_member(struct mun_archive_pass *pass,
    enum mun_tag_member member, struct mun_error *err);
/* Judge its digests, once all of it went by. */
void mun_check_tag_digests(struct mun_archive_pass *pass,
    enum mun_tag_member member);
/* What can be judged only when everything was read; checks from position
 * `before` on are this archive's. */
MUN_MUST_USE enum mun_status mun_check_archive_end(
    struct mun_archive_pass *pass, size_t before, struct mun_error *err);

/* archive_changed.c */

/* A document as it is cited, "XPF-0003-000042"; gives out. */
const char *mun_cite(char out[MUN_CITED_MAX + 1], const char *archive_id,
    unsigned width, uint64_t number);
/* Record that a document, in rising order, is not that of its record. */
void mun_judge_changed(struct mun_archive_pass *pass, uint64_t number);
/* Name it by a path that goes by, if it is its own. */
void mun_name_changed(struct mun_archive_pass *pass,
    const struct mun_private *private);

/* archive_seal.c */
MUN_MUST_USE enum mun_status mun_check_signer(struct mun_archive_pass *pass,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_check_seal(struct mun_archive_pass *pass,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_check_seal_signature(
    struct mun_archive_pass *pass, struct mun_error *err);
void mun_check_seal_binding(struct mun_archive_pass *pass);

/* archive_inventory.c: make inventory.csv again and compare. */
MUN_MUST_USE enum mun_status mun_check_inventory(struct mun_archive_pass *pass,
    struct mun_error *err);

/* tell_archive.c: the archive, its certificates, documents and findings to
 * whoever listens; nothing where nobody does. */
MUN_MUST_USE enum mun_status mun_tell_archive(struct mun_archive_pass *pass,
    struct mun_error *err);

#endif
