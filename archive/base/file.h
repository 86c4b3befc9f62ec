/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.h - files that appear whole or not at all.
 *
 * Every function takes a directory descriptor and a relative path, follows no
 * symbolic link in the last component, and retries EINTR and short transfers.
 */
#ifndef MUN_BASE_FILE_H
#define MUN_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/* Write all of len bytes at the descriptor's position. */
MUN_MUST_USE enum mun_status mun_file_write_all(int fd, const void *bytes,
    size_t len, struct mun_error *err);
/* Read up to len bytes; *got < len only at end of file. */
MUN_MUST_USE enum mun_status mun_file_read_full(int fd, void *out, size_t len,
    size_t *got, struct mun_error *err);
/* The same at an offset, not moving the position. */
MUN_MUST_USE enum mun_status mun_file_read_at(int fd, void *out, size_t len,
    uint64_t offset, size_t *got, struct mun_error *err);
/* Append a whole regular file to out.  MUN_ERR_NOT_FOUND; MUN_ERR_LIMIT when
 * larger than out may hold; MUN_ERR_FORMAT when not a regular file. */
MUN_MUST_USE enum mun_status mun_file_read_whole(int dir_fd, const char *path,
    struct mun_buffer *out, struct mun_error *err);
/*
 * Put a new file: temporary name in the same directory, write, fsync, rename
 * without replacing (MUN_ERR_EXISTS), fsync of the directory.  mode as given,
 * whatever the umask.
 */
MUN_MUST_USE enum mun_status mun_file_put_new(int dir_fd, const char *path,
    const void *bytes, size_t len, mode_t mode, struct mun_error *err);
/* The same, replacing what was there in one step. */
MUN_MUST_USE enum mun_status mun_file_replace(int dir_fd, const char *path,
    const void *bytes, size_t len, mode_t mode, struct mun_error *err);
/* fsync the directory that holds path ("." for dir_fd itself). */
MUN_MUST_USE enum mun_status mun_file_sync_parent(int dir_fd, const char *path,
    struct mun_error *err);
/* mkdir -p below dir_fd, fsyncing each parent a folder was made in. */
MUN_MUST_USE enum mun_status mun_file_make_folders(int dir_fd,
    const char *path, mode_t mode, struct mun_error *err);
/* Close and set to -1; ignores -1.  For descriptors only read from. */
void mun_file_close(int *fd);

#endif
