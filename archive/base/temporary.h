/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * temporary.h - a file on its way to its name; for file_write.c only.
 */
#ifndef MUN_BASE_TEMPORARY_H
#define MUN_BASE_TEMPORARY_H

#include "muniment/error.h"

struct mun_temporary {
	int dir_fd; /* borrowed */
	int fd; /* -1: none; open for writing and locked */
	char name[256]; /* in dir_fd */
};

/* Make an empty one for base_name, mode 0600, removing dead ones in the way.
 * MUN_ERR_BUSY when too many live writers have the same name. */
MUN_MUST_USE enum mun_status mun_temporary_make(struct mun_temporary *temporary,
    int dir_fd, const char *base_name, struct mun_error *err);
/* Remove and close it, if there is one. */
void mun_temporary_discard(struct mun_temporary *temporary);

#endif
