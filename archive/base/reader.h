/* SPDX-License-Identifier: BSD-2-Clause */
/* reader.h - a cursor over bytes that cannot run past their end. */
#ifndef MUN_BASE_READER_H
#define MUN_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mun_reader {
	const uint8_t *data; /* borrowed */
	size_t len;
	size_t pos; /* never above len */
};

struct mun_reader mun_reader_over(const void *bytes, size_t len);
size_t mun_reader_left(const struct mun_reader *reader);
/* Borrow the next len bytes into *out and step over them; false (no step) if
 * fewer are left. */
bool mun_reader_take(
    struct mun_reader *reader, size_t len, const uint8_t **out);
/* Copy the next len bytes to out; false if fewer are left. */
bool mun_reader_copy(struct mun_reader *reader, void *out, size_t len);
/* Step over literal text; false (no step) if it is not next. */
bool mun_reader_literal(struct mun_reader *reader, const char *text);
/* Borrow up to the next LF, step over it; the LF is not in *len.  False if no
 * LF is left: an unended line is not a line. */
bool mun_reader_line(struct mun_reader *reader, const char **line, size_t *len);
/* Big-endian numbers. */
bool mun_reader_u16(struct mun_reader *reader, uint16_t *out);
bool mun_reader_u64(struct mun_reader *reader, uint64_t *out);
/* A decimal without sign or leading zeros (but "0"); false on overflow. */
bool mun_reader_decimal(struct mun_reader *reader, uint64_t *out);

#endif
