/* SPDX-License-Identifier: BSD-2-Clause */
/* harness.c - expectations and scratch folders for unit tests. */
#include "harness/harness.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only here: the environment is a test's business, not the library's. */
extern char **environ;

static const char *
status_name(enum mun_status status)
{
	switch (status) {
	case MUN_OK:
		return "MUN_OK";
	case MUN_ERR_USAGE:
		return "MUN_ERR_USAGE";
	case MUN_ERR_SYSTEM:
		return "MUN_ERR_SYSTEM";
	case MUN_ERR_NOMEM:
		return "MUN_ERR_NOMEM";
	case MUN_ERR_NOT_FOUND:
		return "MUN_ERR_NOT_FOUND";
	case MUN_ERR_EXISTS:
		return "MUN_ERR_EXISTS";
	case MUN_ERR_BUSY:
		return "MUN_ERR_BUSY";
	case MUN_ERR_FORMAT:
		return "MUN_ERR_FORMAT";
	case MUN_ERR_LIMIT:
		return "MUN_ERR_LIMIT";
	case MUN_ERR_UNSUPPORTED:
		return "MUN_ERR_UNSUPPORTED";
	case MUN_ERR_CRYPTO:
		return "MUN_ERR_CRYPTO";
	case MUN_ERR_CANCELED:
		return "MUN_ERR_CANCELED";
	case MUN_ERR_INTERNAL:
		return "MUN_ERR_INTERNAL";
	}
	return "an unknown status";
}

void
mun_harness_expect(enum mun_status got, enum mun_status expected,
    const struct mun_error *err, const char *call, const char *file, int line)
{
	if (got == expected)
		return;
	print_error("%s:%d: %s\n  gave %s, expected %s\n", file, line, call,
	    status_name(got), status_name(expected));
	if (err != NULL && got != MUN_OK)
		print_error("  %s\n  set at %s:%d, foreign code %d\n",
		    err->text, err->file != NULL ? err->file : "?", err->line,
		    err->code);
	_fail(file, line);
}

void
mun_harness_expect_text(
    const struct mun_error *err, const char *words, const char *file, int line)
{
	if (strstr(err->text, words) != NULL)
		return;
	print_error("%s:%d: the error text\n  '%s'\n  does not contain '%s'\n",
	    file, line, err->text, words);
	_fail(file, line);
}

int
mun_scratch_setup(void **state)
{
	const char *parent = getenv("TMPDIR");
	struct mun_scratch *scratch = calloc(1, sizeof(*scratch));
	char path[4096];

	if (scratch == NULL)
		return -1;
	if (parent == NULL || parent[0] != '/')
		parent = "/tmp";
	snprintf(path, sizeof(path), "%s/muniment-test-XXXXXX", parent);
	if (mkdtemp(path) == NULL)
		goto fail;
	scratch->path = strdup(path);
	scratch->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (scratch->path == NULL || scratch->fd < 0)
		goto fail;
	*state = scratch;
	return 0;
fail:
	perror("scratch folder");
	free(scratch->path);
	free(scratch);
	return -1;
}

/* rm(1) copes with depths and modes that nftw(3) does not. */
static int
remove_tree(char *path)
{
	char rm[] = "rm", flags[] = "-rf", end[] = "--";
	char *argv[] = { rm, flags, end, path, NULL };
	int wait_status;
	pid_t child;

	if (posix_spawnp(&child, "rm", NULL, NULL, argv, environ) != 0)
		return -1;
	if (waitpid(child, &wait_status, 0) != child)
		return -1;
	return wait_status == 0 ? 0 : -1;
}

int
mun_scratch_teardown(void **state)
{
	struct mun_scratch *scratch = *state;
	int result;

	close(scratch->fd);
	result = remove_tree(scratch->path);
	free(scratch->path);
	free(scratch);
	*state = NULL;
	return result;
}

void
mun_scratch_write(const struct mun_scratch *scratch, const char *path,
    const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	int fd = openat(
	    scratch->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		fail_msg("cannot create '%s'", path);
	while (len > 0) {
		ssize_t done = write(fd, from, len);

		if (done <= 0)
			fail_msg("cannot write '%s'", path);
		from += done;
		len -= (size_t)done;
	}
	close(fd);
}

void *
mun_harness_read(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	unsigned char *bytes;
	struct stat info;

	if (file == NULL || fstat(fileno(file), &info) != 0) {
		fail_msg("cannot open '%s'", path);
		return NULL;
	}
	*len = (size_t)info.st_size;
	bytes = malloc(*len + 1);
	if (bytes == NULL || fread(bytes, 1, *len, file) != *len)
		fail_msg("cannot read '%s'", path);
	else
		bytes[*len] = 0;
	fclose(file);
	return bytes;
}

bool
mun_harness_has_holes(int fd, off_t least)
{
	struct stat info;
	off_t stored;

	assert_int_equal(fsync(fd), 0);
	assert_int_equal(fstat(fd, &info), 0);
	stored = info.st_blocks * 512;
	/* Nothing of a file that was only made longer: what can be hoped for. */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(ftruncate(fd, info.st_size), 0);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(fstat(fd, &info), 0);
	return info.st_blocks * 512 > least || stored <= least;
}
