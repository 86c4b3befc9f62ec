/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buffer.h - growable bytes with a maximum given at birth.
 *
 * A failure sticks: after one append fails, later ones do nothing and the
 * buffer says so through mun_buffer_status(), so that a writer of many small
 * pieces needs one check at its end.  data is always NUL-terminated when len
 * is below max (the NUL is not counted), so text can be printed.
 *
 * Thread rule: one thread at a time.
 */
#ifndef MUNIMENT_BUFFER_H
#define MUNIMENT_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"

struct mun_buffer {
	uint8_t *data;		/* owned; NULL while empty */
	size_t len;		/* bytes in use */
	size_t capacity;	/* bytes allocated */
	size_t max;		/* bytes it may ever hold */
	enum mun_status status; /* first failure, or MUN_OK */
};

/* An empty buffer that may grow to max_bytes. */
#define MUN_BUFFER_INIT(max_bytes) { .max = (max_bytes) }

/* mun_buffer_append - add len bytes.  Sticky MUN_ERR_LIMIT, MUN_ERR_NOMEM. */
MUN_API void mun_buffer_append(struct mun_buffer *buf, const void *bytes,
    size_t len);
/* mun_buffer_append_text - add a NUL-terminated string without its NUL. */
MUN_API void mun_buffer_append_text(struct mun_buffer *buf, const char *text);
/* mun_buffer_append_byte - add one byte. */
MUN_API void mun_buffer_append_byte(struct mun_buffer *buf, uint8_t byte);
/* mun_buffer_append_format - add printf-formatted text (C locale rules). */
MUN_API void mun_buffer_append_format(struct mun_buffer *buf,
    const char *format, ...) MUN_PRINTF(2, 3);
/* mun_buffer_append_hex - add len bytes as 2 * len lower-case hex digits. */
MUN_API void mun_buffer_append_hex(struct mun_buffer *buf, const void *bytes,
    size_t len);
/* mun_buffer_append_base64 - add canonical base64 with padding (RFC 4648 s4) */
MUN_API void mun_buffer_append_base64(struct mun_buffer *buf,
    const void *bytes, size_t len);
/*
 * mun_buffer_reserve - room for len more bytes; returns where they go, or NULL
 * with the sticky status set.  The caller fills them and adds to len itself.
 */
MUN_API uint8_t *mun_buffer_reserve(struct mun_buffer *buf, size_t len);
/* mun_buffer_reset - forget contents and failure; keep memory and max. */
MUN_API void mun_buffer_reset(struct mun_buffer *buf);
/*
 * mun_buffer_status - MUN_OK, or the first failure with a text in *err:
 * MUN_ERR_LIMIT (would exceed max), MUN_ERR_NOMEM.  what names the contents.
 */
MUN_API MUN_MUST_USE enum mun_status mun_buffer_status(
    const struct mun_buffer *buf, const char *what, struct mun_error *err);
/* mun_buffer_free - release; NULL-safe; leaves an empty, usable buffer. */
MUN_API void mun_buffer_free(struct mun_buffer *buf);
/* mun_buffer_text - the contents as C text, "" when empty.  Borrowed. */
MUN_API const char *mun_buffer_text(const struct mun_buffer *buf);

#endif
