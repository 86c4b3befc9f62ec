/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store.h - where the bytes of a vault live.
 *
 * Names are relative, of [A-Za-z0-9._/-], no empty, "." or ".." component:
 * anything else is MUN_ERR_USAGE.  A name once put never changes; only the
 * checkpoint is replaced, by compare-and-swap.  The directory store is the
 * only one today; an object store can stand behind the same calls.
 *
 * Reading functions are part of the verifier and never write; they go through
 * no link and open nothing but folders and plain files.  Writing functions
 * belong to the keeper.  Folders made have mode 0700, files 0444, whatever the
 * umask.
 *
 * Thread rule: one thread at a time; many processes at once.
 */
#ifndef MUN_STORE_STORE_H
#define MUN_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

struct mun_store;

/* Open the directory at path for reading (and for writing, if the writer's
 * functions are called).  MUN_ERR_NOT_FOUND, MUN_ERR_SYSTEM. */
MUN_MUST_USE enum mun_status mun_store_open(
    struct mun_store **out, const char *path, struct mun_error *err);
void mun_store_close(struct mun_store *store);
/* The vault folder's descriptor; borrowed (the index opens its own file). */
int mun_store_fd(const struct mun_store *store);
const char *mun_store_path(const struct mun_store *store);

/* Append the whole of name to out.  MUN_ERR_NOT_FOUND; MUN_ERR_LIMIT when it
 * is longer than out may hold; MUN_ERR_FORMAT when it is not a plain file. */
MUN_MUST_USE enum mun_status mun_store_read(struct mun_store *store,
    const char *name, struct mun_buffer *out, struct mun_error *err);
/* Open name for reading; *fd is the caller's, *size its length in bytes. */
MUN_MUST_USE enum mun_status mun_store_open_file(struct mun_store *store,
    const char *name, int *fd, uint64_t *size, struct mun_error *err);
/* Whether name is there (a plain file). */
MUN_MUST_USE enum mun_status mun_store_has(struct mun_store *store,
    const char *name, bool *has, struct mun_error *err);

/* What a listing met.  name is relative to the store and may hold any bytes. */
enum mun_store_kind {
	MUN_STORE_FILE,
	MUN_STORE_FOLDER,
	MUN_STORE_OTHER
};
typedef enum mun_status mun_store_visit(void *ctx, const char *name,
    enum mun_store_kind kind, uint64_t size, struct mun_error *err);
/* Visit everything below folder ("" for all), each folder before what is in
 * it, bytewise by name within a folder.  An absent folder has nothing in it;
 * one that is something else is MUN_ERR_FORMAT.  Does not follow links.  A
 * folder more than 32 below is visited as MUN_STORE_OTHER and not entered.  In
 * a vault being written to, temporaries (`.*.tmp`) are visited like all else.
 * What visit returns but MUN_OK ends the listing and is returned. */
MUN_MUST_USE enum mun_status mun_store_list(struct mun_store *store,
    const char *folder, mun_store_visit *visit, void *ctx,
    struct mun_error *err);

/* ---- writing: the library mun_store_writer ----
 *
 * A process that dies in one of these may leave a temporary (`.<name>.tmp`),
 * never half a file.  The next writer of that name takes it away; recovery,
 * under the writer's lock, takes all away with mun_store_sweep_temporaries().
 */

/* Put bytes under a new name, durable when it returns (written, fsynced,
 * renamed without replacing, folder fsynced; missing folders made).
 * MUN_ERR_EXISTS.  Mode 0444. */
MUN_MUST_USE enum mun_status mun_store_put_new(struct mun_store *store,
    const char *name, const void *bytes, size_t len, struct mun_error *err);
/* Put derived bytes, replacing what is there in one step; durable. */
MUN_MUST_USE enum mun_status mun_store_put_derived(struct mun_store *store,
    const char *name, const void *bytes, size_t len, struct mun_error *err);
/* Replace log/checkpoint if it holds exactly `expected` now (expected_len 0:
 * if it is absent).  MUN_ERR_BUSY when it holds something else.  Durable: the
 * commit has happened when, and only when, this returns MUN_OK.  After a
 * failure the caller has to read to know.  Call under the writer's lock. */
MUN_MUST_USE enum mun_status mun_store_swap_checkpoint(struct mun_store *store,
    const void *expected, size_t expected_len, const void *bytes, size_t len,
    struct mun_error *err);
/* The status of writing to a store that is a vault's; where that is read-only,
 * full or another's, the error says so before it says what was tried. */
MUN_MUST_USE enum mun_status mun_store_or_unwritable(
    enum mun_status status, struct mun_error *err);
/* Remove one file (absent is not an error), fsync its folder. */
MUN_MUST_USE enum mun_status mun_store_remove(
    struct mun_store *store, const char *name, struct mun_error *err);
/* Remove the temporaries of dead writers everywhere but in incoming/. */
MUN_MUST_USE enum mun_status mun_store_sweep_temporaries(
    struct mun_store *store, struct mun_error *err);

/* The writer's lock: flock(2) on the vault's incoming/ folder.  A dead owner
 * holds nothing.  Waits up to wait_s seconds; MUN_ERR_BUSY after. */
struct mun_store_lock {
	int fd; /* -1: not held */
};
#define MUN_STORE_LOCK_INIT \
	{                   \
		.fd = -1    \
	}
MUN_MUST_USE enum mun_status mun_store_lock(struct mun_store *store,
    struct mun_store_lock *lock, unsigned wait_s, struct mun_error *err);
void mun_store_unlock(struct mun_store_lock *lock);

/* A deposit's own folder incoming/<id>, made and flocked for as long as its
 * process lives; the flock tells a live deposit from litter.  Call make and
 * sweep under the writer's lock. */
struct mun_store_incoming {
	int fd; /* of the folder; -1: none.  Files are made below it */
	char id[64]; /* archive id */
};
#define MUN_STORE_INCOMING_INIT \
	{                       \
		.fd = -1        \
	}
/* MUN_ERR_EXISTS: a live deposit holds it.  One left by a dead process is
 * emptied and taken over. */
MUN_MUST_USE enum mun_status mun_store_incoming_make(struct mun_store *store,
    struct mun_store_incoming *incoming, const char *id, struct mun_error *err);
/* Whether incoming/<id> is there and held by a live process. */
MUN_MUST_USE enum mun_status mun_store_incoming_live(
    struct mun_store *store, const char *id, bool *live, struct mun_error *err);
/* Give incoming/<id>/<id>.tar mode 0444, fsync it, rename it to
 * archives/<id>.tar (MUN_ERR_EXISTS), fsync both folders (and incoming/,
 * before: its entry says that the archive is of a deposit).  After another
 * failure archives/<id>.tar may be there: the caller has to look. */
MUN_MUST_USE enum mun_status mun_store_incoming_publish(struct mun_store *store,
    struct mun_store_incoming *incoming, struct mun_error *err);
/* Remove the folder and what is in it, release the lock. */
void mun_store_incoming_end(
    struct mun_store *store, struct mun_store_incoming *incoming);
/* Remove every incoming folder that no live process holds. */
MUN_MUST_USE enum mun_status mun_store_incoming_sweep(
    struct mun_store *store, struct mun_error *err);

#endif
