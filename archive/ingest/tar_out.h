/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tar_out.h - the archive file under way: headers, bytes and padding, through
 * the pump that hashes and writes them.
 */
#ifndef MUN_INGEST_TAR_OUT_H
#define MUN_INGEST_TAR_OUT_H

#include "base/limits.h"
#include "digest/digest.h"
#include "ingest/spool.h"
#include "muniment/error.h"

struct mun_tar_out {
	char id[MUN_ARCHIVE_ID_MAX + 1];
	int fd; /* written to by the pump only */
	struct mun_pump *pump;
	uint64_t offset; /* of the next byte */
	uint64_t marked; /* offset at the mark */
};

/* Make <id>.tar, mode 0600, below dir_fd. */
MUN_MUST_USE enum mun_status mun_tar_out_open(
    struct mun_tar_out *tar, int dir_fd, const char *id, struct mun_error *err);
void mun_tar_out_close(struct mun_tar_out *tar);

/* Header of <id>/<path>, whose size bytes follow. */
MUN_MUST_USE enum mun_status mun_tar_out_begin(struct mun_tar_out *tar,
    const char *path, uint64_t size, struct mun_error *err);
/* End the member: its digests, and padding for size. */
MUN_MUST_USE enum mun_status mun_tar_out_end(struct mun_tar_out *tar,
    uint64_t size, struct mun_digests *digests, struct mun_error *err);
/* Remember this place; go back to it as if nothing had been written since. */
void mun_tar_out_mark(struct mun_tar_out *tar);
MUN_MUST_USE enum mun_status mun_tar_out_rewind(
    struct mun_tar_out *tar, struct mun_error *err);

/* A whole member from memory, or from spools one after the other. */
MUN_MUST_USE enum mun_status mun_tar_out_bytes(struct mun_tar_out *tar,
    const char *path, const void *bytes, size_t len,
    struct mun_digests *digests, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tar_out_spools(struct mun_tar_out *tar,
    const char *path, struct mun_spool *const *spools, size_t count,
    struct mun_digests *digests, struct mun_error *err);

/* End blocks; all bytes durable and read back (MUN_ERR_SYSTEM: they are not
 * what was written); SHA-256 of the file. */
MUN_MUST_USE enum mun_status mun_tar_out_finish(struct mun_tar_out *tar,
    uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err);

#endif
