/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_see.c - what a name is, and what was opened under it.
 *
 * statx(2) tells a mount point from a folder even when both are of one file
 * system (a bind mount, which can make a loop), and does so for an open
 * descriptor: no mount can slip in between looking and opening.
 */
/* statx(2), AT_NO_AUTOMOUNT: looking must not mount anything. */
#define _GNU_SOURCE
#include "walk/walk_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file.h"

bool
mun_walk_identity_equal(struct walk_identity a, struct walk_identity b)
{
	return a.device == b.device && a.inode == b.inode;
}

int
mun_walk_see_errno(int dir_fd, const char *name, struct walk_seen *seen)
{
	struct statx info;

	if (statx(dir_fd, name,
		AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH,
		STATX_BASIC_STATS, &info) == -1)
		return errno;
	*seen = (struct walk_seen){
		.is.device = makedev(info.stx_dev_major, info.stx_dev_minor),
		.is.inode = (ino_t)info.stx_ino,
		.mode = info.stx_mode,
		.size = info.stx_size,
		.links = info.stx_nlink,
		.mtime_s = info.stx_mtime.tv_sec,
		.ctime_s = info.stx_ctime.tv_sec,
		.mtime_ns = info.stx_mtime.tv_nsec,
		.ctime_ns = info.stx_ctime.tv_nsec,
		/* Never set before Linux 5.8: there the device number is the
		 * only sign of a mount. */
		.is_mount =
		    (info.stx_attributes &
			(STATX_ATTR_MOUNT_ROOT | STATX_ATTR_AUTOMOUNT)) != 0,
	};
	return 0;
}

int
mun_walk_open_errno(int dir_fd, const char *name, int flags, bool inside,
    int *fd, struct walk_seen *seen)
{
	int failed;

	*fd = openat(dir_fd, name, flags | O_NOFOLLOW | O_CLOEXEC);
	if (*fd == -1)
		return errno;
	failed = mun_walk_see_errno(*fd, "", seen);
	if (failed == 0 && inside && seen->is_mount)
		failed = EXDEV;
	if (failed != 0)
		mun_file_close(fd);
	return failed;
}
