/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.h - files that appear whole or not at all.
 *
 * Every function takes a directory descriptor and a relative path, follows no
 * symbolic link in the last component, and retries EINTR and short transfers.
 */
#ifndef MUN_BASE_FILE_H
#define MUN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/* Write all of len bytes at the descriptor's position. */
MUN_MUST_USE enum mun_status mun_file_write_all(
    int fd, const void *bytes, size_t len, struct mun_error *err);
/* The same at the end of a regular file, where the position has to be; but runs
 * of zeros, counted from `bytes` in pieces of 64 KiB, are left out as holes.
 * What is read there is the same, and the file has its length at once. */
MUN_MUST_USE enum mun_status mun_file_append_sparse(
    int fd, const void *bytes, size_t len, struct mun_error *err);
/* Read up to len bytes; *got < len only at end of file. */
MUN_MUST_USE enum mun_status mun_file_read_full(
    int fd, void *out, size_t len, size_t *got, struct mun_error *err);
/* The same at an offset, not moving the position. */
MUN_MUST_USE enum mun_status mun_file_read_at(int fd, void *out, size_t len,
    uint64_t offset, size_t *got, struct mun_error *err);
/* Open a regular file for reading; *fd is the caller's, *size what fstat says.
 * MUN_ERR_NOT_FOUND; MUN_ERR_FORMAT when it is anything else (a link, a FIFO:
 * neither followed nor waited for). */
MUN_MUST_USE enum mun_status mun_file_open_regular(int dir_fd, const char *path,
    int *fd, uint64_t *size, struct mun_error *err);
/* Append the rest of an open file of about size bytes to out, all or nothing.
 * MUN_ERR_LIMIT when it is longer than out may hold. */
MUN_MUST_USE enum mun_status mun_file_read_open(
    int fd, uint64_t size, struct mun_buffer *out, struct mun_error *err);
/* Whether name in dir_fd (a link: itself) is what fd is open on. */
MUN_MUST_USE enum mun_status mun_file_leads_to(
    int dir_fd, const char *name, int fd, bool *same, struct mun_error *err);
/* Append a whole regular file to out: mun_file_open_regular() and
 * mun_file_read_open(). */
MUN_MUST_USE enum mun_status mun_file_read_whole(int dir_fd, const char *path,
    struct mun_buffer *out, struct mun_error *err);
/*
 * Open the folder path below dir_fd ("" for dir_fd itself): no component may
 * be a link, "..", or absolute (MUN_ERR_FORMAT).  MUN_ERR_NOT_FOUND.  The
 * second does it without openat2(2), as the first does where that is missing.
 */
MUN_MUST_USE enum mun_status mun_file_open_folder(
    int dir_fd, const char *path, int *fd, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_file_open_folder_by_component(
    int dir_fd, const char *path, int *fd, struct mun_error *err);

/*
 * Put a new file: temporary name in the same folder, write, fsync, rename
 * without replacing (MUN_ERR_EXISTS), fsync of the folder.  mode as given,
 * whatever the umask.
 *
 * Durable when MUN_OK.  After a failure no temporary is left (unless removing
 * it failed too), and the file is there wholly or not at all: a failure after
 * the rename leaves it there, perhaps not durably.
 *
 * The temporary is `.<base name>.tmp` (`.<base name>.1.tmp` and so on while
 * others write the same name), locked with flock(2) while its writer lives:
 * the next writer of that name removes a dead one's.
 */
MUN_MUST_USE enum mun_status mun_file_put_new(int dir_fd, const char *path,
    const void *bytes, size_t len, mode_t mode, struct mun_error *err);
/* The same, replacing what was there in one step. */
MUN_MUST_USE enum mun_status mun_file_replace(int dir_fd, const char *path,
    const void *bytes, size_t len, mode_t mode, struct mun_error *err);
/* Whether a base name has the form of such a temporary. */
bool mun_file_is_temporary_name(const char *name);
/* Remove the temporary `name` in dir_fd unless a live writer holds it. */
MUN_MUST_USE enum mun_status mun_file_remove_dead_temporary(
    int dir_fd, const char *name, struct mun_error *err);
/* Rename without replacing (MUN_ERR_EXISTS); fsyncs nothing. */
MUN_MUST_USE enum mun_status mun_file_rename_new(int from_fd, const char *from,
    int to_fd, const char *to, struct mun_error *err);
/* fsync an open file or folder. */
MUN_MUST_USE enum mun_status mun_file_sync(
    int fd, const char *what, struct mun_error *err);
/* fsync the folder that holds path (dir_fd itself for a bare name). */
MUN_MUST_USE enum mun_status mun_file_sync_parent(
    int dir_fd, const char *path, struct mun_error *err);
/* For the mode below: folders for a person, of which the umask takes what it
 * takes of any program's. */
enum {
	MUN_FOLDER_BY_UMASK = 0777
};
/* mkdir -p below dir_fd, durable: folders made get the mode whatever the
 * umask (but see MUN_FOLDER_BY_UMASK), and each is fsynced into its parent.
 * Follows links on the way, as a person's path may have them, but not in the
 * last component. */
MUN_MUST_USE enum mun_status mun_file_make_folders(
    int dir_fd, const char *path, mode_t mode, struct mun_error *err);
/* The same through no link at all (as mun_file_open_folder), fsyncing every
 * parent also where a folder was there: its maker may have died before.
 * *fd is the last folder, the caller's. */
MUN_MUST_USE enum mun_status mun_file_make_folders_beneath(
    int dir_fd, const char *path, mode_t mode, int *fd, struct mun_error *err);
/* Append where path leads when every link in it is followed, an absolute path.
 * Something has to be there (MUN_ERR_NOT_FOUND). */
MUN_MUST_USE enum mun_status mun_file_resolve(
    const char *path, struct mun_buffer *out, struct mun_error *err);
/* Whether path, or where nothing is there yet the nearest folder above it, is
 * the folder or lies in it, whatever links led there.  false for a folder that
 * is none. */
MUN_MUST_USE enum mun_status mun_file_lies_in(
    const char *path, const char *folder, bool *inside, struct mun_error *err);
/* Close and set to -1; ignores -1.  For descriptors only read from. */
void mun_file_close(int *fd);
/* Close what was written to and set to -1: an error may be a lost write. */
MUN_MUST_USE enum mun_status mun_file_close_written(
    int *fd, const char *what, struct mun_error *err);

#endif
