/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines.c - the lines of one member, read at their place in the file: several
 * members of one open file can be read side by side.
 */
#include "package/package_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	CHUNK_LEN = 65536
};

struct mun_package_lines {
	int fd; /* borrowed */
	struct mun_package_member member;
	uint64_t next; /* offset in the file of what to read next */
	uint64_t unread; /* bytes of the member from there */
	size_t start, end; /* what is left of the chunk */
	struct mun_buffer line;
	uint8_t chunk[CHUNK_LEN];
};

enum mun_status
mun_package_lines_open(struct mun_package_lines **out, int fd,
    const struct mun_package_member *member, struct mun_error *err)
{
	struct mun_package_lines *lines = calloc(1, sizeof(*lines));

	*out = NULL;
	if (lines == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory to read '%s'", member->path);
	lines->fd = fd;
	lines->member = *member;
	lines->next = member->offset;
	lines->unread = member->size;
	lines->line = (struct mun_buffer)MUN_BUFFER_INIT(MUN_LINE_MAX);
	*out = lines;
	return MUN_OK;
}

void
mun_package_lines_free(struct mun_package_lines *lines)
{
	if (lines == NULL)
		return;
	mun_buffer_free(&lines->line);
	free(lines);
}

enum mun_status
mun_tar_line_status(
    const struct mun_buffer *line, const char *path, struct mun_error *err)
{
	if (line->status == MUN_ERR_LIMIT)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "a line of '%s' is longer than %d bytes", path,
		    MUN_LINE_MAX);
	return mun_buffer_status(line, path, err);
}

static enum mun_status
fill(struct mun_package_lines *lines, struct mun_error *err)
{
	enum mun_status status;
	size_t want = CHUNK_LEN;
	size_t got;

	if (want > lines->unread)
		want = (size_t)lines->unread;
	MUN_TRY(mun_file_read_at(
	    lines->fd, lines->chunk, want, lines->next, &got, err));
	if (got < want)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "the file ends inside '%s', at byte %" PRIu64,
		    lines->member.path, lines->next + got);
	lines->start = 0;
	lines->end = got;
	lines->next += got;
	lines->unread -= got;
out:
	return status;
}

/* Append what is at hand of the line; its LF is stepped over, not appended. */
static bool
take_part(struct mun_package_lines *lines)
{
	const uint8_t *bytes = lines->chunk + lines->start;
	size_t len = lines->end - lines->start;
	const uint8_t *end = memchr(bytes, '\n', len);

	if (end != NULL)
		len = (size_t)(end - bytes);
	mun_buffer_append(&lines->line, bytes, len);
	lines->start += len + (end != NULL);
	return end != NULL;
}

enum mun_status
mun_package_lines_next(struct mun_package_lines *lines, const char **line,
    size_t *len, struct mun_error *err)
{
	enum mun_status status;
	bool is_whole = false;

	mun_buffer_reset(&lines->line);
	if (lines->start == lines->end && lines->unread == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND, "no more lines");
	while (!is_whole) {
		if (lines->start == lines->end && lines->unread == 0)
			return mun_error_set(err, MUN_ERR_FORMAT,
			    "the last line of '%s' does not end with a line "
			    "feed",
			    lines->member.path);
		if (lines->start == lines->end)
			MUN_TRY(fill(lines, err));
		is_whole = take_part(lines);
		MUN_TRY(
		    mun_tar_line_status(&lines->line, lines->member.path, err));
	}
	*line = mun_buffer_text(&lines->line);
	*len = lines->line.len;
out:
	return status;
}
