/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * package.h - the tar profile: one way to write, one way to read.
 *
 * Every header is a function of (path, size).  The writer emits it; the reader
 * takes path and size out of what it finds, makes the header again and demands
 * the same bytes, pax member and padding included.  Mode 0444, owner 0, time 0.
 *
 * Spec: docs/format/tar.md.  The bytes are those that libarchive's restricted
 * pax writer gives; tests compare.
 */
#ifndef MUN_PACKAGE_PACKAGE_H
#define MUN_PACKAGE_PACKAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "digest/digest.h"
#include "muniment/buffer.h"
#include "muniment/error.h"

enum {
	MUN_TAR_BLOCK = 512,
	MUN_TAR_HEADER_MAX = 2048, /* pax header, its data, the header itself */
	MUN_TAR_END_LEN = 1024	   /* two zero blocks */
};

/* Write the header of one member; returns its length (a multiple of 512).
 * path: 1 to MUN_TAR_PATH_MAX of [A-Za-z0-9._/-], relative, no empty, "." or
 * ".." component; size below 2^63.  Anything else is a bug and aborts. */
size_t mun_tar_header(uint8_t out[MUN_TAR_HEADER_MAX], const char *path,
    uint64_t size);
/* Zero bytes after size bytes of data. */
size_t mun_tar_padding(uint64_t size);

/*
 * The reader: one pass over an open file, feeding a pump as it goes, so that
 * the stream digest is of the whole file.  It never seeks.
 */
struct mun_package_reader;

struct mun_package_member {
	char path[MUN_TAR_PATH_MAX + 1]; /* with the archive id's folder */
	uint64_t size;
	uint64_t offset;	/* of its data in the file */
};

/* fd is borrowed, at its start, file_size bytes long; pump is borrowed and
 * must be fresh, without write_fd. */
MUN_MUST_USE enum mun_status mun_package_reader_new(
    struct mun_package_reader **out, int fd, uint64_t file_size,
    struct mun_pump *pump, struct mun_error *err);
/*
 * Next member; what is left of the one before is read and hashed.
 * MUN_ERR_NOT_FOUND at a proper end (two zero blocks, nothing after).
 * MUN_ERR_FORMAT: header not the only acceptable one, padding not zero,
 * truncated, bytes after the end; the text says which and where.
 * MUN_ERR_SYSTEM: could not be read.
 * After MUN_ERR_FORMAT from here only finish is left to call; all others,
 * here and below, return MUN_ERR_USAGE.  An error of line, whole or read that
 * is not about the file's structure (MUN_ERR_LIMIT, an unended line) leaves
 * the reader usable.
 */
MUN_MUST_USE enum mun_status mun_package_reader_next(
    struct mun_package_reader *reader, struct mun_package_member *member,
    struct mun_error *err);
/* The len next bytes of the current member; *got is less only at its end. */
MUN_MUST_USE enum mun_status mun_package_reader_read(
    struct mun_package_reader *reader, void *out, size_t len, size_t *got,
    struct mun_error *err);
/* The next line without its LF into a buffer of the reader (borrowed until the
 * next call).  MUN_ERR_NOT_FOUND at the member's end; MUN_ERR_FORMAT for an
 * unended line; MUN_ERR_LIMIT above MUN_LINE_MAX. */
MUN_MUST_USE enum mun_status mun_package_reader_line(
    struct mun_package_reader *reader, const char **line, size_t *len,
    struct mun_error *err);
/* Append the rest of the member to out, at most out->max (MUN_ERR_LIMIT). */
MUN_MUST_USE enum mun_status mun_package_reader_whole(
    struct mun_package_reader *reader, struct mun_buffer *out,
    struct mun_error *err);
/* Read the rest of the member; both digests of all of it. */
MUN_MUST_USE enum mun_status mun_package_reader_digests(
    struct mun_package_reader *reader, struct mun_digests *digests,
    struct mun_error *err);
/* After the proper end: SHA-256 of the file.  Before it, reads on to the end
 * of the file whatever it holds. */
MUN_MUST_USE enum mun_status mun_package_reader_finish(
    struct mun_package_reader *reader, uint8_t sha256[MUN_SHA256_LEN],
    struct mun_error *err);
void mun_package_reader_free(struct mun_package_reader *reader);

/*
 * Random access without judging, for finding and handing out: a cursor over
 * headers that seeks over data (same strict headers).
 */
struct mun_package_cursor {
	int fd;			/* borrowed */
	uint64_t file_size;
	uint64_t next;		/* offset of the next header */
};
MUN_MUST_USE enum mun_status mun_package_cursor_next(
    struct mun_package_cursor *cursor, struct mun_package_member *member,
    struct mun_error *err);
/* Lines of a member by pread, any number side by side. */
struct mun_package_lines;
MUN_MUST_USE enum mun_status mun_package_lines_open(
    struct mun_package_lines **out, int fd,
    const struct mun_package_member *member, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_package_lines_next(
    struct mun_package_lines *lines, const char **line, size_t *len,
    struct mun_error *err);
void mun_package_lines_free(struct mun_package_lines *lines);

#endif
