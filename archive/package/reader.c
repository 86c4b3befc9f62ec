/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reader.c - one pass over an archive file: every header regenerated and
 * compared, every byte fed to the pump exactly once and in order.
 *
 * A buffer of one block is read at a time, so that thousands of small members
 * cost few system calls.  Its bytes go through three borders:
 *
 *   0 .. hashed   given to the pump
 *   .. start      consumed, not yet given: kept together to give few pieces
 *   .. end        read ahead
 *
 * Data of large members is read straight into the pump's blocks.
 *
 * Spec: docs/format/tar.md, "Reading".
 */
#include "package/package_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	BUFFER_LEN = MUN_BLOCK_LEN,
	/* A piece above this goes to the pump's helpers as a block of its own;
	 * below, a copy and hashing here cost less. */
	SMALL_PIECE = 65536
};

enum reader_state {
	READER_AT_HEADER,
	READER_IN_MEMBER,
	READER_AT_END, /* the proper end was seen */
	READER_BROKEN, /* a header, a padding or the end was not right */
	READER_LOST, /* a read failed: who knows what it passed */
	READER_FINISHED
};

struct mun_package_reader {
	int fd; /* borrowed */
	uint64_t file_size;
	struct mun_pump *pump; /* borrowed */
	enum reader_state state;

	uint8_t *buffer; /* BUFFER_LEN */
	size_t hashed, start, end;
	uint64_t position; /* in the file, of buffer[start] */
	unsigned feeds; /* what hashed .. start is to feed */

	struct mun_package_member member;
	uint64_t remaining; /* of its data */
	bool is_in_blocks; /* helpers may be hashing this member */
	bool has_ended_item;
	struct mun_digests digests; /* once the item has ended */

	struct mun_buffer line; /* one that spans two fillings */
};

enum mun_status
mun_package_reader_new(struct mun_package_reader **out, int fd,
    uint64_t file_size, struct mun_pump *pump, struct mun_error *err)
{
	struct mun_package_reader *reader = calloc(1, sizeof(*reader));

	*out = NULL;
	if (reader != NULL)
		reader->buffer = malloc(BUFFER_LEN);
	if (reader == NULL || reader->buffer == NULL) {
		free(reader);
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory to read an archive");
	}
	reader->fd = fd;
	reader->file_size = file_size;
	reader->pump = pump;
	reader->line = (struct mun_buffer)MUN_BUFFER_INIT(MUN_LINE_MAX);
	*out = reader;
	return MUN_OK;
}

void
mun_package_reader_free(struct mun_package_reader *reader)
{
	if (reader == NULL)
		return;
	free(reader->buffer);
	mun_buffer_free(&reader->line);
	free(reader);
}

/* ---- the buffer ---- */

static size_t
available(const struct mun_package_reader *reader)
{
	return reader->end - reader->start;
}

/* Give the pump what was consumed. */
static void
flush(struct mun_package_reader *reader)
{
	const uint8_t *bytes = reader->buffer + reader->hashed;
	size_t len = reader->start - reader->hashed;
	bool is_item = (reader->feeds & MUN_PUMP_ITEM) != 0;

	reader->hashed = reader->start;
	if (len == 0)
		return;
	/* A small piece behind blocks would make the pump wait for them. */
	if (len <= SMALL_PIECE && !(is_item && reader->is_in_blocks)) {
		mun_pump_put(reader->pump, bytes, len, reader->feeds);
		return;
	}
	memcpy(mun_pump_block(reader->pump), bytes, len);
	mun_pump_submit(reader->pump, len, reader->feeds);
	reader->is_in_blocks = reader->is_in_blocks || is_item;
}

/* Step over len available bytes. */
static void
consume(struct mun_package_reader *reader, size_t len, unsigned feeds)
{
	MUN_ASSERT(len <= available(reader));
	if (reader->feeds != feeds)
		flush(reader);
	reader->feeds = feeds;
	reader->start += len;
	reader->position += len;
}

/* ---- refusals ---- */

static enum mun_status
broken(struct mun_package_reader *reader, enum mun_status status)
{
	reader->state = READER_BROKEN;
	return status;
}

/* After a read of the file; a failed one leaves its position unknown. */
static enum mun_status
after_read(struct mun_package_reader *reader, enum mun_status status,
    struct mun_error *err)
{
	if (status == MUN_OK)
		return MUN_OK;
	mun_error_wrap(
	    err, "reading the archive at byte %" PRIu64, reader->position);
	reader->state = READER_LOST;
	return status;
}

static enum mun_status
wrong_state(struct mun_error *err, const char *what)
{
	return mun_error_set(
	    err, MUN_ERR_USAGE, "a package reader cannot %s now", what);
}

static enum mun_status
truncated(struct mun_package_reader *reader, struct mun_error *err)
{
	return broken(reader,
	    mun_error_set(err, MUN_ERR_FORMAT,
		"member '%s' at byte %" PRIu64 ": the file ends inside it, at "
		"byte %" PRIu64,
		reader->member.path, reader->member.offset,
		reader->position + available(reader)));
}

/* ---- data ---- */

/* Make at least want bytes available; fewer are only at the file's end. */
static enum mun_status
fill(struct mun_package_reader *reader, size_t want, struct mun_error *err)
{
	enum mun_status status;
	size_t left = available(reader);
	size_t got;

	MUN_ASSERT(want <= BUFFER_LEN);
	if (left >= want)
		return MUN_OK;
	flush(reader);
	memmove(reader->buffer, reader->buffer + reader->start, left);
	reader->hashed = 0;
	reader->start = 0;
	reader->end = left;
	status = mun_file_read_full(
	    reader->fd, reader->buffer + left, BUFFER_LEN - left, &got, err);
	MUN_TRY(after_read(reader, status, err));
	reader->end += got;
out:
	return status;
}

/* Borrow up to max next bytes of the member's data and step over them; there
 * is at least one. */
static enum mun_status
take_data(struct mun_package_reader *reader, size_t max, const uint8_t **bytes,
    size_t *len, struct mun_error *err)
{
	enum mun_status status;

	MUN_ASSERT(reader->remaining > 0 && max > 0);
	MUN_TRY(fill(reader, 1, err));
	*len = available(reader);
	if (*len == 0)
		return truncated(reader, err);
	if (*len > max)
		*len = max;
	if (*len > reader->remaining)
		*len = (size_t)reader->remaining;
	*bytes = reader->buffer + reader->start;
	consume(reader, *len, MUN_PUMP_STREAM | MUN_PUMP_ITEM);
	reader->remaining -= *len;
out:
	return status;
}

/* One block of data past the empty buffer. */
static enum mun_status
pass_block(struct mun_package_reader *reader, uint64_t len_max, unsigned feeds,
    size_t *got, struct mun_error *err)
{
	enum mun_status status;
	size_t len = MUN_BLOCK_LEN;

	MUN_ASSERT(available(reader) == 0);
	flush(reader);
	if (len > len_max)
		len = (size_t)len_max;
	status = mun_file_read_full(
	    reader->fd, mun_pump_block(reader->pump), len, got, err);
	MUN_TRY(after_read(reader, status, err));
	if (*got > 0)
		mun_pump_submit(reader->pump, *got, feeds);
	if ((feeds & MUN_PUMP_ITEM) != 0)
		reader->is_in_blocks = true;
	reader->position += *got;
out:
	return status;
}

/* Read and hash the rest of the member. */
static enum mun_status
pass_data(struct mun_package_reader *reader, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	const uint8_t *bytes;
	size_t len;

	while (reader->remaining > 0) {
		if (available(reader) > 0 || reader->remaining <= SMALL_PIECE) {
			MUN_TRY(take_data(reader, SIZE_MAX, &bytes, &len, err));
			continue;
		}
		MUN_TRY(pass_block(reader, reader->remaining,
		    MUN_PUMP_STREAM | MUN_PUMP_ITEM, &len, err));
		if (len == 0)
			return truncated(reader, err);
		reader->remaining -= len;
	}
out:
	return status;
}

static enum mun_status
end_item(struct mun_package_reader *reader, struct mun_error *err)
{
	enum mun_status status;

	if (reader->has_ended_item)
		return MUN_OK;
	MUN_TRY(pass_data(reader, err));
	flush(reader);
	MUN_TRY(mun_pump_end_item(reader->pump, &reader->digests, err));
	reader->has_ended_item = true;
	reader->is_in_blocks = false;
out:
	return status;
}

/* ---- between members ---- */

/* Offset of the first byte that is not zero, or len. */
static size_t
zeros(const uint8_t *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && bytes[i] == 0)
		i++;
	return i;
}

static enum mun_status
leave_member(struct mun_package_reader *reader, struct mun_error *err)
{
	enum mun_status status;
	size_t padding = mun_tar_padding(reader->member.size);
	size_t same;

	MUN_TRY(end_item(reader, err));
	MUN_TRY(fill(reader, padding, err));
	if (available(reader) < padding)
		return truncated(reader, err);
	same = zeros(reader->buffer + reader->start, padding);
	if (same < padding)
		return broken(reader,
		    mun_error_set(err, MUN_ERR_FORMAT,
			"member '%s' at byte %" PRIu64 ": the padding after "
			"it is not zero at byte %" PRIu64,
			reader->member.path, reader->member.offset,
			reader->position + same));
	consume(reader, padding, MUN_PUMP_STREAM);
	reader->state = READER_AT_HEADER;
out:
	return status;
}

/* A zero block where a header is due: two of them, and the file is over. */
static enum mun_status
read_end(struct mun_package_reader *reader, struct mun_error *err)
{
	enum mun_status status;
	size_t got;
	size_t same;

	MUN_TRY(fill(reader, MUN_TAR_END_LEN + 1, err));
	got = available(reader);
	if (got < MUN_TAR_END_LEN)
		return broken(reader,
		    mun_error_set(err, MUN_ERR_FORMAT,
			"the end at byte %" PRIu64 " has %zu bytes of %d",
			reader->position, got, MUN_TAR_END_LEN));
	same = zeros(reader->buffer + reader->start, MUN_TAR_END_LEN);
	if (same < MUN_TAR_END_LEN)
		return broken(reader,
		    mun_error_set(err, MUN_ERR_FORMAT,
			"the end at byte %" PRIu64 " is not zero at byte "
			"%" PRIu64,
			reader->position, reader->position + same));
	if (got > MUN_TAR_END_LEN)
		return broken(reader,
		    mun_error_set(err, MUN_ERR_FORMAT,
			"there are bytes after the end, from byte %" PRIu64
			" on",
			reader->position + MUN_TAR_END_LEN));
	consume(reader, MUN_TAR_END_LEN, MUN_PUMP_STREAM);
	reader->state = READER_AT_END;
	return mun_error_set(err, MUN_ERR_NOT_FOUND, "no more members");
out:
	return status;
}

static enum mun_status
bad_header(struct mun_package_reader *reader, struct mun_error *err)
{
	mun_error_wrap(err, "header at byte %" PRIu64, reader->position);
	return broken(reader, MUN_ERR_FORMAT);
}

static enum mun_status
read_header(struct mun_package_reader *reader, struct mun_error *err)
{
	enum mun_status status;
	size_t needed = MUN_TAR_BLOCK;
	size_t len;

	MUN_TRY(fill(reader, MUN_TAR_HEADER_MAX, err));
	len = available(reader);
	if (len >= MUN_TAR_BLOCK &&
	    zeros(reader->buffer + reader->start, MUN_TAR_BLOCK) ==
		MUN_TAR_BLOCK)
		return read_end(reader, err);
	if (len >= MUN_TAR_BLOCK &&
	    mun_tar_header_parse(&reader->member, &needed,
		reader->buffer + reader->start, len, err) != MUN_OK)
		return bad_header(reader, err);
	if (len < needed) {
		(void)!mun_error_set(err, MUN_ERR_FORMAT,
		    "the file ends where a header or the end is due");
		return bad_header(reader, err);
	}
	consume(reader, needed, MUN_PUMP_STREAM);
	reader->member.offset = reader->position;
out:
	return status;
}

enum mun_status
mun_package_reader_next(struct mun_package_reader *reader,
    struct mun_package_member *member, struct mun_error *err)
{
	enum mun_status status;

	if (reader->state == READER_IN_MEMBER)
		MUN_TRY(leave_member(reader, err));
	if (reader->state != READER_AT_HEADER)
		return wrong_state(err, "go on to a next member");
	MUN_TRY(read_header(reader, err));
	/* Before a byte of it is read: a size is only a claim. */
	if (!mun_package_member_fits(&reader->member, reader->file_size))
		return broken(reader,
		    mun_error_set(err, MUN_ERR_FORMAT,
			"member '%s' at byte %" PRIu64 ": its %" PRIu64
			" bytes do not fit into a file of %" PRIu64,
			reader->member.path, reader->member.offset,
			reader->member.size, reader->file_size));
	reader->remaining = reader->member.size;
	reader->is_in_blocks = false;
	reader->has_ended_item = false;
	reader->state = READER_IN_MEMBER;
	*member = reader->member;
out:
	return status;
}

/* ---- what callers see of the data ---- */

enum mun_status
mun_package_reader_read(struct mun_package_reader *reader, void *out,
    size_t len, size_t *got, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	*got = 0;
	if (reader->state != READER_IN_MEMBER)
		return wrong_state(err, "read");
	while (*got < len && reader->remaining > 0) {
		const uint8_t *bytes;
		size_t piece;

		MUN_TRY(take_data(reader, len - *got, &bytes, &piece, err));
		memcpy((uint8_t *)out + *got, bytes, piece);
		*got += piece;
	}
out:
	return status;
}

/* Step over the LF, too, if there is one among the len bytes at hand. */
static size_t
line_length(const uint8_t *bytes, size_t len, bool *is_whole)
{
	const uint8_t *end = memchr(bytes, '\n', len);

	*is_whole = end != NULL;
	return end == NULL ? len : (size_t)(end - bytes) + 1;
}

/* Gather a line that spans two or more fillings. */
static enum mun_status
gather_line(struct mun_package_reader *reader, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	bool is_whole = false;

	mun_buffer_reset(&reader->line);
	while (!is_whole && reader->remaining > 0) {
		const uint8_t *bytes;
		size_t len;

		MUN_TRY(fill(reader, 1, err));
		if (available(reader) == 0)
			return truncated(reader, err);
		len = available(reader);
		if (len > reader->remaining)
			len = (size_t)reader->remaining;
		len =
		    line_length(reader->buffer + reader->start, len, &is_whole);
		MUN_TRY(take_data(reader, len, &bytes, &len, err));
		mun_buffer_append(&reader->line, bytes, len - is_whole);
		MUN_TRY(mun_tar_line_status(
		    &reader->line, reader->member.path, err));
	}
	if (!is_whole)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the last line of '%s' does not end with a line feed",
		    reader->member.path);
out:
	return status;
}

enum mun_status
mun_package_reader_line(struct mun_package_reader *reader, const char **line,
    size_t *len, struct mun_error *err)
{
	enum mun_status status;
	const uint8_t *bytes;
	size_t at_hand;
	bool is_whole;

	if (reader->state != READER_IN_MEMBER)
		return wrong_state(err, "read a line");
	if (reader->remaining == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND, "no more lines");
	bytes = reader->buffer + reader->start;
	at_hand = available(reader);
	if (at_hand > reader->remaining)
		at_hand = (size_t)reader->remaining;
	at_hand = line_length(bytes, at_hand, &is_whole);
	if (is_whole) {
		/* The usual case: the caller sees our buffer. */
		MUN_TRY(take_data(reader, at_hand, &bytes, &at_hand, err));
		*line = (const char *)bytes;
		*len = at_hand - 1;
		return MUN_OK;
	}
	MUN_TRY(gather_line(reader, err));
	*line = mun_buffer_text(&reader->line);
	*len = reader->line.len;
out:
	return status;
}

enum mun_status
mun_package_reader_whole(struct mun_package_reader *reader,
    struct mun_buffer *out, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (reader->state != READER_IN_MEMBER)
		return wrong_state(err, "read");
	/* Known beforehand: nothing is allocated for a claim. */
	if (reader->remaining > out->max - out->len)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "'%s' has %" PRIu64 " bytes, more than the %zu it may",
		    reader->member.path, reader->member.size, out->max);
	while (reader->remaining > 0) {
		const uint8_t *bytes;
		size_t len;

		MUN_TRY(take_data(reader, SIZE_MAX, &bytes, &len, err));
		mun_buffer_append(out, bytes, len);
		MUN_TRY(mun_buffer_status(out, reader->member.path, err));
	}
out:
	return status;
}

enum mun_status
mun_package_reader_digests(struct mun_package_reader *reader,
    struct mun_digests *digests, struct mun_error *err)
{
	enum mun_status status;

	if (reader->state != READER_IN_MEMBER)
		return wrong_state(err, "give digests");
	MUN_TRY(end_item(reader, err));
	*digests = reader->digests;
out:
	return status;
}

enum mun_status
mun_package_reader_finish(struct mun_package_reader *reader,
    uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err)
{
	enum mun_status status;
	size_t len;

	if (reader->state == READER_FINISHED || reader->state == READER_LOST)
		return wrong_state(err, "finish");
	/* A member under way no longer matters: all of it is stream. */
	consume(reader, available(reader), MUN_PUMP_STREAM);
	do {
		MUN_TRY(pass_block(
		    reader, MUN_BLOCK_LEN, MUN_PUMP_STREAM, &len, err));
	} while (len > 0);
	reader->state = READER_FINISHED;
	MUN_TRY(mun_pump_finish(reader->pump, sha256, err));
out:
	return status;
}
