/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * original.h - the documents of an archive one after the other: where their
 * bytes lie, what they are to be, and what they were called.
 */
#ifndef MUN_EXTRACT_ORIGINAL_H
#define MUN_EXTRACT_ORIGINAL_H

#include "manifest/manifest.h"
#include "package/package.h"
#include "store/store.h"

struct mun_original {
	struct mun_record record;
	uint64_t offset; /* of its bytes in the archive file */
	const uint8_t *path; /* original; borrowed until the next one */
	size_t path_len;
	size_t name_at; /* where its base name starts in path */
	bool has_times;
	int64_t modified_s;
	uint32_t modified_ns;
};

struct mun_originals {
	int fd; /* of the archive file; -1: closed */
	char id[MUN_ARCHIVE_ID_MAX + 1];
	struct mun_package_cursor payload;
	struct mun_package_lines *records, *privates;
	struct mun_buffer path, scratch;
	bool has_next; /* a private line was read ahead */
	struct mun_private next;
	uint8_t next_sha256[MUN_SHA256_LEN];
	uint64_t number; /* of the last one told */
};

/* MUN_ERR_NOT_FOUND: its file is not there; MUN_ERR_FORMAT: it is damaged. */
MUN_MUST_USE enum mun_status mun_originals_open(struct mun_originals *originals,
    struct mun_store *store, const char *id, struct mun_error *err);
/* MUN_ERR_NOT_FOUND after the last; MUN_ERR_FORMAT: the archive's own parts
 * disagree. */
MUN_MUST_USE enum mun_status mun_originals_next(struct mun_originals *originals,
    struct mun_original *original, struct mun_error *err);
void mun_originals_close(struct mun_originals *originals);

#endif
