/* SPDX-License-Identifier: BSD-2-Clause */
/* test_text.c - what is shown is harmless, and two names never look one. */
#include "muniment/text.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "harness/harness.h"

static void
expect(const char *in, size_t len, enum mun_text_mode mode, const char *out)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(1 << 20);

	mun_text_escape(&buf, in, len, mode);
	assert_int_equal(buf.status, MUN_OK);
	assert_string_equal(mun_buffer_text(&buf), out);
	mun_buffer_free(&buf);
}

#define EXPECT(in, mode, out) expect((in), sizeof(in) - 1, (mode), (out))

struct text_case {
	const char *in;
	const char *ascii;
	const char *utf8;
};

/* attack-corpus A05 to A12, A84: what names can do to a terminal. */
static const struct text_case hostile[] = {
	{ "plain name.txt", "plain name.txt", "plain name.txt" },
	{ "a\nb\rc\td", "a\\nb\\rc\\td", "a\\nb\\rc\\td" },
	{ "\x1b[2J", "\\x1b[2J", "\\x1b[2J" },
	{ "\x1b]52;c;cm0=\x07", "\\x1b]52;c;cm0=\\x07",
	    "\\x1b]52;c;cm0=\\x07" },
	{ "\x7f", "\\x7f", "\\x7f" },
	{ "\x9b"
	  "2J",
	    "\\x9b2J", "\\x9b2J" },
	{ "\xc2\x9b"
	  "2J",
	    "\\u{009b}2J", "\\u{009b}2J" },
	{ "\xff", "\\xff", "\\xff" },
	{ "\\xff", "\\\\xff", "\\\\xff" },
	{ "\\", "\\\\", "\\\\" },
	/* overlong '/', a surrogate, above U+10FFFF, a cut sequence */
	{ "\xc0\xaf", "\\xc0\\xaf", "\\xc0\\xaf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\\xf4\\x90\\x80\\x80" },
	{ "\xe6\xad", "\\xe6\\xad", "\\xe6\\xad" },
	/* U+202E right-to-left override: "exe.txt" that reads "txt.exe" */
	{ "a\xe2\x80\xae"
	  "txt.exe",
	    "a\\u{202e}txt.exe", "a\\u{202e}txt.exe" },
	/* U+2066 to U+2069, U+200B, U+FEFF, U+00AD, U+034F, U+3164, U+FE0F */
	{ "\xe2\x81\xa6\xe2\x81\xa9", "\\u{2066}\\u{2069}",
	    "\\u{2066}\\u{2069}" },
	{ "\xe2\x80\x8b", "\\u{200b}", "\\u{200b}" },
	{ "\xef\xbb\xbf", "\\u{feff}", "\\u{feff}" },
	{ "\xc2\xad", "\\u{00ad}", "\\u{00ad}" },
	{ "a\xcd\x8f", "a\\u{034f}", "a\\u{034f}" },
	{ "\xe3\x85\xa4", "\\u{3164}", "\\u{3164}" },
	{ "a\xef\xb8\x8f", "a\\u{fe0f}", "a\\u{fe0f}" },
	/* tag letters, private use, unassigned, not a character */
	{ "\xf3\xa0\x81\xa1", "\\u{e0061}", "\\u{e0061}" },
	{ "\xee\x80\x80", "\\u{e000}", "\\u{e000}" },
	{ "\xcd\xb8", "\\u{0378}", "\\u{0378}" },
	{ "\xef\xbf\xbf", "\\u{ffff}", "\\u{ffff}" },
	/* spaces that are not a space; U+2028; the blank Braille pattern */
	{ "\xc2\xa0\xe3\x80\x80", "\\u{00a0}\\u{3000}", "\\u{00a0}\\u{3000}" },
	{ "\xe2\x80\xa8", "\\u{2028}", "\\u{2028}" },
	{ "\xe2\xa0\x80", "\\u{2800}", "\\u{2800}" },
	/* letters of any script */
	{ "\xe6\x9d\x8e\xe5\x9b\x9b", "\\u{674e}\\u{56db}",
	    "\xe6\x9d\x8e\xe5\x9b\x9b" },
	{ "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd",
	    "\\u{0418}\\u{0432}\\u{0430}\\u{043d}",
	    "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd" },
	{ "\xf0\x9f\x98\x80", "\\u{1f600}", "\xf0\x9f\x98\x80" },
	/* NFC and NFD differ in ASCII and stay two byte strings in UTF-8 */
	{ "\xc3\xa9", "\\u{00e9}", "\xc3\xa9" },
	{ "e\xcc\x81", "e\\u{0301}", "e\xcc\x81" },
	/* right to left (Arabic, Hebrew) is put between isolates */
	{ "\xd8\xb3", "\\u{0633}", "\xe2\x81\xa8\xd8\xb3\xe2\x81\xa9" },
	{ "a\xd7\x90.exe", "a\\u{05d0}.exe",
	    "\xe2\x81\xa8"
	    "a\xd7\x90.exe\xe2\x81\xa9" },
	{ "", "", "" },
};

static void
test_text_escape_shows_hostile_names_harmlessly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const struct text_case *c = &hostile[i];

		expect(c->in, strlen(c->in), MUN_TEXT_ASCII, c->ascii);
		expect(c->in, strlen(c->in), MUN_TEXT_UTF8, c->utf8);
	}
	EXPECT("a\0b", MUN_TEXT_ASCII, "a\\x00b");
	EXPECT("a\0b", MUN_TEXT_UTF8, "a\\x00b");
}

static void
test_text_escape_shows_four_marks_and_escapes_the_rest(void **state)
{
	struct mun_buffer in = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer out = MUN_BUFFER_INIT(1 << 20);
	const char *start = "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u{0301}";

	(void)state;
	mun_buffer_append_text(&in, "a");
	for (int i = 0; i < 5000; i++)
		mun_buffer_append_text(&in, "\xcc\x81");
	mun_buffer_append_text(&in, "b\xcc\x81");
	mun_text_escape(&out, in.data, in.len, MUN_TEXT_UTF8);
	assert_memory_equal(mun_buffer_text(&out), start, strlen(start));
	assert_int_equal(out.len, 1 + 4 * 2 + 4996 * 8 + 3);
	mun_buffer_free(&in);
	mun_buffer_free(&out);
}

static void
test_text_escape_shows_no_mark_without_a_base(void **state)
{
	(void)state;
	EXPECT("\xcc\x81", MUN_TEXT_UTF8, "\\u{0301}");
	EXPECT("\n\xcc\x81", MUN_TEXT_UTF8, "\\n\\u{0301}");
	EXPECT("\xff\xcc\x81", MUN_TEXT_UTF8, "\\xff\\u{0301}");
	EXPECT("\xe2\x80\x8b\xcc\x81", MUN_TEXT_UTF8, "\\u{200b}\\u{0301}");
	EXPECT("a\xcc\x81\n\xcc\x81", MUN_TEXT_UTF8, "a\xcc\x81\\n\\u{0301}");
}

static void
test_text_escape_prose_keeps_our_backslashes(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(100);

	(void)state;
	mun_text_escape_prose(&out, "a\\n\x1b'\n'", 7, MUN_TEXT_ASCII);
	assert_string_equal(mun_buffer_text(&out), "a\\n\\x1b'\\n'");
	mun_buffer_free(&out);
}

static void
test_text_escape_leaves_a_full_buffer_failed(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(5);

	(void)state;
	mun_text_escape(&out, "abc\x1b", 4, MUN_TEXT_ASCII);
	assert_int_equal(out.status, MUN_ERR_LIMIT);
	mun_buffer_free(&out);
}

/* The other way round, written from the contract in muniment/text.h only. */
static void
decode(struct mun_buffer *out, const char *text, size_t len)
{
	size_t end = len;
	size_t i = 0;

	if (len >= 6 && memcmp(text, "\xe2\x81\xa8", 3) == 0) {
		assert_memory_equal(text + len - 3, "\xe2\x81\xa9", 3);
		i = 3;
		end = len - 3;
	}
	while (i < end) {
		unsigned value;
		int used = 0;
		utf8proc_uint8_t bytes[4];

		if (text[i] != '\\') {
			mun_buffer_append_byte(out, (uint8_t)text[i++]);
			continue;
		}
		switch (text[i + 1]) {
		case 'x':
			assert_int_equal(
			    sscanf(text + i, "\\x%2x%n", &value, &used), 1);
			mun_buffer_append_byte(out, (uint8_t)value);
			break;
		case 'u':
			assert_int_equal(
			    sscanf(text + i, "\\u{%x}%n", &value, &used), 1);
			mun_buffer_append(out, bytes,
			    (size_t)utf8proc_encode_char((int)value, bytes));
			break;
		default:
			used = 2;
			mun_buffer_append_byte(out,
			    (uint8_t)(text[i + 1] == 'n' ? '\n'
				    : text[i + 1] == 'r' ? '\r'
				    : text[i + 1] == 't' ? '\t'
							 : '\\'));
		}
		i += (size_t)used;
	}
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Text that meets every rule: bytes, letters, marks, and our own escapes. */
static void
make_input(struct mun_buffer *in, uint32_t *seed)
{
	static const char *const pieces[] = { "\\", "x", "u{", "}", "n", "0",
		"\\x41", "\\u{0301}", "\n", "\x1b", "\xcc\x81", "\xe2\x81\xa8",
		"\xe2\x81\xa9", "\xd7\x90", "\xd8\xb3", "\xe6\x9d\x8e", "\xc2",
		"\xa9", "\xe2", "\x81", "\xa8", "\xc2\x85", "\xe2\x80\x8b" };
	size_t count = next_random(seed) % 12;

	mun_buffer_reset(in);
	for (size_t i = 0; i < count; i++) {
		uint32_t choice = next_random(seed);
		utf8proc_uint8_t bytes[4];
		utf8proc_int32_t any = (utf8proc_int32_t)(choice % 0x110000);

		if (choice % 4 == 0)
			mun_buffer_append_byte(in, (uint8_t)(choice >> 8));
		else if (choice % 4 == 1)
			mun_buffer_append(in, bytes,
			    (size_t)utf8proc_encode_char(any, bytes));
		else
			mun_buffer_append_text(in,
			    pieces[(choice >> 4) %
				(sizeof(pieces) / sizeof(pieces[0]))]);
	}
}

static void
expect_decodable(const struct mun_buffer *in, enum mun_text_mode mode)
{
	struct mun_buffer shown = MUN_BUFFER_INIT(1 << 16);
	struct mun_buffer back = MUN_BUFFER_INIT(1 << 16);

	mun_text_escape(&shown, in->data, in->len, mode);
	assert_int_equal(shown.status, MUN_OK);
	for (size_t i = 0; i < shown.len; i++) {
		assert_true(shown.data[i] >= 0x20 && shown.data[i] != 0x7f);
		assert_true(mode == MUN_TEXT_UTF8 || shown.data[i] < 0x7f);
	}
	assert_true(mun_text_is_utf8(shown.data, shown.len));
	decode(&back, mun_buffer_text(&shown), shown.len);
	assert_int_equal(back.len, in->len);
	if (in->len > 0)
		assert_memory_equal(back.data, in->data, in->len);
	mun_buffer_free(&shown);
	mun_buffer_free(&back);
}

static void
test_text_escape_is_injective_because_it_can_be_decoded(void **state)
{
	struct mun_buffer in = MUN_BUFFER_INIT(1 << 12);
	uint32_t seed = 20261123;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		make_input(&in, &seed);
		expect_decodable(&in, MUN_TEXT_ASCII);
		expect_decodable(&in, MUN_TEXT_UTF8);
	}
	mun_buffer_free(&in);
}

static void
test_text_is_utf8_accepts_only_well_formed_text(void **state)
{
	(void)state;
	assert_true(mun_text_is_utf8("", 0));
	assert_true(mun_text_is_utf8("a\n\xe6\x9d\x8e\xf0\x9f\x98\x80", 9));
	assert_false(mun_text_is_utf8("a\0b", 3));
	assert_false(mun_text_is_utf8("\xc0\x80", 2));
	assert_false(mun_text_is_utf8("\xc1\xbf", 2));
	assert_false(mun_text_is_utf8("\xe0\x9f\xbf", 3));
	assert_false(mun_text_is_utf8("\xed\xa0\x80", 3));
	assert_false(mun_text_is_utf8("\xed\xbf\xbf", 3));
	assert_false(mun_text_is_utf8("\xf0\x8f\xbf\xbf", 4));
	assert_false(mun_text_is_utf8("\xf4\x90\x80\x80", 4));
	assert_false(mun_text_is_utf8("\xf8\x88\x80\x80\x80", 5));
	assert_false(mun_text_is_utf8("\xe6\x9d", 2));
	assert_false(mun_text_is_utf8("\x80", 1));
	/* the length counts, not what lies behind it */
	assert_false(mun_text_is_utf8("\xe6\x9d\x8e", 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_text_escape_shows_hostile_names_harmlessly),
		cmocka_unit_test(
		    test_text_escape_shows_four_marks_and_escapes_the_rest),
		cmocka_unit_test(test_text_escape_shows_no_mark_without_a_base),
		cmocka_unit_test(test_text_escape_prose_keeps_our_backslashes),
		cmocka_unit_test(test_text_escape_leaves_a_full_buffer_failed),
		cmocka_unit_test(
		    test_text_escape_is_injective_because_it_can_be_decoded),
		cmocka_unit_test(
		    test_text_is_utf8_accepts_only_well_formed_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
