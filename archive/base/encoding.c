/* SPDX-License-Identifier: BSD-2-Clause */
/* encoding.c - strict hex and base64 (RFC 4648), sizes that cannot wrap. */
#include "base/encoding.h"

/* Digests are half digits, half letters, at random: two comparisons that a
 * compiler makes no branches of. */
static int
hex_value(char digit)
{
	unsigned as_digit = (unsigned char)digit - (unsigned)'0';
	unsigned as_letter = (unsigned char)digit - (unsigned)'a';
	int value = as_letter < 6 ? (int)as_letter + 10 : -1;

	return as_digit < 10 ? (int)as_digit : value;
}

bool
mun_hex_decode(uint8_t *out, size_t out_len, const char *text, size_t text_len)
{
	size_t digits;
	int bad = 0;

	if (!mun_size_mul(out_len, 2, &digits) || text_len != digits)
		return false;
	for (size_t i = 0; i < out_len; i++) {
		int high = hex_value(text[2 * i]);
		int low = hex_value(text[2 * i + 1]);

		bad |= high | low;
		out[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
	}
	return bad >= 0;
}

void
mun_hex_encode(char *out, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = bytes;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * len] = '\0';
}

static int
base64_value(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return digit - 'A';
	if (digit >= 'a' && digit <= 'z')
		return digit - 'a' + 26;
	if (digit >= '0' && digit <= '9')
		return digit - '0' + 52;
	if (digit == '+')
		return 62;
	if (digit == '/')
		return 63;
	return -1;
}

/* Decode one group of four whose last `padding` characters are '='. */
static bool
decode_group(uint8_t out[3], const char *group, size_t padding)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int value = i < 4 - padding ? base64_value(group[i]) : 0;

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
	}
	/* RFC 4648 s3.5: pad bits other than zero give one value two texts. */
	if ((padding == 1 && (bits & 0xff) != 0) ||
	    (padding == 2 && (bits & 0xffff) != 0))
		return false;
	out[0] = (uint8_t)(bits >> 16);
	out[1] = (uint8_t)(bits >> 8);
	out[2] = (uint8_t)bits;
	return true;
}

static size_t
padding_of(const char *text, size_t len)
{
	if (len == 0 || text[len - 1] != '=')
		return 0;
	return text[len - 2] == '=' ? 2 : 1;
}

bool
mun_base64_decode(struct mun_buffer *out, const char *text, size_t len)
{
	size_t before = out->len;
	size_t padding;

	if (len % 4 != 0 || out->status != MUN_OK)
		return false;
	padding = padding_of(text, len);
	for (size_t i = 0; i < len; i += 4) {
		size_t missing = i + 4 == len ? padding : 0;
		uint8_t group[3];

		if (!decode_group(group, text + i, missing)) {
			out->len = before;
			return false;
		}
		mun_buffer_append(out, group, 3 - missing);
	}
	if (out->status != MUN_OK)
		out->len = before;
	return out->status == MUN_OK;
}

bool
mun_size_add(size_t a, size_t b, size_t *sum)
{
	if (a > SIZE_MAX - b)
		return false;
	*sum = a + b;
	return true;
}

bool
mun_size_mul(size_t a, size_t b, size_t *product)
{
	if (b != 0 && a > SIZE_MAX / b)
		return false;
	*product = a * b;
	return true;
}

bool
mun_bytes_equal(const void *a, const void *b, size_t len)
{
	const volatile uint8_t *left = a;
	const volatile uint8_t *right = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < len; i++)
		difference |= (uint8_t)(left[i] ^ right[i]);
	return difference == 0;
}
