/* SPDX-License-Identifier: BSD-2-Clause */
/* store_internal.h - what the files of the directory store share. */
#ifndef MUN_STORE_STORE_INTERNAL_H
#define MUN_STORE_STORE_INTERNAL_H

#include <stddef.h>

#include "store/store.h"

enum {
	MUN_STORE_NAME_MAX = 1023, /* bytes of a name; ours have under 100 */
	MUN_STORE_DEPTH_MAX = 32, /* folders in folders; ours go 6 deep */
	MUN_STORE_FOLDER_MODE = 0700, /* documents of a leak: nobody else's */
	MUN_STORE_FILE_MODE = 0444
};

/* Bytes of names in one folder: some ten million archives. */
#define MUN_STORE_NAMES_MAX ((size_t)256 << 20)

struct mun_store {
	int fd; /* of the folder */
	char *path; /* as it was given */
};

/* Whether name is one: see the head of store.h. */
bool mun_store_is_name(const char *name);
/* MUN_ERR_USAGE unless it is. */
MUN_MUST_USE enum mun_status mun_store_check_name(
    const char *name, struct mun_error *err);
/* Split a checked name: its folder ("" for the store itself) into
 * folder[MUN_STORE_NAME_MAX + 1], its base name borrowed. */
const char *mun_store_split(const char *name, char *folder);
/* Open the folder that holds a checked name, through no link. */
MUN_MUST_USE enum mun_status mun_store_open_parent(
    const struct mun_store *store, const char *name, int *fd,
    const char **base_name, struct mun_error *err);

/* The names in one folder, sorted bytewise, without "." and "..". */
struct mun_store_names {
	struct mun_buffer bytes; /* the names, a NUL after each */
	const char **names; /* into bytes */
	size_t count;
};
/* Read them from an open folder (its position is not touched).  Free in any
 * case. */
MUN_MUST_USE enum mun_status mun_store_names_read(
    struct mun_store_names *names, int folder_fd, struct mun_error *err);
void mun_store_names_free(struct mun_store_names *names);

#endif
