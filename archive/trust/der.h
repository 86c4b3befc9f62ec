/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * der.h - just enough DER to write one known structure, and to walk one by
 * position.
 *
 * Spec: X.690 (DER): definite lengths in the fewest octets, one-octet tags.
 * Anything else is refused, not repaired.
 */
#ifndef MUN_TRUST_DER_H
#define MUN_TRUST_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reader.h"
#include "muniment/buffer.h"

enum mun_der_tag {
	MUN_DER_BOOLEAN = 0x01,
	MUN_DER_INTEGER = 0x02,
	MUN_DER_BIT_STRING = 0x03,
	MUN_DER_OCTET_STRING = 0x04,
	MUN_DER_NULL = 0x05,
	MUN_DER_OID = 0x06,
	MUN_DER_UTF8_STRING = 0x0c,
	MUN_DER_UTC_TIME = 0x17,
	MUN_DER_GENERALIZED_TIME = 0x18,
	MUN_DER_SEQUENCE = 0x30,
	MUN_DER_SET = 0x31,
	MUN_DER_CONTEXT_0 = 0xa0,
	MUN_DER_CONTEXT_1 = 0xa1,
	MUN_DER_CONTEXT_4 = 0xa4
};

/*
 * mun_der_open - begin an element whose contents follow; returns the mark that
 * mun_der_close takes once they are written, to put the length in.  Elements
 * nest.  Failures stick to out.
 */
size_t mun_der_open(struct mun_buffer *out, uint8_t tag);
void mun_der_close(struct mun_buffer *out, size_t mark);
/* mun_der_put - a whole element at once. */
void mun_der_put(
    struct mun_buffer *out, uint8_t tag, const void *contents, size_t len);

/* mun_der_take - step over the next element and give its contents; false (no
 * step) unless it has exactly this tag and is whole. */
bool mun_der_take(
    struct mun_reader *reader, uint8_t tag, struct mun_reader *contents);
/* mun_der_take_whole - the same, giving tag and length octets too. */
bool mun_der_take_whole(struct mun_reader *reader, uint8_t tag,
    const uint8_t **element, size_t *len);
/* mun_der_next_is - whether the next element has this tag. */
bool mun_der_next_is(const struct mun_reader *reader, uint8_t tag);

/*
 * mun_der_is_strict - whether the bytes are exactly one element, with every
 * constructed element below it made of whole elements too, no deeper than
 * MUN_DER_DEPTH_MAX, all lengths definite and minimal.
 */
enum {
	MUN_DER_DEPTH_MAX = 32
};
bool mun_der_is_strict(const void *der, size_t len);

#endif
