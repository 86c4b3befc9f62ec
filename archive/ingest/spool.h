/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spool.h - bytes set aside until their turn in the archive comes.
 *
 * Kept in memory up to a few KiB, then in a nameless file of the deposit's
 * own folder: memory stays flat however large a deposit is, and nothing is
 * left behind by a process that dies.
 */
#ifndef MUN_INGEST_SPOOL_H
#define MUN_INGEST_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

struct mun_spool {
	int dir_fd; /* borrowed */
	int fd; /* -1 until memory is not enough */
	struct mun_buffer memory; /* what comes after the file's bytes */
	uint64_t in_file; /* bytes of them */
	uint64_t read; /* position of mun_spool_read */
};

/* memory_max: bytes kept in memory. */
void mun_spool_init(struct mun_spool *spool, int dir_fd, size_t memory_max);
MUN_MUST_USE enum mun_status mun_spool_append(struct mun_spool *spool,
    const void *bytes, size_t len, struct mun_error *err);
/* Append a line builder's contents and empty it; reports its failure. */
MUN_MUST_USE enum mun_status mun_spool_take(
    struct mun_spool *spool, struct mun_buffer *line, struct mun_error *err);
uint64_t mun_spool_size(const struct mun_spool *spool);
/* Up to len next bytes, from the start on; *got 0 at the end. */
MUN_MUST_USE enum mun_status mun_spool_read(struct mun_spool *spool, void *out,
    size_t len, size_t *got, struct mun_error *err);
/* Append all of from to spool. */
MUN_MUST_USE enum mun_status mun_spool_copy(
    struct mun_spool *spool, struct mun_spool *from, struct mun_error *err);
/* Forget everything, keep memory. */
void mun_spool_reset(struct mun_spool *spool);
void mun_spool_free(struct mun_spool *spool);

#endif
