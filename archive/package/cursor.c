/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cursor.c - from header to header without reading the data between.  Judges
 * the headers as strictly as the reader, and nothing else.
 *
 * Spec: docs/format/tar.md.
 */
#include "package/package_internal.h"

#include <inttypes.h>

#include "base/file.h"
#include "base/macros.h"

bool
mun_package_member_fits(
    const struct mun_package_member *member, uint64_t file_size)
{
	uint64_t room;

	if (member->offset > file_size)
		return false;
	room = file_size - member->offset;
	return member->size <= room &&
	    mun_tar_padding(member->size) <= room - member->size;
}

static bool
is_end(const uint8_t block[MUN_TAR_BLOCK])
{
	for (size_t i = 0; i < MUN_TAR_BLOCK; i++) {
		if (block[i] != 0)
			return false;
	}
	return true;
}

static enum mun_status
read_header(const struct mun_package_cursor *cursor,
    struct mun_package_member *member, struct mun_error *err)
{
	uint8_t header[MUN_TAR_HEADER_MAX];
	enum mun_status status;
	size_t needed = MUN_TAR_BLOCK;
	size_t got;

	MUN_TRY(mun_file_read_at(
	    cursor->fd, header, needed, cursor->next, &got, err));
	if (got == needed && is_end(header))
		return mun_error_set(err, MUN_ERR_NOT_FOUND, "no more members");
	if (got == needed)
		MUN_TRY(
		    mun_tar_header_parse(member, &needed, header, got, err));
	if (got == MUN_TAR_BLOCK && needed > got) {
		MUN_TRY(mun_file_read_at(
		    cursor->fd, header, needed, cursor->next, &got, err));
		if (got == needed)
			MUN_TRY(mun_tar_header_parse(
			    member, &needed, header, got, err));
	}
	if (got < needed)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the file ends where a header or the end is due");
	member->offset = cursor->next + needed;
out:
	return status;
}

enum mun_status
mun_package_cursor_next(struct mun_package_cursor *cursor,
    struct mun_package_member *member, struct mun_error *err)
{
	enum mun_status status = read_header(cursor, member, err);

	if (status == MUN_OK &&
	    !mun_package_member_fits(member, cursor->file_size))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "member '%s' does not fit into the file", member->path);
	if (status == MUN_OK)
		cursor->next = member->offset + member->size +
		    mun_tar_padding(member->size);
	else if (status != MUN_ERR_NOT_FOUND)
		mun_error_wrap(err, "header at byte %" PRIu64, cursor->next);
	return status;
}
