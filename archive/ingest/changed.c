/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * changed.c - folders that changed between the list and the end of the copying.
 *
 * What was added to one is not in the archive; the archive says that much.
 */
#define _DEFAULT_SOURCE /* reallocarray */
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ingest/ingest_internal.h"

static enum mun_status
keep(void *ctx, const uint8_t *path, size_t len, struct mun_error *err)
{
	struct mun_changed *changed = ctx;
	char *copy;

	if (changed->count == changed->capacity) {
		size_t capacity = changed->capacity * 2 + 16;
		char **paths =
		    reallocarray(changed->paths, capacity, sizeof(*paths));

		if (paths == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
		changed->paths = paths;
		changed->capacity = capacity;
	}
	copy = strndup((const char *)path, len);
	if (copy == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	changed->paths[changed->count++] = copy;
	return MUN_OK;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum mun_status
mun_changed_find(
    struct mun_changed *changed, struct mun_walk *walk, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_walk_changed_folders(walk, keep, changed, err));
	if (changed->count > 1)
		qsort(changed->paths, changed->count, sizeof(*changed->paths),
		    compare);
out:
	return status;
}

void
mun_changed_free(struct mun_changed *changed)
{
	for (size_t i = 0; i < changed->count; i++)
		free(changed->paths[i]);
	free(changed->paths);
	*changed = (struct mun_changed){ .count = 0 };
}

const char *
mun_changed_before(struct mun_changed *changed, const uint8_t *path, size_t len)
{
	const char *next;
	size_t next_len;
	int order;

	if (changed->next == changed->count)
		return NULL;
	next = changed->paths[changed->next];
	if (path != NULL) {
		next_len = strlen(next);
		order = memcmp(next, path, next_len < len ? next_len : len);
		if (order > 0 || (order == 0 && next_len >= len))
			return NULL;
	}
	changed->next++;
	return next;
}
