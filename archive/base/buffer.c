/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * buffer.c - growable bytes.
 *
 * Invariant: data is NULL and capacity 0, or capacity > len: one byte beyond
 * the contents is always ours, so that a NUL can stand there.
 */
#include "muniment/buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/memory.h"

enum {
	FIRST_CAPACITY = 64
};

/* The capacity to allocate for `needed` bytes in use: doubling, but never
 * beyond max plus the NUL. */
static size_t
grown_capacity(const struct mun_buffer *buf, size_t needed)
{
	size_t capacity =
	    buf->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buf->capacity;

	while (capacity <= needed) {
		if (!mun_size_mul(capacity, 2, &capacity))
			return needed + 1;
	}
	if (capacity - 1 > buf->max)
		capacity = buf->max + 1;
	return capacity;
}

static enum mun_status
make_room(struct mun_buffer *buf, size_t len)
{
	size_t needed;
	size_t capacity;
	uint8_t *data;

	if (!mun_size_add(buf->len, len, &needed) || needed > buf->max ||
	    needed == SIZE_MAX)
		return MUN_ERR_LIMIT;
	if (needed < buf->capacity)
		return MUN_OK;
	capacity = grown_capacity(buf, needed);
	data = realloc(buf->data, capacity);
	if (!data) {
		mun_memory_failed();
		return MUN_ERR_NOMEM;
	}
	buf->data = data;
	buf->capacity = capacity;
	return MUN_OK;
}

uint8_t *
mun_buffer_reserve(struct mun_buffer *buf, size_t len)
{
	MUN_ASSERT(buf->data ? buf->len < buf->capacity : buf->len == 0);
	if (buf->status == MUN_OK)
		buf->status = make_room(buf, len);
	if (buf->status != MUN_OK)
		return NULL;
	buf->data[buf->len] = '\0';
	buf->data[buf->len + len] = '\0';
	return buf->data + buf->len;
}

void
mun_buffer_append(struct mun_buffer *buf, const void *bytes, size_t len)
{
	uint8_t *room = mun_buffer_reserve(buf, len);

	if (!room || len == 0)
		return;
	memcpy(room, bytes, len);
	buf->len += len;
}

void
mun_buffer_append_text(struct mun_buffer *buf, const char *text)
{
	mun_buffer_append(buf, text, strlen(text));
}

void
mun_buffer_append_byte(struct mun_buffer *buf, uint8_t byte)
{
	uint8_t *room = mun_buffer_reserve(buf, 1);

	if (!room)
		return;
	*room = byte;
	buf->len++;
}

void
mun_buffer_append_format(struct mun_buffer *buf, const char *format, ...)
{
	va_list args;
	int len;
	uint8_t *room;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		if (buf->status == MUN_OK)
			buf->status = MUN_ERR_INTERNAL;
		return;
	}
	room = mun_buffer_reserve(buf, (size_t)len);
	if (!room)
		return;
	va_start(args, format);
	(void)vsnprintf((char *)room, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

void
mun_buffer_append_hex(struct mun_buffer *buf, const void *bytes, size_t len)
{
	size_t digits;
	uint8_t *room;

	/* A length that wraps is above any maximum; reserve says so. */
	if (!mun_size_mul(len, 2, &digits))
		digits = SIZE_MAX;
	room = mun_buffer_reserve(buf, digits);
	if (!room)
		return;
	mun_hex_encode((char *)room, bytes, len);
	buf->len += digits;
}

void
mun_buffer_append_base64(struct mun_buffer *buf, const void *bytes, size_t len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *in = bytes;
	size_t left = len;
	size_t groups = len / 3 + (len % 3 != 0);
	size_t out_len;
	uint8_t *room;

	if (!mun_size_mul(groups, 4, &out_len))
		out_len = SIZE_MAX;
	room = mun_buffer_reserve(buf, out_len);
	if (!room)
		return;
	for (; left > 0; room += 4) {
		uint32_t bits = (uint32_t)in[0] << 16;

		if (left > 1)
			bits |= (uint32_t)in[1] << 8;
		if (left > 2)
			bits |= in[2];
		room[0] = (uint8_t)alphabet[bits >> 18];
		room[1] = (uint8_t)alphabet[bits >> 12 & 63];
		room[2] = left > 1 ? (uint8_t)alphabet[bits >> 6 & 63] : '=';
		room[3] = left > 2 ? (uint8_t)alphabet[bits & 63] : '=';
		in += left > 3 ? 3 : left;
		left -= left > 3 ? 3 : left;
	}
	buf->len += out_len;
}

void
mun_buffer_reset(struct mun_buffer *buf)
{
	buf->len = 0;
	buf->status = MUN_OK;
	if (buf->data)
		buf->data[0] = '\0';
}

enum mun_status
mun_buffer_status(
    const struct mun_buffer *buf, const char *what, struct mun_error *err)
{
	if (buf->status == MUN_OK)
		return MUN_OK;
	if (buf->status == MUN_ERR_LIMIT)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "'%s' is longer than its limit of %zu bytes", what,
		    buf->max);
	if (buf->status == MUN_ERR_NOMEM)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for '%s'", what);
	return mun_error_set(
	    err, buf->status, "'%s' was not written in order", what);
}

void
mun_buffer_free(struct mun_buffer *buf)
{
	if (!buf)
		return;
	free(buf->data);
	buf->data = NULL;
	buf->len = 0;
	buf->capacity = 0;
	buf->status = MUN_OK;
}

const char *
mun_buffer_text(const struct mun_buffer *buf)
{
	if (!buf->data)
		return "";
	/* Whoever filled reserved room added to len itself. */
	MUN_ASSERT(buf->len < buf->capacity);
	buf->data[buf->len] = '\0';
	return (const char *)buf->data;
}
