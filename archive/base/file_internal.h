/* SPDX-License-Identifier: BSD-2-Clause */
/* file_internal.h - what reading and writing files share. */
#ifndef MUN_BASE_FILE_INTERNAL_H
#define MUN_BASE_FILE_INTERNAL_H

#include <stddef.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/* The part of path after its last '/'.  Borrowed. */
const char *mun_file_base_name(const char *path);
/* Open the folder that holds path, following links on the way. */
MUN_MUST_USE enum mun_status mun_file_open_parent(
    int dir_fd, const char *path, int *fd, struct mun_error *err);

#endif
