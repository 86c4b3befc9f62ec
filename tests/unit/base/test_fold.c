/* SPDX-License-Identifier: BSD-2-Clause */
/* test_fold.c - what a searcher types meets what a document is called. */
#include "base/fold.h"

#include <string.h>
#include <time.h>
#include <utf8proc.h>

#include "harness/harness.h"
#include "muniment/text.h"

typedef void folding(struct mun_buffer *out, const void *text, size_t len);

static void
expect(folding *fold, const char *in, const char *expected)
{
	struct mun_buffer out = MUN_BUFFER_INIT(1 << 20);

	fold(&out, in, strlen(in));
	assert_int_equal(out.status, MUN_OK);
	assert_string_equal(mun_buffer_text(&out), expected);
	mun_buffer_free(&out);
}

static void
test_fold_search_makes_spellings_of_one_name_meet(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "CaSe", "case" },
		/* NFC and NFD of e acute; of Cyrillic short i, upper case */
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "e\xcc\x81", "\xc3\xa9" },
		{ "\xd0\x98\xcc\x86", "\xd0\xb9" },
		{ "\xd0\x99", "\xd0\xb9" },
		/* sharp s, final sigma, dotted capital I */
		{ "Stra\xc3\x9f"
		  "e",
		    "strasse" },
		{ "\xcf\x82\xce\xa3", "\xcf\x83\xcf\x83" },
		{ "\xc4\xb0", "i\xcc\x87" },
		/* full width, ligature, Roman numeral, circled digit */
		{ "\xef\xbc\xa1\xef\xbd\x81", "aa" },
		{ "\xef\xac\x81", "fi" },
		{ "\xe2\x85\xa7", "viii" },
		{ "\xe2\x91\xa0", "1" },
		/* Arabic presentation form of beh; Uyghur alef with yeh */
		{ "\xef\xba\x91", "\xd8\xa8" },
		{ "\xd8\xa6\xdb\x87", "\xd8\xa6\xdb\x87" },
		{ "\xd9\x8a\xd9\x94", "\xd8\xa6" },
		/* CJK compatibility ideograph, unified ideographs */
		{ "\xef\xa4\x80", "\xe8\xb1\x88" },
		{ "\xe6\x9d\x8e\xe5\x9b\x9b", "\xe6\x9d\x8e\xe5\x9b\x9b" },
		/* Hangul jamo and half width kana */
		{ "\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80" },
		{ "\xef\xbd\xb6\xef\xbe\x9e", "\xe3\x82\xac" },
		/* zero width space, soft hyphen, BOM, variation selector */
		{ "a\xe2\x80\x8b\xc2\xad\xef\xbb\xbf\xef\xb8\x8f"
		  "b",
		    "ab" },
		{ "e\xe2\x80\x8d\xcc\x81", "\xc3\xa9" },
		/* not UTF-8: one replacement a byte */
		{ "a\xff\xfe"
		  "b",
		    "a\xef\xbf\xbd\xef\xbf\xbd"
		    "b" },
		{ "\xe6\x9d", "\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		expect(mun_fold_search, pairs[i][0], pairs[i][1]);
}

static void
test_fold_name_is_what_other_systems_see(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "CaSe", "case" },
		{ "e\xcc\x81", "\xc3\xa9" },
		{ "E\xcc\x81", "\xc3\xa9" },
		{ "\xc3\x9f", "ss" },
		/* compatibility forms are names of their own */
		{ "\xef\xac\x81", "fi" },
		{ "\xe2\x91\xa0", "\xe2\x91\xa0" },
		{ "a\xe2\x80\x8b", "a\xe2\x80\x8b" },
		/* bytes that are not UTF-8 stay themselves */
		{ "A\xff"
		  "B",
		    "a\xff"
		    "b" },
		{ "\xc3"
		  "A",
		    "\xc3"
		    "a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		expect(mun_fold_name, pairs[i][0], pairs[i][1]);
}

static void
test_fold_bigrams_pairs_the_letters_of_each_word(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ " ", "" },
		{ "a", "a " },
		{ "ab", "ab " },
		{ "abc", "ab bc " },
		{ "ab, c", "ab c " },
		{ "a b", "a b " },
		{ "a-1.x22", "a 1 x2 22 " },
		{ "\xe6\x9d\x8e\xe5\x9b\x9b\xe5\x85\x89",
		    "\xe6\x9d\x8e\xe5\x9b\x9b \xe5\x9b\x9b\xe5\x85\x89 " },
		{ "e\xcc\x81", "e\xcc\x81 " },
		{ "ab\xff"
		  "cd",
		    "ab cd " },
		{ "ab\xef\xbf\xbd"
		  "cd",
		    "ab cd " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		expect(mun_fold_bigrams, pairs[i][0], pairs[i][1]);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Text of one or two scripts, upper case, marks and format characters. */
static void
make_text(struct mun_buffer *out, uint32_t *seed, size_t count)
{
	static const int starts[] = { 0x20, 0x41, 0xc0, 0x300, 0x391, 0x410,
		0x5d0, 0x621, 0x900, 0xac00, 0x1100, 0x1e00, 0x1f00, 0x2000,
		0x3041, 0x4e00, 0xf900, 0xfb50, 0xfe70, 0xff21, 0x1d400 };

	mun_buffer_reset(out);
	for (size_t i = 0; i < count; i++) {
		uint32_t choice = next_random(seed);
		utf8proc_uint8_t bytes[4];
		int code_point =
		    starts[choice % 21] + (int)((choice >> 8) % 64);

		mun_buffer_append(out, bytes,
		    (size_t)utf8proc_encode_char(code_point, bytes));
	}
}

static void
test_fold_search_of_a_folded_text_changes_nothing(void **state)
{
	struct mun_buffer in = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer once = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer twice = MUN_BUFFER_INIT(1 << 20);
	uint32_t seed = 20261123;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		make_text(&in, &seed, next_random(&seed) % 30);
		mun_buffer_reset(&once);
		mun_buffer_reset(&twice);
		mun_fold_search(&once, in.data, in.len);
		mun_fold_search(&twice, once.data, once.len);
		assert_int_equal(once.len, twice.len);
		if (once.len > 0)
			assert_memory_equal(once.data, twice.data, once.len);
		assert_true(mun_text_is_utf8(once.data, once.len));
	}
	mun_buffer_free(&in);
	mun_buffer_free(&once);
	mun_buffer_free(&twice);
}

/* Long text is folded in pieces: the seams must not show. */
static void
test_fold_search_of_long_text_is_that_of_its_words(void **state)
{
	struct mun_buffer in = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer word = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer whole = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer parts = MUN_BUFFER_INIT(1 << 20);
	uint32_t seed = 4;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		make_text(&word, &seed, next_random(&seed) % 20);
		mun_buffer_append_text(&word, "|");
		mun_buffer_append(&in, word.data, word.len);
		mun_fold_search(&parts, word.data, word.len);
	}
	mun_fold_search(&whole, in.data, in.len);
	assert_int_equal(whole.status, MUN_OK);
	assert_int_equal(whole.len, parts.len);
	assert_memory_equal(whole.data, parts.data, parts.len);
	mun_buffer_free(&in);
	mun_buffer_free(&word);
	mun_buffer_free(&whole);
	mun_buffer_free(&parts);
}

/* How often `in` folds to `out` in one long word: every time. */
static void
expect_each(const char *in, const char *out)
{
	enum {
		TIMES = 1000
	};
	struct mun_buffer word = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer folded = MUN_BUFFER_INIT(1 << 20);
	size_t len = strlen(out);

	for (int n = 0; n < TIMES; n++)
		mun_buffer_append_text(&word, in);
	mun_fold_search(&folded, word.data, word.len);
	assert_int_equal(folded.len, TIMES * len);
	for (size_t n = 0; n < TIMES; n++)
		assert_memory_equal(folded.data + n * len, out, len);
	mun_buffer_free(&word);
	mun_buffer_free(&folded);
}

/* A long word without spaces is cut before a letter, never within one. */
static void
test_fold_search_of_long_words_keeps_marks_with_their_letters(void **state)
{
	(void)state;
	/* Latin, Cyrillic, Hangul, half width kana, Bengali */
	expect_each("e\xcc\x81", "\xc3\xa9");
	expect_each("\xd0\x98\xcc\x86", "\xd0\xb9");
	expect_each("\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80");
	expect_each("\xef\xbd\xb6\xef\xbe\x9e", "\xe3\x82\xac");
	expect_each(
	    "\xe0\xa6\x95\xe0\xa7\x87\xe0\xa6\xbe", "\xe0\xa6\x95\xe0\xa7\x8b");
	/* compatibility and half width Hangul, between letters */
	expect_each("x\xe3\x84\xb1\xe3\x85\x8f", "x\xea\xb0\x80");
	expect_each("x\xef\xbe\xa1\xef\xbf\x82", "x\xea\xb0\x80");
}

/* A quarter of a MiB of marks in the worst order, on one letter. */
static void
test_fold_of_a_run_of_marks_takes_no_quadratic_time(void **state)
{
	struct mun_buffer in = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer out = MUN_BUFFER_INIT(1 << 20);
	clock_t start = clock();

	(void)state;
	mun_buffer_append_text(&in, "a");
	for (int i = 0; i < 65536; i++)
		mun_buffer_append_text(&in, i % 2 ? "\xcc\xa3" : "\xcc\x81");
	mun_fold_search(&out, in.data, in.len);
	mun_fold_name(&out, in.data, in.len);
	assert_int_equal(out.status, MUN_OK);
	/* unbounded, it takes minutes */
	assert_true(clock() - start < 10 * CLOCKS_PER_SEC);
	mun_buffer_free(&in);
	mun_buffer_free(&out);
}

static void
test_fold_stops_at_the_limit_of_its_buffer(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(3);

	(void)state;
	mun_fold_search(&out, "abcd", 4);
	assert_int_equal(out.status, MUN_ERR_LIMIT);
	mun_buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_fold_search_makes_spellings_of_one_name_meet),
		cmocka_unit_test(test_fold_name_is_what_other_systems_see),
		cmocka_unit_test(
		    test_fold_bigrams_pairs_the_letters_of_each_word),
		cmocka_unit_test(
		    test_fold_search_of_a_folded_text_changes_nothing),
		cmocka_unit_test(
		    test_fold_search_of_long_text_is_that_of_its_words),
		cmocka_unit_test(
		    test_fold_search_of_long_words_keeps_marks_with_their_letters),
		cmocka_unit_test(
		    test_fold_of_a_run_of_marks_takes_no_quadratic_time),
		cmocka_unit_test(test_fold_stops_at_the_limit_of_its_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
