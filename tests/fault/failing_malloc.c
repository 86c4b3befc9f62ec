/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failing_malloc.c - loaded before glibc: the FAIL_AT-th allocation of the
 * process fails; with FAIL_ON so do all after it.  How many there were goes to
 * descriptor FAIL_FD at its end.
 *
 * The environment is read before the program empties it.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* glibc's own, by the names it keeps for this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static atomic_ulong calls;
static unsigned long first;
static bool goes_on;
static int tell_fd = -1;

__attribute__((constructor)) static void
start(void)
{
	const char *at = getenv("FAIL_AT");
	const char *fd = getenv("FAIL_FD");

	first = at == NULL ? 0 : strtoul(at, NULL, 10);
	goes_on = getenv("FAIL_ON") != NULL;
	tell_fd = fd == NULL ? -1 : atoi(fd);
	atomic_store(&calls, 0);
}

__attribute__((destructor)) static void
end(void)
{
	if (tell_fd >= 0)
		(void)dprintf(tell_fd, "%lu\n", atomic_load(&calls));
}

static bool
fails(void)
{
	unsigned long now = atomic_fetch_add(&calls, 1) + 1;

	if (first == 0 || now < first || (now > first && !goes_on))
		return false;
	errno = ENOMEM;
	return true;
}

__attribute__((visibility("default"))) void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
