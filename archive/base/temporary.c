/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * temporary.c - names for files that are not whole yet.
 *
 * A temporary is locked by its writer from its making to its renaming.  So a
 * name that is there and not locked was left by a writer that died, and who
 * holds its lock may remove it.  Two rules keep that free of races: a writer
 * that has locked its new file looks whether the name still leads to it, and
 * nobody removes a name without holding the lock of the file it leads to.
 */
#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	NAMES_MAX = 64, /* writers of one name at one time */
	RETRIES_MAX = 100, /* losing a race again and again */
	/* Of the base name: the rest of 255 is for what stands around it. */
	BASE_LEN_MAX = 232
};

bool
mun_file_is_temporary_name(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && name[0] == '.' && strcmp(name + len - 4, ".tmp") == 0;
}

static int
lock(int fd)
{
	int result;

	do {
		result = flock(fd, LOCK_EX | LOCK_NB);
	} while (result != 0 && errno == EINTR);
	return result;
}

static enum mun_status
remove_name(int dir_fd, const char *name, struct mun_error *err)
{
	if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT)
		return mun_error_system(err, errno, "remove '%s'", name);
	return MUN_OK;
}

/* Remove name if no writer holds it; *gone says that it is not there (any
 * more). */
static enum mun_status
reclaim(int dir_fd, const char *name, bool *gone, struct mun_error *err)
{
	struct stat found;
	enum mun_status status = MUN_OK;
	int fd = -1;
	bool same;

	*gone = true;
	if (fstatat(dir_fd, name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno == ENOENT)
			return MUN_OK;
		return mun_error_system(err, errno, "examine '%s'", name);
	}
	/* No writer makes anything but plain files. */
	if (!S_ISREG(found.st_mode))
		return remove_name(dir_fd, name, err);
	fd = openat(
	    dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return MUN_OK;
	if (fd < 0)
		return mun_error_system(err, errno, "open '%s'", name);
	if (lock(fd) != 0) {
		*gone = false;
		if (errno != EWOULDBLOCK)
			status =
			    mun_error_system(err, errno, "lock '%s'", name);
		goto out;
	}
	MUN_TRY(mun_file_leads_to(dir_fd, name, fd, &same, err));
	*gone = same;
	if (same)
		status = remove_name(dir_fd, name, err);
out:
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_file_remove_dead_temporary(
    int dir_fd, const char *name, struct mun_error *err)
{
	bool gone;

	if (!mun_file_is_temporary_name(name))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not the name of a temporary", name);
	return reclaim(dir_fd, name, &gone, err);
}

/* Lock the file just made; *ours says whether it kept its name meanwhile. */
static enum mun_status
claim(struct mun_temporary *temporary, bool *ours, struct mun_error *err)
{
	*ours = false;
	if (lock(temporary->fd) != 0) {
		if (errno == EWOULDBLOCK)
			return MUN_OK; /* somebody takes it for a dead one's */
		return mun_error_system(
		    err, errno, "lock '%s'", temporary->name);
	}
	return mun_file_leads_to(
	    temporary->dir_fd, temporary->name, temporary->fd, ours, err);
}

/* Make and lock temporary->name; fd stays -1 if a live writer has it. */
static enum mun_status
try_name(struct mun_temporary *temporary, struct mun_error *err)
{
	for (unsigned i = 0; i < RETRIES_MAX; i++) {
		bool flag;
		enum mun_status status;

		temporary->fd = openat(temporary->dir_fd, temporary->name,
		    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (temporary->fd < 0 && errno == EEXIST) {
			status = reclaim(
			    temporary->dir_fd, temporary->name, &flag, err);
			if (status != MUN_OK || !flag)
				return status;
			continue;
		}
		if (temporary->fd < 0)
			return mun_error_system(
			    err, errno, "make '%s'", temporary->name);
		status = claim(temporary, &flag, err);
		if (status != MUN_OK)
			mun_temporary_discard(temporary);
		if (status != MUN_OK || flag)
			return status;
		mun_file_close(&temporary->fd);
	}
	return mun_error_set(err, MUN_ERR_BUSY, "'%s' is taken again and again",
	    temporary->name);
}

enum mun_status
mun_temporary_make(struct mun_temporary *temporary, int dir_fd,
    const char *base_name, struct mun_error *err)
{
	temporary->dir_fd = dir_fd;
	temporary->fd = -1;
	for (unsigned i = 0; i < NAMES_MAX && temporary->fd < 0; i++) {
		char number[12] = "";
		enum mun_status status;

		if (i > 0)
			(void)snprintf(number, sizeof(number), ".%u", i);
		(void)snprintf(temporary->name, sizeof(temporary->name),
		    ".%.*s%s.tmp", BASE_LEN_MAX, base_name, number);
		status = try_name(temporary, err);
		if (status != MUN_OK)
			return status;
	}
	if (temporary->fd < 0)
		return mun_error_set(
		    err, MUN_ERR_BUSY, "too many others write '%s'", base_name);
	return MUN_OK;
}

void
mun_temporary_discard(struct mun_temporary *temporary)
{
	/* On the way out of another failure, which is the one to report.
	 * Unlinked before it is closed: closing unlocks it. */
	if (temporary->fd >= 0)
		(void)unlinkat(temporary->dir_fd, temporary->name, 0);
	mun_file_close(&temporary->fd);
}
