/* SPDX-License-Identifier: BSD-2-Clause */
/* store_lock.c - locks that end with the process that holds them. */
#include "store/store_lock.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

#include "base/file.h"
#include "base/macros.h"
#include "store/store_internal.h"

enum {
	POLL_MS = 20,
	MS_PER_S = 1000,
	NS_PER_MS = 1000000
};

static uint64_t
monotonic_ms(void)
{
	struct timespec now;

	/* Cannot fail for this clock. */
	MUN_ASSERT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (uint64_t)now.tv_sec * MS_PER_S +
	    (uint64_t)now.tv_nsec / NS_PER_MS;
}

static void
pause_briefly(void)
{
	struct timespec pause = { .tv_nsec = POLL_MS * NS_PER_MS };

	/* Woken early by a signal: then the lock is tried early. */
	(void)nanosleep(&pause, NULL);
}

enum mun_status
mun_store_flock(int fd, int operation, uint64_t wait_ms, const char *what,
    struct mun_error *err)
{
	uint64_t end = monotonic_ms() + wait_ms;

	for (;;) {
		if (flock(fd, operation | LOCK_NB) == 0)
			return MUN_OK;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return mun_error_system(err, errno, "lock '%s'", what);
		if (errno == EWOULDBLOCK && monotonic_ms() >= end)
			return mun_error_set(err, MUN_ERR_BUSY,
			    "'%s' is in use by another process", what);
		pause_briefly();
	}
}

enum mun_status
mun_store_lock(struct mun_store *store, struct mun_store_lock *lock,
    unsigned wait_s, struct mun_error *err)
{
	int fd = -1;
	enum mun_status status;

	MUN_ASSERT(lock->fd < 0);
	/* A copy of a vault may have lost its empty folders. */
	status = mun_file_make_folders_beneath(
	    store->fd, "incoming", MUN_STORE_FOLDER_MODE, &fd, err);
	if (status != MUN_OK)
		return mun_store_or_unwritable(status, err);
	MUN_TRY(mun_store_flock(
	    fd, LOCK_EX, (uint64_t)wait_s * MS_PER_S, store->path, err));
	lock->fd = fd;
	fd = -1;
out:
	mun_file_close(&fd);
	return status;
}

void
mun_store_unlock(struct mun_store_lock *lock)
{
	/* Closing the only description of it unlocks. */
	mun_file_close(&lock->fd);
}
