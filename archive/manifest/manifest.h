/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * manifest.h - every metadata line of an archive: written, and read strictly.
 *
 * For each kind of line there is a struct, a writer that appends the one
 * canonical form (with its LF), and a parser that takes the values out, writes
 * them again and demands the same bytes.  A parser gets a line without its LF
 * and returns MUN_ERR_FORMAT with a sentence that names what is wrong.
 *
 * Spec: docs/format/archive.md, docs/format/json.md.
 */
#ifndef MUN_MANIFEST_MANIFEST_H
#define MUN_MANIFEST_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "digest/digest.h"
#include "merkle/merkle.h"
#include "muniment/buffer.h"
#include "muniment/error.h"

/* ---- names (names.c) ---- */

/* An archive id taken apart; false if it is not one. */
bool mun_archive_id_parse(const char *id, size_t len, char prefix[MUN_PREFIX_MAX
    + 1], uint64_t *number);
void mun_archive_id_format(char out[MUN_ARCHIVE_ID_MAX + 1], const char *prefix,
    uint64_t number);
bool mun_prefix_is_valid(const char *prefix);
/* Digits of document numbers for that many documents. */
unsigned mun_number_width(uint64_t documents);
/* "data/XPF-0003-000042.pdf" with its NUL; name is the original base name. */
void mun_payload_name(char out[MUN_TAR_PATH_MAX + 1], const char *archive_id,
    unsigned width, uint64_t number, const void *name, size_t name_len);
/* Whether file is a payload name of that archive, width and number, with any
 * extension or none. */
bool mun_payload_name_matches(const char *file, const char *archive_id,
    unsigned width, uint64_t number);

/* ---- lines (record.c, private.c, member.c, finding.c) ---- */

enum mun_private_field {
	MUN_PRIVATE_NAME,
	MUN_PRIVATE_PATH,
	MUN_PRIVATE_TIMES,
	MUN_PRIVATE_DESCRIPTION,
	MUN_PRIVATE_FIELDS
};

struct mun_record {
	uint64_t number;
	char file[MUN_TAR_PATH_MAX + 1];
	uint64_t size;
	struct mun_digests digests;
	char media_type[MUN_MEDIA_TYPE_MAX + 1];
	bool has_private[MUN_PRIVATE_FIELDS]; /* NAME and PATH always */
	uint8_t private_sha256[MUN_PRIVATE_FIELDS][MUN_SHA256_LEN];
	uint8_t salt[MUN_NONCE_LEN];
};
void mun_record_write(const struct mun_record *record, struct mun_buffer *out);
MUN_MUST_USE enum mun_status mun_record_parse(struct mun_record *record,
    const char *line, size_t len, struct mun_error *err);

struct mun_private {
	uint64_t number;
	enum mun_private_field field;
	const uint8_t *bytes;	/* NAME, PATH, DESCRIPTION: borrowed; a parser
				puts them into its scratch buffer */
	size_t len;
	int64_t modified_s;	/* TIMES */
	uint32_t modified_ns;
	uint8_t salt[MUN_NONCE_LEN];
};
void mun_private_write(const struct mun_private *line, struct mun_buffer *out);
MUN_MUST_USE enum mun_status mun_private_parse(struct mun_private *out,
    struct mun_buffer *scratch, const char *line, size_t len,
    struct mun_error *err);

struct mun_member {
	uint64_t document;	/* n */
	uint32_t number;	/* m */
	uint32_t container;	/* in */
	const uint8_t *name;	/* as for mun_private.bytes */
	size_t name_len;
	uint64_t size;
	struct mun_digests digests;
};
void mun_member_write(const struct mun_member *member, struct mun_buffer *out);
MUN_MUST_USE enum mun_status mun_member_parse(struct mun_member *out,
    struct mun_buffer *scratch, const char *line, size_t len,
    struct mun_error *err);

struct mun_finding {
	const char *rule;	/* one of the table of docs/format/archive.md */
	uint64_t document;	/* 0: none */
	uint32_t member;	/* 0: none */
	const uint8_t *path;	/* NULL: none */
	size_t path_len;
	const uint8_t *target;	/* NULL: none */
	size_t target_len;
	const char *detail;	/* ASCII, at most 200 characters */
};
void mun_finding_write(const struct mun_finding *finding,
    struct mun_buffer *out);
/* Borrowed parts point into scratch. */
MUN_MUST_USE enum mun_status mun_finding_parse(struct mun_finding *out,
    struct mun_buffer *scratch, const char *line, size_t len,
    struct mun_error *err);
/* Position of a rule in the table, for sorting; -1 if unknown. */
int mun_finding_rank(const char *rule);

/* ---- whole files (deposit.c, seal.c, fixed.c) ---- */

struct mun_deposit_limits {
	uint64_t identify_bytes, inspect_depth, inspect_members, inspect_bytes,
	    inspect_nested_bytes, inspect_ratio, inspect_cpu_s;
};
struct mun_deposit_metadata {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	char tool[65];
	uint64_t documents, bytes, members, findings;
	bool sandbox, times;
	struct mun_deposit_limits limits;
	uint8_t padding_seed[MUN_NONCE_LEN];
};
void mun_deposit_metadata_write(const struct mun_deposit_metadata *metadata,
    struct mun_buffer *out);
MUN_MUST_USE enum mun_status mun_deposit_metadata_parse(
    struct mun_deposit_metadata *out, const void *bytes, size_t len,
    struct mun_error *err);

struct mun_seal {
	char origin[MUN_ORIGIN_MAX + 1];
	uint8_t vault[MUN_SHA256_LEN];
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint8_t after[MUN_SHA256_LEN];
	int64_t sealed_at_utc_s;
	bool complete;
	struct mun_hash document_root;
	uint8_t tagmanifest_sha256[MUN_SHA256_LEN];
	uint8_t tagmanifest_sha512[MUN_SHA512_LEN];
	uint8_t nonce[MUN_NONCE_LEN];
};
void mun_seal_write(const struct mun_seal *seal, struct mun_buffer *out);
/* bytes: the whole of seal.json with its LF. */
MUN_MUST_USE enum mun_status mun_seal_parse(struct mun_seal *out,
    const void *bytes, size_t len, struct mun_error *err);

/* 1 to MUN_ORIGIN_MAX of [A-Za-z0-9._/-], as the C2SP note key name allows. */
bool mun_origin_is_valid(const char *origin);

/* Text of bagit.txt, bag-info.txt and README-VERIFY.txt. */
void mun_bagit_write(struct mun_buffer *out);
void mun_bag_info_write(struct mun_buffer *out, const char *archive_id,
    uint64_t bytes, uint64_t documents);
void mun_readme_verify_write(struct mun_buffer *out, const char *archive_id);
/* "<hex>  <path>\n" */
void mun_manifest_line_write(struct mun_buffer *out, const void *digest,
    size_t digest_len, const char *path);

/* ---- inventory (inventory.c) ---- */

void mun_inventory_write_head(struct mun_buffer *out);
struct mun_inventory_document {
	const char *archive_id;
	unsigned width;
	const struct mun_record *record;
	const struct mun_private *name, *path, *times; /* times may be NULL */
};
void mun_inventory_write_document(struct mun_buffer *out,
    const struct mun_inventory_document *document);
void mun_inventory_write_member(struct mun_buffer *out, const char *archive_id,
    unsigned width, const struct mun_member *member);

/* ---- document root (document_root.c) ---- */

/* Pad a frontier of `documents` record leaves and give the root.  The frontier
 * is changed. */
void mun_document_root(struct mun_merkle_frontier *leaves,
    const uint8_t padding_seed[MUN_NONCE_LEN], struct mun_hash *root);

/* Names of the metadata members, in tar order (fixed.c). */
enum mun_tag_member {
	MUN_TAG_BAGIT,
	MUN_TAG_MANIFEST_SHA256,
	MUN_TAG_MANIFEST_SHA512,
	MUN_TAG_DEPOSIT,
	MUN_TAG_DOCUMENTS,
	MUN_TAG_PRIVATE,
	MUN_TAG_MEMBERS,
	MUN_TAG_FINDINGS,
	MUN_TAG_INVENTORY,
	MUN_TAG_README,
	MUN_TAG_BAG_INFO,
	MUN_TAG_TAGMANIFEST_SHA256,
	MUN_TAG_TAGMANIFEST_SHA512,
	MUN_TAG_SIGNER,
	MUN_TAG_SEAL,
	MUN_TAG_SEAL_SIGNATURE,
	MUN_TAG_MEMBERS_COUNT
};
const char *mun_tag_member_path(enum mun_tag_member member);
/* Whether a tag manifest lists it. */
bool mun_tag_member_is_listed(enum mun_tag_member member);

#endif
