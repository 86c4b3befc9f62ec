/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk.h - a deposit's files, in order, followed nowhere.
 *
 * Two steps: mun_walk_scan lists everything below the operands and says what
 * cannot be read; mun_walk_open then opens documents one by one from that
 * list.  Nothing is opened that is not a regular file or a folder; no symbolic
 * link is followed, no mount point crossed, no FIFO waited for.
 *
 * Paths are the operand's last component, '/', and what lies below it: never
 * anything above the operand.  Order: bytewise by full path.
 *
 * One descriptor moves through the tree, whatever its depth.  Reading does not
 * touch access times where the caller owns the files.
 *
 * Thread rule: one thread at a time.
 */
#ifndef MUN_WALK_WALK_H
#define MUN_WALK_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

struct mun_walk;

enum mun_walk_kind {
	MUN_WALK_DOCUMENT = 1, /* regular file, readable */
	MUN_WALK_FOLDER_EMPTY, /* a folder with nothing in it */
	MUN_WALK_SYMLINK, /* recorded with its target, never followed */
	MUN_WALK_FIFO,
	MUN_WALK_SOCKET,
	MUN_WALK_CHARACTER_DEVICE,
	MUN_WALK_BLOCK_DEVICE,
	MUN_WALK_MOUNT_POINT, /* another file system, or an automount */
	MUN_WALK_UNREADABLE, /* file or folder that could not be read; a
				 * folder stands for all in it */
	MUN_WALK_TOO_DEEP, /* below MUN_DEPTH_MAX folders */
	MUN_WALK_TOO_LONG /* path above MUN_PATH_MAX bytes */
};

struct mun_walk_entry {
	enum mun_walk_kind kind;
	uint64_t size; /* bytes at scan time; documents */
	int64_t mtime_s; /* documents */
	uint32_t mtime_ns;
	uint32_t links; /* hard links to it, documents; 65535 is "or
				 * more" */
	int saved_errno; /* why, for MUN_WALK_UNREADABLE */
};

struct mun_walk_totals {
	uint64_t documents;
	uint64_t bytes; /* of documents, at scan time */
	uint64_t folders; /* entered */
	uint64_t unreadable;
	uint64_t others; /* everything else that is not a document */
};

/* Said now and then while scanning; return false to stop (CANCELED). */
typedef bool mun_walk_progress(void *ctx, const struct mun_walk_totals *now);

/*
 * mun_walk_scan - list what lies at and below the operands.
 *
 * operands   paths as typed; a trailing '/', "." and ".." are resolved to a
 *            real last component; an operand that is itself a symbolic link is
 *            refused (MUN_ERR_USAGE), as are two with one last component, and
 *            an operand that lies inside another
 * excludes   descriptors of folders never to enter (the vault, the keys),
 *            by device and inode: an operand at, below or above one is refused
 *            (MUN_ERR_USAGE)
 *
 * MUN_ERR_NOT_FOUND names a missing operand; MUN_ERR_LIMIT above
 * MUN_WALK_ENTRIES_MAX.  What cannot be read inside is an entry, not a
 * failure, and so is what vanishes between being listed and being looked at
 * (MUN_WALK_UNREADABLE with ENOENT).  That there is no document is for the
 * caller to refuse.  A relative operand is opened again later: the working
 * directory must stay.
 */
MUN_MUST_USE enum mun_status mun_walk_scan(struct mun_walk **out,
    const char *const *operands, size_t operand_count, const int *excludes,
    size_t exclude_count, mun_walk_progress *progress, void *ctx,
    struct mun_error *err);
void mun_walk_free(struct mun_walk *walk);

void mun_walk_count(
    const struct mun_walk *walk, struct mun_walk_totals *totals);
/* Entries, 0 <= i < mun_walk_entries(); all kinds, in path order. */
uint64_t mun_walk_entries(const struct mun_walk *walk);
void mun_walk_get(
    const struct mun_walk *walk, uint64_t i, struct mun_walk_entry *entry);
/* Append the full path's bytes (no NUL). */
void mun_walk_path(
    const struct mun_walk *walk, uint64_t i, struct mun_buffer *path);
/* The operand that entry i is or lies in: its name (the first component of the
 * paths; the walk's), and whether that is a folder.  Entries of one operand
 * are neighbours. */
const char *mun_walk_operand(
    const struct mun_walk *walk, uint64_t i, bool *is_folder);
/* Append the target of a MUN_WALK_SYMLINK, read at scan time. */
void mun_walk_target(
    const struct mun_walk *walk, uint64_t i, struct mun_buffer *target);

/* What the system says of an opened document.  Two can be compared as bytes. */
struct mun_walk_state {
	uint64_t size;
	int64_t mtime_s;
	uint32_t mtime_ns;
	int64_t ctime_s;
	uint32_t ctime_ns;
	uint64_t inode;
	uint64_t device;
};

/*
 * mun_walk_open - open document i for reading; *fd is the caller's.
 *
 * Relative to its folder, every component without links.  *state is of the
 * descriptor.  MUN_ERR_NOT_FOUND: gone, or no longer a regular file, since the
 * scan; MUN_ERR_SYSTEM: refused.
 */
MUN_MUST_USE enum mun_status mun_walk_open(struct mun_walk *walk, uint64_t i,
    int *fd, struct mun_walk_state *state, struct mun_error *err);
/* Whether document i, opened with that state, is what was listed: its size, its
 * modification time (its folder's device and that it is a regular file,
 * mun_walk_open has seen to).  One replaced by another of the same size and time
 * is, but its folder has changed. */
bool mun_walk_is_as_listed(const struct mun_walk *walk, uint64_t i,
    const struct mun_walk_state *state);
/* The state of an open document now; compare to see a change while reading. */
MUN_MUST_USE enum mun_status mun_walk_state_of(
    int fd, struct mun_walk_state *state, struct mun_error *err);

/* A path as mun_walk_path gives it. */
typedef enum mun_status mun_walk_tell(
    void *ctx, const uint8_t *path, size_t len, struct mun_error *err);

/*
 * mun_walk_changed_folders - tell the folders to which, since their names were
 * read, one was added, or from which one was taken away, or that are not there
 * any more.
 *
 * By their modification times: finer than the file system's clock ticks
 * (milliseconds) it cannot be.  In no order.  One look at each folder, none at
 * what is in it.  Whatever tell returns but MUN_OK ends it.
 */
MUN_MUST_USE enum mun_status mun_walk_changed_folders(struct mun_walk *walk,
    mun_walk_tell *tell, void *ctx, struct mun_error *err);

#endif
