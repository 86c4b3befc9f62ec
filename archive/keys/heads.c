/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heads.c - the newest of the heads that a keys folder keeps of a log.
 *
 * Heads lie under the key that signed them, and a log changes its key; which
 * one is in use the folder says only to those who open it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "keys/keys_internal.h"

/* The tree size in a checkpoint of that origin: its second line; 0: it is of
 * another, or none. */
static uint64_t
size_in(const struct mun_buffer *head, const char *origin)
{
	size_t len = strlen(origin);
	const char *text = mun_buffer_text(head);
	uint64_t size = 0;

	if (strncmp(text, origin, len) != 0 || text[len] != '\n')
		return 0;
	for (text += len + 1; *text >= '0' && *text <= '9'; text++) {
		if (size > UINT64_MAX / 16)
			return 0;
		size = size * 10 + (uint64_t)(*text - '0');
	}
	return *text == '\n' ? size : 0;
}

/* Its name, too. */
static uint64_t
newest_in(int heads_fd, DIR *heads, const char *origin, char name[NAME_MAX + 1])
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	const struct dirent *entry;
	uint64_t newest = 0;

	while ((entry = readdir(heads)) != NULL) {
		uint64_t size = 0;

		if (entry->d_name[0] == '.')
			continue;
		mun_buffer_reset(&head);
		if (mun_file_read_whole(heads_fd, entry->d_name, &head, NULL) ==
		    MUN_OK)
			size = size_in(&head, origin);
		if (size > newest) {
			newest = size;
			(void)snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		}
	}
	mun_buffer_free(&head);
	return newest;
}

enum mun_status
mun_keys_newest_head(const char *folder, const char *origin, uint64_t *size,
    struct mun_buffer *path, struct mun_error *err)
{
	char name[NAME_MAX + 1];
	enum mun_status status;
	DIR *heads = NULL;
	int dir_fd = -1, fd = -1;

	*size = 0;
	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	fd = openat(
	    dir_fd, "heads", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	heads = fd < 0 ? NULL : fdopendir(fd);
	if (heads != NULL)
		*size = newest_in(fd, heads, origin, name);
	if (*size == 0) {
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "keys folder '%s' keeps no head of that log", folder);
	} else if (path != NULL) {
		mun_buffer_reset(path);
		mun_buffer_append_format(path, "%s/heads/%s", folder, name);
		status = mun_buffer_status(path, "path of a kept head", err);
	}
out:
	if (heads != NULL)
		(void)closedir(heads);
	else
		mun_file_close(&fd);
	mun_file_close(&dir_fd);
	return status;
}
