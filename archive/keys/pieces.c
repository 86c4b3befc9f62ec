/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pieces.c - a backup's text in pieces that each fit one printed code.
 *
 * A piece is whole lines under a line "piece N of M", its last line end left
 * out; so pieces that were scanned in any order, with a line end after each or
 * not, give the text again.  It shows by its digest whether that is the one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "keys/backup.h"
#include "keys/keys_internal.h"

enum {
	HEAD_MAX = 32, /* "piece 999 of 999\n" */
	PIECE_MIN = 128
};

static size_t
line_len(const char *line)
{
	const char *end = strchr(line, '\n');

	return end == NULL ? strlen(line) : (size_t)(end - line) + 1;
}

/* Lines from text on that fit into max; at least one. */
static size_t
fitting(const char *text, size_t max)
{
	size_t len = line_len(text);

	while (text[len] != '\0' && len + line_len(text + len) <= max)
		len += line_len(text + len);
	return len;
}

enum mun_status
mun_keys_split_backup(const char *text, size_t piece_max,
    struct mun_buffer *pieces, size_t *count, struct mun_error *err)
{
	size_t room, number = 0;

	*count = 0;
	if (piece_max < PIECE_MIN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a piece has at least %d bytes", PIECE_MIN);
	room = piece_max - HEAD_MAX;
	for (size_t at = 0; text[at] != '\0'; (*count)++)
		at += fitting(text + at, room);
	if (*count > MUN_KEYS_PIECES_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "there are more than %d pieces", MUN_KEYS_PIECES_MAX);
	for (size_t at = 0; text[at] != '\0';) {
		size_t len = fitting(text + at, room);

		mun_buffer_append_format(
		    pieces, "piece %zu of %zu\n", ++number, *count);
		/* The last line's end is the scanner's. */
		mun_buffer_append(pieces, text + at, len - 1);
		mun_buffer_append_byte(pieces, '\0');
		at += len;
	}
	return mun_buffer_status(pieces, "pieces", err);
}

/* --- together again ----------------------------------------------------- */

/* Each line but empty ones, without CR. */
static void
clean(struct mun_buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\r' ||
		    (*text == '\n' &&
			(out->len == 0 || out->data[out->len - 1] == '\n')))
			continue;
		mun_buffer_append_byte(out, (uint8_t)*text);
	}
	if (out->len > 0 && out->data[out->len - 1] != '\n')
		mun_buffer_append_byte(out, '\n');
}

/* "piece 2 of 7\n" and nothing else. */
static bool
read_head(const char *line, unsigned *number, unsigned *count)
{
	static const char piece[] = "piece ", of[] = " of ";
	char again[HEAD_MAX];
	char *end;
	int len;

	if (strncmp(line, piece, sizeof(piece) - 1) != 0)
		return false;
	*number = (unsigned)strtoul(line + sizeof(piece) - 1, &end, 10);
	if (strncmp(end, of, sizeof(of) - 1) != 0)
		return false;
	*count = (unsigned)strtoul(end + sizeof(of) - 1, NULL, 10);
	/* written again, so that no other spelling of a number passes */
	len =
	    snprintf(again, sizeof(again), "piece %u of %u\n", *number, *count);
	return (size_t)len == line_len(line) &&
	    strncmp(again, line, (size_t)len) == 0;
}

/* The lines of piece number, of so many; NULL: it is not there. */
static const char *
find_piece(const char *text, unsigned number, unsigned count, size_t *len)
{
	const char *line = text;
	unsigned its_number, its_count;

	for (; *line != '\0'; line += line_len(line)) {
		if (!read_head(line, &its_number, &its_count) ||
		    its_number != number || its_count != count)
			continue;
		line += line_len(line);
		*len = 0;
		while (line[*len] != '\0' &&
		    !read_head(line + *len, &its_number, &its_count))
			*len += line_len(line + *len);
		return line;
	}
	return NULL;
}

enum mun_status
mun_keys_join_pieces(
    struct mun_buffer *text, const char *pieces, struct mun_error *err)
{
	struct mun_buffer lines = MUN_BUFFER_INIT(2 * MUN_KEYS_BACKUP_MAX);
	enum mun_status status;
	unsigned number, count;

	clean(&lines, pieces);
	MUN_TRY(mun_buffer_status(&lines, "a backup", err));
	if (!read_head(mun_buffer_text(&lines), &number, &count)) {
		mun_buffer_append_text(text, pieces);
		status = mun_buffer_status(text, "a backup", err);
		goto out;
	}
	for (number = 1; number <= count; number++) {
		size_t len = 0;
		const char *piece =
		    find_piece(mun_buffer_text(&lines), number, count, &len);

		if (piece == NULL) {
			status = mun_error_set(err, MUN_ERR_FORMAT,
			    "piece %u of %u is missing", number, count);
			goto out;
		}
		mun_buffer_append(text, piece, len);
	}
	status = mun_buffer_status(text, "a backup", err);
out:
	mun_secret_free_buffer(&lines);
	return status;
}
