/* SPDX-License-Identifier: BSD-2-Clause */
/* encoding.h - hex and base64 to bytes, sizes that cannot wrap. */
#ifndef MUN_BASE_ENCODING_H
#define MUN_BASE_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"

/* Decode exactly 2 * out_len lower-case hex digits; false for anything else
 * (upper case, other length). */
bool mun_hex_decode(
    uint8_t *out, size_t out_len, const char *text, size_t text_len);
/* Write 2 * len digits and a NUL to out. */
void mun_hex_encode(char *out, const void *bytes, size_t len);
/* Canonical base64 only (RFC 4648 s4 alphabet, padded, zero trailing bits);
 * appends to out; false (out unchanged) for anything else. */
bool mun_base64_decode(struct mun_buffer *out, const char *text, size_t len);

bool mun_size_add(size_t a, size_t b, size_t *sum);
bool mun_size_mul(size_t a, size_t b, size_t *product);
/* memcmp in constant time: true when equal.  For digests and tags. */
bool mun_bytes_equal(const void *a, const void *b, size_t len);

#endif
