/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * beneath.c - opens folders below a folder, never outside it, through no link.
 *
 * openat2(2) does it in one step where the kernel has it; elsewhere, and where
 * a filter forbids it, the path is walked component by component.
 */
#define _GNU_SOURCE /* syscall(2) */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include "base/limits.h"
#include "base/macros.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* The descriptor, or -1 with errno; ENOSYS where there is no such call. */
static int
open_in_one_step(int dir_fd, const char *path)
{
#if defined(__linux__) && defined(SYS_openat2)
	struct open_how how = { 0 };

	how.flags = FOLDER_FLAGS;
	how.resolve =
	    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	return (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
#else
	(void)dir_fd;
	(void)path;
	errno = ENOSYS;
	return -1;
#endif
}

/* Copy the component at *rest to name and step over it and its slash. */
static bool
next_component(const char **rest, char name[MUN_NAME_MAX + 1])
{
	size_t len = strcspn(*rest, "/");

	if (len == 0 || len > MUN_NAME_MAX)
		return false;
	memcpy(name, *rest, len);
	name[len] = '\0';
	*rest += len;
	if (**rest == '/')
		(*rest)++;
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int
open_by_component(int dir_fd, const char *path)
{
	int at = fcntl(dir_fd, F_DUPFD_CLOEXEC, 0);

	while (at >= 0 && *path) {
		char name[MUN_NAME_MAX + 1];
		int next = -1;
		int saved_errno = EXDEV;

		if (next_component(&path, name)) {
			next = openat(at, name, FOLDER_FLAGS);
			saved_errno = errno;
		}
		mun_file_close(&at);
		at = next;
		errno = saved_errno;
	}
	return at;
}

static enum mun_status
refusal(int code, const char *path, struct mun_error *err)
{
	/* ELOOP, ENOTDIR: a link or a file where a folder has to be. */
	if (code == ELOOP || code == ENOTDIR || code == EXDEV)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' is not a folder below its root", path);
	return mun_error_system(err, code, "open folder '%s'", path);
}

enum mun_status
mun_file_open_folder_by_component(
    int dir_fd, const char *path, int *fd, struct mun_error *err)
{
	*fd = open_by_component(dir_fd, path);
	return *fd >= 0 ? MUN_OK : refusal(errno, path, err);
}

enum mun_status
mun_file_open_folder(
    int dir_fd, const char *path, int *fd, struct mun_error *err)
{
	*fd = open_in_one_step(dir_fd, *path ? path : ".");
	/* EPERM: filters older than the call; EAGAIN: the tree moved under it;
	 * EINVAL: a flag this kernel does not know. */
	if (*fd < 0 &&
	    (errno == ENOSYS || errno == EPERM || errno == EAGAIN ||
		errno == EINVAL))
		return mun_file_open_folder_by_component(dir_fd, path, fd, err);
	return *fd >= 0 ? MUN_OK : refusal(errno, path, err);
}
