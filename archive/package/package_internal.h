/* SPDX-License-Identifier: BSD-2-Clause */
/* package_internal.h - what the files of package share. */
#ifndef MUN_PACKAGE_PACKAGE_INTERNAL_H
#define MUN_PACKAGE_PACKAGE_INTERNAL_H

#include "package/package.h"

/* 1 to MUN_TAR_PATH_MAX of [A-Za-z0-9._/-], relative, no empty, "." or ".."
 * component: the only paths this profile knows. */
bool mun_tar_path_is_valid(const char *path);

/*
 * mun_tar_header_parse - what a header says, if it is the one it should be.
 *
 * bytes     MUN_TAR_BLOCK of them
 * needed    out: length of the whole header.  When it is above len, nothing
 *           else is set: call again with that many bytes (at most
 *           MUN_TAR_HEADER_MAX)
 * member    out: path and size; offset is left alone
 *
 * Returns MUN_ERR_FORMAT unless the bytes are what mun_tar_header() makes of
 * this path and size; the text names neither member nor offset.
 */
MUN_MUST_USE enum mun_status mun_tar_header_parse(
    struct mun_package_member *member, size_t *needed, const uint8_t *bytes,
    size_t len, struct mun_error *err);

/* Whether a member's data and padding lie in a file of that size. */
bool mun_package_member_fits(
    const struct mun_package_member *member, uint64_t file_size);

/* The status of a line being gathered from the member path. */
MUN_MUST_USE enum mun_status mun_tar_line_status(
    const struct mun_buffer *line, const char *path, struct mun_error *err);

#endif
