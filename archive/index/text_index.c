/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text_index.c - names as the pairs of code points that are searched.
 *
 * A name is folded (base/fold.h) and cut into pairs of code points.  Pairs find
 * candidates; mun_index_name_has then decides by the text itself.
 *
 * Names that are not UTF-8 come from ZIPs of systems with other character
 * sets: each plausible reading is searchable, and said to be a guess.
 */
#include "index/index_internal.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/macros.h"
#include "muniment/text.h"

static const char *const guesses[MUN_INDEX_GUESSES] = { "GB18030", "BIG5",
	"CP866", "CP1251", "CP1256" };

const char *
mun_index_guess_name(unsigned guess)
{
	MUN_ASSERT(guess < MUN_INDEX_GUESSES);
	return guesses[guess];
}

bool
mun_index_guess(
    struct mun_buffer *out, unsigned guess, const void *bytes, size_t len)
{
	size_t before = out->len, out_left = 4 * len + 16, room = out_left;
	/* iconv does not write through its input pointer; POSIX forgot const */
	char *in = (char *)(uintptr_t)bytes;
	size_t in_left = len;
	iconv_t converter = iconv_open("UTF-8", guesses[guess]);
	uint8_t *start;
	char *to;
	bool converted = false;

	if (converter == (iconv_t)-1)
		return false;
	start = mun_buffer_reserve(out, room);
	to = (char *)start;
	if (start != NULL &&
	    iconv(converter, &in, &in_left, &to, &out_left) == 0 &&
	    in_left == 0) {
		out->len = before + (room - out_left);
		converted = mun_text_is_utf8(start, room - out_left);
		if (!converted)
			out->len = before;
	}
	iconv_close(converter);
	return converted;
}

/* Without a reading the pairs would be others than elsewhere: not a name that
 * is none in it, but a system that lacks it. */
static enum mun_status
look_for_guess(unsigned guess, struct mun_error *err)
{
	iconv_t converter = iconv_open("UTF-8", guesses[guess]);

	if (converter == (iconv_t)-1)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "this system cannot read %s, in which a name may be; "
		    "install the character sets of its C library (glibc: its "
		    "gconv modules)",
		    guesses[guess]);
	iconv_close(converter);
	return MUN_OK;
}

/* ---- pairs ---- */

/* The next code point of folded text (which is UTF-8); 0 at its end. */
static uint32_t
next_code_point(const uint8_t **at, const uint8_t *end)
{
	static const uint8_t masks[] = { 0x7f, 0x1f, 0x0f, 0x07 };
	const uint8_t *text = *at;
	unsigned more;
	uint32_t code_point;

	if (text == end)
		return 0;
	more = text[0] < 0x80 ? 0 : text[0] < 0xe0 ? 1 : text[0] < 0xf0 ? 2 : 3;
	if ((size_t)(end - text) <= more) {
		*at = end;
		return 0;
	}
	code_point = text[0] & masks[more];
	for (unsigned i = 1; i <= more; i++)
		code_point = code_point << 6 | (text[i] & 0x3f);
	*at = text + more + 1;
	return code_point;
}

/* The pairs of folded text.  A word of one code point gives none: a search for
 * one is a look at every name. */
static enum mun_status
tell_pairs(const void *text, size_t len, mun_index_tell_pair *tell, void *ctx,
    struct mun_error *err)
{
	struct mun_buffer folded = MUN_BUFFER_INIT(32 * len + 64);
	struct mun_buffer bigrams = MUN_BUFFER_INIT(512 * len + 1024);
	const uint8_t *at, *end;
	enum mun_status status;

	mun_fold_search(&folded, text, len);
	mun_fold_bigrams(&bigrams, folded.data, folded.len);
	MUN_TRY(mun_buffer_status(&folded, "a folded name", err));
	MUN_TRY(mun_buffer_status(&bigrams, "the pairs of a name", err));
	at = bigrams.data;
	end = at == NULL ? NULL : at + bigrams.len;
	while (at != end) {
		uint64_t first = next_code_point(&at, end);
		uint64_t second = at == end ? ' ' : next_code_point(&at, end);

		if (second == ' ')
			continue;
		MUN_TRY(tell(ctx, first << 32 | second, err));
		(void)next_code_point(&at, end); /* the space */
	}
out:
	mun_buffer_free(&folded);
	mun_buffer_free(&bigrams);
	return status;
}

enum mun_status
mun_index_pairs(const void *bytes, size_t len, mun_index_tell_pair *tell,
    void *ctx, struct mun_error *err)
{
	struct mun_buffer read = MUN_BUFFER_INIT(4 * len + 32);
	enum mun_status status = MUN_OK;

	if (mun_text_is_utf8(bytes, len))
		return tell_pairs(bytes, len, tell, ctx, err);
	for (unsigned i = 0; i < MUN_INDEX_GUESSES && status == MUN_OK; i++) {
		mun_buffer_reset(&read);
		status = look_for_guess(i, err);
		if (status == MUN_OK && mun_index_guess(&read, i, bytes, len))
			status =
			    tell_pairs(read.data, read.len, tell, ctx, err);
	}
	mun_buffer_free(&read);
	return status;
}

/* ---- deciding ---- */

static bool
holds_all_words(const struct mun_buffer *folded, const char *words)
{
	const char *hay = mun_buffer_text(folded);

	while (*words != '\0') {
		size_t len = strcspn(words, " \t\n");
		char *word;
		bool holds;

		if (len == 0) {
			words++;
			continue;
		}
		word = strndup(words, len);
		holds = word != NULL && strstr(hay, word) != NULL;
		free(word);
		if (!holds)
			return false;
		words += len;
	}
	return true;
}

static bool
text_has(const void *text, size_t len, const char *folded_words)
{
	struct mun_buffer folded = MUN_BUFFER_INIT(32 * len + 64);
	bool has;

	mun_fold_search(&folded, text, len);
	has = folded.status == MUN_OK && holds_all_words(&folded, folded_words);
	mun_buffer_free(&folded);
	return has;
}

bool
mun_index_name_has(const void *bytes, size_t len, const char *text, int *guess)
{
	size_t text_len = strlen(text);
	struct mun_buffer words = MUN_BUFFER_INIT(32 * text_len + 64);
	struct mun_buffer read = MUN_BUFFER_INIT(4 * len + 32);
	bool has = false;

	*guess = -1;
	mun_fold_search(&words, text, text_len);
	if (mun_text_is_utf8(bytes, len))
		has = text_has(bytes, len, mun_buffer_text(&words));
	else
		for (unsigned i = 0; i < MUN_INDEX_GUESSES && !has; i++) {
			mun_buffer_reset(&read);
			if (!mun_index_guess(&read, i, bytes, len))
				continue;
			has = text_has(
			    read.data, read.len, mun_buffer_text(&words));
			*guess = (int)i;
		}
	mun_buffer_free(&words);
	mun_buffer_free(&read);
	return has;
}
