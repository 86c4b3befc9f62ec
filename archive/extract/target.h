/* SPDX-License-Identifier: BSD-2-Clause */
/* target.h - the folder that documents are written below, and nowhere else. */
#ifndef MUN_EXTRACT_TARGET_H
#define MUN_EXTRACT_TARGET_H

#include "extract/original.h"
#include "muniment/buffer.h"

struct mun_target {
	int fd; /* of the folder */
	const char *made; /* its path, if it was not there; borrowed */
	int parent_fd; /* of the last document's folder, for the next one */
	struct mun_buffer parent; /* its path below */
};

/* Open the folder, whose path is borrowed, making it if absent. */
MUN_MUST_USE enum mun_status mun_target_open(
    struct mun_target *target, const char *folder, struct mun_error *err);
/* After a failure: a folder that was made goes with all folders in it that
 * got no document. */
void mun_target_take_back(struct mun_target *target);
/* Write a document's bytes from archive_fd at path below the folder: whole,
 * with both digests right, or not at all.  Nothing is replaced
 * (MUN_ERR_EXISTS), no link followed. */
MUN_MUST_USE enum mun_status mun_target_put(struct mun_target *target,
    const uint8_t *path, size_t path_len, const struct mun_original *original,
    int archive_fd, struct mun_error *err);
void mun_target_close(struct mun_target *target);

#endif
