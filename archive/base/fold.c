/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fold.c - Unicode forms for searching and for collisions.
 *
 * Text is folded in pieces of bounded size, cut where no character joins the
 * one before it, because canonical ordering takes quadratic time on a run of
 * marks, and a name may be one long run of marks.  A piece without such a
 * place is cut all the same: its form is then still the same every time, if
 * not what Unicode says of 512 marks on one letter.
 */
#include "base/fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <utf8proc.h>

enum {
	PIECE_SOFT_LEN = 512, /* bytes; from here on cut where it is safe */
	PIECE_MAX_LEN = 1024 /* bytes; cut in any case */
};

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */
static const uint8_t replacement[] = REPLACEMENT;

#define SEARCH_FORM                                             \
	(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | \
	    UTF8PROC_CASEFOLD | UTF8PROC_IGNORE)
#define NAME_FORM (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD)

/* Well-formed UTF-8 on its way to one form. */
struct piece {
	struct mun_buffer *out;
	utf8proc_option_t form;
	size_t len;
	uint8_t bytes[PIECE_MAX_LEN];
};

static size_t
next_code_point(const uint8_t *bytes, size_t left, utf8proc_int32_t *code_point)
{
	utf8proc_ssize_t used = utf8proc_iterate(
	    bytes, (utf8proc_ssize_t)(left < 4 ? left : 4), code_point);

	return used > 0 ? (size_t)used : 0;
}

/* Whether normalisation never joins code_point to what stands before it:
 * letters and ASCII, but for the Hangul vowels and finals, which build
 * syllables, and what decomposes to them. */
static bool
starts_afresh(utf8proc_int32_t code_point)
{
	utf8proc_category_t category;

	if (code_point < 0x80)
		return true;
	if ((code_point >= 0x1160 && code_point <= 0x11ff) ||
	    (code_point >= 0x3130 && code_point <= 0x318f) ||
	    (code_point >= 0xd7b0 && code_point <= 0xd7ff) ||
	    (code_point >= 0xff9e && code_point <= 0xffdc))
		return false;
	category = utf8proc_category(code_point);
	return category == UTF8PROC_CATEGORY_LU ||
	    category == UTF8PROC_CATEGORY_LL ||
	    category == UTF8PROC_CATEGORY_LO;
}

static void
record_failure(struct mun_buffer *out, utf8proc_ssize_t code)
{
	if (out->status == MUN_OK)
		out->status = code == UTF8PROC_ERROR_NOMEM ? MUN_ERR_NOMEM
							   : MUN_ERR_INTERNAL;
}

static void
flush(struct piece *piece)
{
	utf8proc_uint8_t *once = NULL;
	utf8proc_uint8_t *twice = NULL;
	utf8proc_ssize_t len;

	if (piece->len == 0)
		return;
	len = utf8proc_map(
	    piece->bytes, (utf8proc_ssize_t)piece->len, &once, piece->form);
	piece->len = 0;
	/* Folding can leave what normalises or folds again (UAX #15, NFKC_CF:
	 * the form is reached by applying it until nothing changes; two
	 * rounds are enough). */
	if (len >= 0)
		len = utf8proc_map(once, len, &twice, piece->form);
	if (len >= 0)
		mun_buffer_append(piece->out, twice, (size_t)len);
	else
		record_failure(piece->out, len);
	free(once);
	free(twice);
}

static void
add(struct piece *piece, const uint8_t *bytes, size_t len)
{
	if (piece->len + len > PIECE_MAX_LEN)
		flush(piece);
	for (size_t i = 0; i < len; i++)
		piece->bytes[piece->len++] = bytes[i];
}

static void
add_code_point(struct piece *piece, const uint8_t *bytes, size_t len,
    utf8proc_int32_t code_point)
{
	if (piece->len >= PIECE_SOFT_LEN && starts_afresh(code_point))
		flush(piece);
	add(piece, bytes, len);
}

void
mun_fold_search(struct mun_buffer *out, const void *text, size_t len)
{
	struct piece piece = { .out = out, .form = SEARCH_FORM };
	const uint8_t *bytes = text;
	size_t pos = 0;

	while (pos < len && out->status == MUN_OK) {
		utf8proc_int32_t code_point;
		size_t used =
		    next_code_point(bytes + pos, len - pos, &code_point);

		if (used > 0)
			add_code_point(&piece, bytes + pos, used, code_point);
		else
			add(&piece, replacement, sizeof(replacement) - 1);
		pos += used > 0 ? used : 1;
	}
	flush(&piece);
}

void
mun_fold_name(struct mun_buffer *out, const void *name, size_t len)
{
	struct piece piece = { .out = out, .form = NAME_FORM };
	const uint8_t *bytes = name;
	size_t pos = 0;

	while (pos < len && out->status == MUN_OK) {
		utf8proc_int32_t code_point;
		size_t used =
		    next_code_point(bytes + pos, len - pos, &code_point);

		if (used > 0) {
			add_code_point(&piece, bytes + pos, used, code_point);
			pos += used;
		} else {
			flush(&piece);
			mun_buffer_append_byte(out, bytes[pos]);
			pos++;
		}
	}
	flush(&piece);
}

static bool
is_of_a_word(utf8proc_int32_t code_point)
{
	switch (utf8proc_category_string(code_point)[0]) {
	case 'L':
	case 'M':
	case 'N':
		return true;
	default:
		return false;
	}
}

/* The code point before, if it belongs to the word under way. */
struct bigram {
	const uint8_t *first; /* NULL: no word under way */
	size_t first_len;
	bool is_paired; /* it has been written in a pair already */
};

static void
end_word(struct bigram *bigram, struct mun_buffer *out)
{
	if (bigram->first && !bigram->is_paired) {
		mun_buffer_append(out, bigram->first, bigram->first_len);
		mun_buffer_append_byte(out, ' ');
	}
	*bigram = (struct bigram){ 0 };
}

static void
add_to_word(struct bigram *bigram, struct mun_buffer *out, const uint8_t *bytes,
    size_t len)
{
	bool is_pair = bigram->first != NULL;

	if (is_pair) {
		mun_buffer_append(out, bigram->first, bigram->first_len);
		mun_buffer_append(out, bytes, len);
		mun_buffer_append_byte(out, ' ');
	}
	*bigram = (struct bigram){ bytes, len, is_pair };
}

void
mun_fold_bigrams(struct mun_buffer *out, const void *folded, size_t len)
{
	const uint8_t *bytes = folded;
	struct bigram bigram = { 0 };
	size_t pos = 0;

	while (pos < len) {
		utf8proc_int32_t code_point;
		size_t used =
		    next_code_point(bytes + pos, len - pos, &code_point);

		if (used > 0 && is_of_a_word(code_point))
			add_to_word(&bigram, out, bytes + pos, used);
		else
			end_word(&bigram, out);
		pos += used > 0 ? used : 1;
	}
	end_word(&bigram, out);
}
