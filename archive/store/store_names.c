/* SPDX-License-Identifier: BSD-2-Clause */
/* store_names.c - which names the store uses, and which it finds. */
#include "store/store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

static bool
is_name_character(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool
is_component(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_name_character(text[i]))
			return false;
	}
	return len > 0 && !(len == 1 && text[0] == '.') &&
	    !(len == 2 && text[0] == '.' && text[1] == '.');
}

bool
mun_store_is_name(const char *name)
{
	const char *rest = name;

	if (strlen(name) > MUN_STORE_NAME_MAX)
		return false;
	for (;;) {
		size_t len = strcspn(rest, "/");

		if (!is_component(rest, len))
			return false;
		if (rest[len] == '\0')
			return true;
		rest += len + 1;
	}
}

enum mun_status
mun_store_check_name(const char *name, struct mun_error *err)
{
	if (!mun_store_is_name(name))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "'%s' is not a name in a vault", name);
	return MUN_OK;
}

const char *
mun_store_split(const char *name, char *folder)
{
	const char *slash = strrchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;

	MUN_ASSERT(len <= MUN_STORE_NAME_MAX);
	memcpy(folder, name, len);
	folder[len] = '\0';
	return slash ? slash + 1 : name;
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;

	/* strcmp compares as unsigned bytes, in any locale. */
	return strcmp(*left, *right);
}

/* Append every name, each with its NUL. */
static enum mun_status
collect(struct mun_store_names *names, DIR *folder, struct mun_error *err)
{
	for (;;) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(folder);
		if (!entry && errno != 0)
			return mun_error_system(err, errno, "list a folder");
		if (!entry)
			break;
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		mun_buffer_append(
		    &names->bytes, entry->d_name, strlen(entry->d_name) + 1);
		names->count++;
	}
	return mun_buffer_status(&names->bytes, "names in a folder", err);
}

static enum mun_status
sort(struct mun_store_names *names, struct mun_error *err)
{
	const char *next = (const char *)names->bytes.data;
	size_t size;

	if (names->count == 0)
		return MUN_OK;
	if (!mun_size_mul(names->count, sizeof(*names->names), &size) ||
	    !(names->names = malloc(size)))
		return mun_error_set(err, MUN_ERR_NOMEM,
		    "out of memory for the names in a folder");
	for (size_t i = 0; i < names->count; i++) {
		names->names[i] = next;
		next += strlen(next) + 1;
	}
	qsort(names->names, names->count, sizeof(*names->names), compare_names);
	return MUN_OK;
}

enum mun_status
mun_store_names_read(
    struct mun_store_names *names, int folder_fd, struct mun_error *err)
{
	/* A description of its own: the position is not shared. */
	int fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = NULL;
	enum mun_status status;

	*names = (struct mun_store_names){ .bytes = MUN_BUFFER_INIT(
					       MUN_STORE_NAMES_MAX) };
	if (fd < 0)
		return mun_error_system(err, errno, "list a folder");
	folder = fdopendir(fd);
	if (!folder) {
		int saved_errno = errno;

		mun_file_close(&fd);
		return mun_error_system(err, saved_errno, "list a folder");
	}
	MUN_TRY(collect(names, folder, err));
	status = sort(names, err);
out:
	/* Only read from: nothing can be lost. */
	(void)closedir(folder);
	return status;
}

void
mun_store_names_free(struct mun_store_names *names)
{
	free(names->names);
	names->names = NULL;
	names->count = 0;
	mun_buffer_free(&names->bytes);
}
