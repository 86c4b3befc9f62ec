/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults.c - the wrapped calls.
 *
 * Each asks whether it is the one to fail, else does its work and notes what
 * it changed: a write, a mode or a new name dirties an inode, fsync cleans it.
 */
#define _GNU_SOURCE /* renameat2 */
#include "harness/faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	INODES_MAX = 256
};

/* ld gives them these names; 64, because files are large. */
int __real_fstat64(int fd, struct stat *out);
int __real_fstatat64(int dir_fd, const char *path, struct stat *out, int flags);

static struct {
	unsigned countdown; /* calls until the one that fails; 0: none */
	int error;
	bool held;
	bool fired;
	const char *failed;

	bool watching;
	ino_t dirty[INODES_MAX];
	unsigned dirty_count;
	unsigned named_early;
} faults;

void
mun_faults_arm(unsigned nth, int error)
{
	faults.countdown = nth;
	faults.error = error;
	faults.fired = false;
}

bool
mun_faults_disarm(void)
{
	faults.countdown = 0;
	return faults.fired;
}

void
mun_faults_hold(bool held)
{
	faults.held = held;
}

const char *
mun_faults_failed(void)
{
	return faults.failed;
}

static bool
fails(const char *name)
{
	if (faults.held || faults.countdown == 0 || --faults.countdown > 0)
		return false;
	faults.fired = true;
	faults.failed = name;
	errno = faults.error;
	return true;
}

void
mun_faults_watch(void)
{
	faults.watching = true;
	faults.dirty_count = 0;
	faults.named_early = 0;
}

unsigned
mun_faults_unsynced(void)
{
	return faults.dirty_count;
}

unsigned
mun_faults_named_early(void)
{
	return faults.named_early;
}

static unsigned
dirty_at(ino_t inode)
{
	unsigned i = 0;

	while (i < faults.dirty_count && faults.dirty[i] != inode)
		i++;
	return i;
}

static void
note_change(const struct stat *changed)
{
	if (dirty_at(changed->st_ino) < faults.dirty_count)
		return;
	if (faults.dirty_count == INODES_MAX)
		abort();
	faults.dirty[faults.dirty_count++] = changed->st_ino;
}

static void
note_clean(ino_t inode)
{
	unsigned i = dirty_at(inode);

	if (i < faults.dirty_count)
		faults.dirty[i] = faults.dirty[--faults.dirty_count];
}

static void
note_fd(int fd)
{
	struct stat changed;

	if (faults.watching && __real_fstat64(fd, &changed) == 0)
		note_change(&changed);
}

/* The folder that holds path. */
static void
note_folder(int dir_fd, const char *path)
{
	char parent[4096];
	struct stat changed;
	char *slash = NULL;

	(void)snprintf(parent, sizeof(parent), "%s", path);
	for (char *c = parent; *c; c++)
		slash = *c == '/' ? c : slash;
	if (slash)
		*slash = '\0';
	if (faults.watching &&
	    __real_fstatat64(dir_fd, slash ? parent : ".", &changed, 0) == 0)
		note_change(&changed);
}

/* path leads to a file from now on: its bytes had better be there. */
static void
note_name(int dir_fd, const char *path)
{
	struct stat named;

	if (!faults.watching)
		return;
	note_folder(dir_fd, path);
	if (__real_fstatat64(dir_fd, path, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    dirty_at(named.st_ino) < faults.dirty_count)
		faults.named_early++;
}

unsigned
mun_faults_descriptors(void)
{
	unsigned count = 0;
	DIR *folder = opendir("/proc/self/fd");

	if (!folder)
		return 0;
	while (readdir(folder))
		count++;
	(void)closedir(folder);
	return count;
}

#define WRAPPED(result, name, ...)         \
	result __real_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__); \
	result __wrap_##name(__VA_ARGS__)

int __real_openat64(int dir_fd, const char *path, int flags, ...);
int __wrap_openat64(int dir_fd, const char *path, int flags, ...);

int
__wrap_openat64(int dir_fd, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;
	int fd;

	if (fails("openat"))
		return -1;
	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	fd = __real_openat64(dir_fd, path, flags, mode);
	/* The temporary's own name need not last. */
	if (fd >= 0 && (flags & O_CREAT))
		note_fd(fd);
	return fd;
}

/* openat2(2) has no function of its own. */
long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

long
__wrap_syscall(long number, ...)
{
	long argument[4];
	va_list args;

	if (fails("syscall"))
		return -1;
	va_start(args, number);
	for (int i = 0; i < 4; i++)
		argument[i] = va_arg(args, long);
	va_end(args);
	return __real_syscall(
	    number, argument[0], argument[1], argument[2], argument[3]);
}

WRAPPED(int, fstat64, int fd, struct stat *out)
{
	return fails("fstat") ? -1 : __real_fstat64(fd, out);
}

WRAPPED(
    int, fstatat64, int dir_fd, const char *path, struct stat *out, int flags)
{
	return fails("fstatat") ? -1
				: __real_fstatat64(dir_fd, path, out, flags);
}

WRAPPED(int, flock, int fd, int operation)
{
	return fails("flock") ? -1 : __real_flock(fd, operation);
}

WRAPPED(ssize_t, read, int fd, void *out, size_t len)
{
	return fails("read") ? -1 : __real_read(fd, out, len);
}

WRAPPED(ssize_t, write, int fd, const void *bytes, size_t len)
{
	ssize_t result;

	if (fails("write"))
		return -1;
	/* Short on purpose: callers have to go on. */
	result = __real_write(fd, bytes, len > 3 ? 3 : len);
	note_fd(fd);
	return result;
}

WRAPPED(int, fchmod, int fd, mode_t mode)
{
	int result = fails("fchmod") ? -1 : __real_fchmod(fd, mode);

	if (result == 0)
		note_fd(fd);
	return result;
}

WRAPPED(int, fchmodat, int dir_fd, const char *path, mode_t mode, int flags)
{
	return fails("fchmodat") ? -1
				 : __real_fchmodat(dir_fd, path, mode, flags);
}

WRAPPED(int, fsync, int fd)
{
	struct stat synced;
	int result = fails("fsync") ? -1 : __real_fsync(fd);

	if (result == 0 && __real_fstat64(fd, &synced) == 0)
		note_clean(synced.st_ino);
	return result;
}

WRAPPED(int, close, int fd)
{
	bool fail = fails("close");
	int result = __real_close(fd);

	/* As Linux does: closed, whatever it says. */
	if (fail)
		errno = faults.error;
	return fail ? -1 : result;
}

WRAPPED(int, mkdirat, int dir_fd, const char *path, mode_t mode)
{
	int result = fails("mkdirat") ? -1 : __real_mkdirat(dir_fd, path, mode);

	if (result == 0)
		note_folder(dir_fd, path);
	return result;
}

WRAPPED(int, renameat2, int from_fd, const char *from, int to_fd,
    const char *to, unsigned flags)
{
	int result = fails("renameat2")
	    ? -1
	    : __real_renameat2(from_fd, from, to_fd, to, flags);

	if (result == 0) {
		note_name(to_fd, to);
		note_folder(from_fd, from);
	}
	return result;
}

WRAPPED(int, renameat, int from_fd, const char *from, int to_fd, const char *to)
{
	int result =
	    fails("renameat") ? -1 : __real_renameat(from_fd, from, to_fd, to);

	if (result == 0) {
		note_name(to_fd, to);
		note_folder(from_fd, from);
	}
	return result;
}

WRAPPED(int, linkat, int from_fd, const char *from, int to_fd, const char *to,
    int flags)
{
	int result = fails("linkat")
	    ? -1
	    : __real_linkat(from_fd, from, to_fd, to, flags);

	if (result == 0)
		note_name(to_fd, to);
	return result;
}

WRAPPED(int, unlinkat, int dir_fd, const char *path, int flags)
{
	int result =
	    fails("unlinkat") ? -1 : __real_unlinkat(dir_fd, path, flags);

	if (result == 0)
		note_folder(dir_fd, path);
	return result;
}
