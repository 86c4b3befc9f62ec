/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_check.h - reads a file back while it is still being written.
 *
 * A reader follows the writer at a distance: what was written is flushed to
 * the disk, its cached pages are dropped, and it is read again and hashed.  At
 * the end the digest of what was read must be that of what was written.
 *
 * Thread rule: mun_check_wrote() is for the writing thread, mun_check_unit()
 * for the checking one, at the same time; all else while neither runs.
 */
#ifndef MUN_DIGEST_DIGEST_CHECK_H
#define MUN_DIGEST_DIGEST_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"

struct mun_check;

/* Follow what is written to write_fd, from its beginning, by reading read_fd;
 * both are borrowed.  Flushed and read by the segment (a number of bytes). */
MUN_MUST_USE enum mun_status mun_check_new(struct mun_check **out,
    int write_fd, int read_fd, uint64_t segment, struct mun_error *err);
void mun_check_free(struct mun_check *check);

/* len more bytes are in the file; `mark` of them (or MUN_NO_MARK) lie before
 * the newest mark.  Returns the units of work that this makes due. */
size_t mun_check_wrote(struct mun_check *check, size_t len, size_t mark);
/* The units due when nothing more is going to be written. */
size_t mun_check_rest(struct mun_check *check);
/* Do one unit.  A failure is kept for mun_check_finish(). */
void mun_check_unit(struct mun_check *check);
/* Forget all after the newest mark: it is going to be written again.  No unit
 * is left to do. */
MUN_MUST_USE enum mun_status mun_check_rewind(
    struct mun_check *check, struct mun_error *err);
/* After all units: MUN_ERR_SYSTEM when the file could not be read, or its
 * SHA-256 is another.  Then as new. */
MUN_MUST_USE enum mun_status mun_check_finish(struct mun_check *check,
    const uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err);

#endif
