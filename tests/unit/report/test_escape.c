/* SPDX-License-Identifier: BSD-2-Clause */
/* test_escape.c - nothing from outside is markup, and nothing deceives. */
#include <stdio.h>
#include <string.h>

#include "harness/harness.h"
#include "report/html.h"

static void
expect(const char *in, size_t len, bool is_prose, const char *out)
{
	struct mun_buffer buf = MUN_BUFFER_INIT(1 << 20);
	bool cut = true;

	mun_html_escape_outside(&buf, in, len, is_prose, &cut);
	assert_int_equal(buf.status, MUN_OK);
	assert_false(cut);
	assert_string_equal(mun_buffer_text(&buf), out);
	mun_buffer_free(&buf);
}

#define EXPECT(in, out) expect((in), sizeof(in) - 1, false, (out))

static void
test_escape_leaves_no_markup(void **state)
{
	(void)state;
	EXPECT("<script>alert(1)</script>",
	    "&lt;script&gt;alert(1)&lt;/script&gt;");
	EXPECT("\"><img src=x>", "&quot;&gt;&lt;img src=x&gt;");
	EXPECT("' onload='", "&#39; onload=&#39;");
	EXPECT("&lt;&#60;&", "&amp;lt;&amp;#60;&amp;");
	EXPECT("-->]]>", "--&gt;]]&gt;");
}

static void
test_escape_shows_what_deceives(void **state)
{
	(void)state;
	/* U+202E, U+200B, U+FEFF, a closing isolate, ESC, LF, no UTF-8 */
	EXPECT("a\xe2\x80\xae"
	       "b",
	    "a\\u{202e}b");
	EXPECT("\xe2\x80\x8b\xef\xbb\xbf", "\\u{200b}\\u{feff}");
	EXPECT("\xe2\x81\xa9<", "\\u{2069}&lt;");
	EXPECT("\x1b[31m\n", "\\x1b[31m\\n");
	EXPECT("\xff\xfe<", "\\xff\\xfe&lt;");
	EXPECT("\\<", "\\\\&lt;");
	EXPECT("a\0b", "a\\x00b");
}

/* Letters of any script stay readable, and the isolates that a terminal needs
 * are not part of what is copied out of the page. */
static void
test_escape_keeps_scripts(void **state)
{
	(void)state;
	EXPECT("Приказ № 12", "Приказ № 12");
	EXPECT("机密", "机密");
	EXPECT("تقرير", "تقرير");
	EXPECT("סודי", "סודי");
}

static void
test_escape_prose_keeps_backslashes(void **state)
{
	(void)state;
	expect("a\\b<", 4, true, "a\\b&lt;");
}

static void
test_escape_cuts_at_a_character(void **state)
{
	static char letters[3 * MUN_HTML_SHOWN_MAX];
	struct mun_buffer buf = MUN_BUFFER_INIT(1 << 20);
	bool cut = false;

	(void)state;
	/* three bytes each, and MUN_HTML_SHOWN_MAX is no multiple of three */
	for (size_t i = 0; i < sizeof(letters); i++)
		letters[i] = "\xe6\x9c\xba"[i % 3];
	mun_html_escape_outside(&buf, letters, sizeof(letters), false, &cut);
	assert_true(cut);
	assert_int_equal(buf.len, MUN_HTML_SHOWN_MAX - MUN_HTML_SHOWN_MAX % 3);
	assert_memory_equal(buf.data, letters, buf.len);
	mun_buffer_free(&buf);
}

/* 5,000 combining marks: four are shown, an escape is never cut in two. */
static void
test_escape_bounds_marks(void **state)
{
	static char marks[1 + 2 * 5000];
	struct mun_buffer buf = MUN_BUFFER_INIT(1 << 20);
	bool cut = false;

	(void)state;
	marks[0] = 'o';
	for (size_t i = 1; i < sizeof(marks); i++)
		marks[i] = "\xcc\x81"[(i - 1) % 2];
	mun_html_escape_outside(&buf, marks, sizeof(marks), false, &cut);
	assert_true(cut);
	assert_true(buf.len <= MUN_HTML_SHOWN_MAX);
	assert_memory_equal(buf.data, marks, 9);
	assert_memory_equal(buf.data + 9, "\\u{0301}", 8);
	assert_int_equal((buf.len - 9) % 8, 0);
	mun_buffer_free(&buf);
}

static void
test_outside_says_how_much_is_cut(void **state)
{
	static char name[5000];
	struct mun_html html = MUN_HTML_INIT;
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = '<';
	mun_html_outside(&html, name, sizeof(name));
	text = mun_buffer_text(&html.text);
	assert_memory_equal(text, "<bdi>&lt;", 9);
	assert_non_null(strstr(text, "[cut here: 5,000 bytes in all]"));
	/* the next '<' that is markup is ours */
	assert_memory_equal(strchr(text + 1, '<'), "</bdi>", 6);
	mun_html_close(&html);
}

static void
test_digest_is_whole(void **state)
{
	struct mun_html html = MUN_HTML_INIT;
	uint8_t digest[64];

	(void)state;
	for (unsigned i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)i;
	mun_html_digest(&html, digest, sizeof(digest));
	assert_string_equal(mun_buffer_text(&html.text),
	    "<code class=\"digest\">"
	    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	    "<wbr>"
	    "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
	    "</code>");
	mun_html_close(&html);
}

static void
test_number_has_groups(void **state)
{
	struct mun_html html = MUN_HTML_INIT;

	(void)state;
	mun_html_number(&html, 0);
	mun_html_raw(&html, " ");
	mun_html_number(&html, 999);
	mun_html_raw(&html, " ");
	mun_html_number(&html, 1000);
	mun_html_raw(&html, " ");
	mun_html_number(&html, 12345678);
	assert_string_equal(
	    mun_buffer_text(&html.text), "0 999 1,000 12,345,678");
	mun_html_close(&html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape_leaves_no_markup),
		cmocka_unit_test(test_escape_shows_what_deceives),
		cmocka_unit_test(test_escape_keeps_scripts),
		cmocka_unit_test(test_escape_prose_keeps_backslashes),
		cmocka_unit_test(test_escape_cuts_at_a_character),
		cmocka_unit_test(test_escape_bounds_marks),
		cmocka_unit_test(test_outside_says_how_much_is_cut),
		cmocka_unit_test(test_digest_is_whole),
		cmocka_unit_test(test_number_has_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
