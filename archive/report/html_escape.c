/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_escape.c - what may stand in the page, and how.
 *
 * Two layers: base/text.c makes bytes from outside harmless to the eye, this
 * file makes them harmless to the parser of HTML.  Both are needed, and both
 * are applied to everything that is not a literal of ours.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "muniment/text.h"
#include "report/html.h"

#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8" /* U+2068 */

enum {
	ISOLATE_LEN = 3, /* bytes of either isolate */
	/* Of hostile bytes looked at: each becomes at least one shown. */
	LOOKED_AT_MAX = MUN_HTML_SHOWN_MAX + 8,
	ESCAPED_MAX = 1 << 20
};

/* ---- escaping ---- */

static void
escape_bytes(struct mun_buffer *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		switch (text[i]) {
		case '&':
			mun_buffer_append_text(out, "&amp;");
			break;
		case '<':
			mun_buffer_append_text(out, "&lt;");
			break;
		case '>':
			mun_buffer_append_text(out, "&gt;");
			break;
		case '"':
			mun_buffer_append_text(out, "&quot;");
			break;
		case '\'':
			mun_buffer_append_text(out, "&#39;");
			break;
		default:
			mun_buffer_append_byte(out, (uint8_t)text[i]);
		}
	}
}

void
mun_html_escape(struct mun_buffer *out, const char *text)
{
	escape_bytes(out, text, strlen(text));
}

/* The longest part of at most max bytes that ends neither within a character
 * nor within an escape. */
static size_t
cut_at(const char *text, size_t len, size_t max)
{
	size_t end = len < max ? len : max;

	if (end == len)
		return end;
	while (end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80)
		end--;
	for (size_t back = 1; back <= 10 && back <= end; back++) {
		size_t start = end - back;

		if (text[start] == '}')
			break;
		if (text[start] == '\\')
			return start;
	}
	return end;
}

/* <bdi> isolates already, and what is copied out of the page should be the
 * name and nothing else. */
static void
strip_isolates(const char **text, size_t *len)
{
	if (*len < 2 * ISOLATE_LEN ||
	    memcmp(*text, FIRST_STRONG_ISOLATE, ISOLATE_LEN) != 0)
		return;
	*text += ISOLATE_LEN;
	*len -= 2 * ISOLATE_LEN;
}

void
mun_html_escape_outside(struct mun_buffer *out, const void *bytes, size_t len,
    bool is_prose, bool *cut)
{
	struct mun_buffer shown = MUN_BUFFER_INIT(ESCAPED_MAX);
	size_t taken = len < LOOKED_AT_MAX ? len : LOOKED_AT_MAX;
	const char *text;
	size_t text_len, end;

	if (is_prose)
		mun_text_escape_prose(&shown, bytes, taken, MUN_TEXT_UTF8);
	else
		mun_text_escape(&shown, bytes, taken, MUN_TEXT_UTF8);
	if (shown.status != MUN_OK)
		out->status = shown.status;
	text = mun_buffer_text(&shown);
	text_len = shown.len;
	strip_isolates(&text, &text_len);
	end = cut_at(text, text_len, MUN_HTML_SHOWN_MAX);
	*cut = taken < len || end < text_len;
	escape_bytes(out, text, end);
	mun_buffer_free(&shown);
}

/* ---- to a stream ---- */

void
mun_html_raw(struct mun_html *html, const char *markup)
{
	mun_buffer_append_text(&html->text, markup);
}

void
mun_html_format(struct mun_html *html, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= sizeof(text))
		html->text.status = MUN_ERR_INTERNAL;
	else
		mun_html_raw(html, text);
}

void
mun_html_text(struct mun_html *html, const char *text)
{
	mun_html_escape(&html->text, text);
}

void
mun_html_outside(struct mun_html *html, const void *bytes, size_t len)
{
	bool cut;

	mun_html_raw(html, "<bdi>");
	mun_html_escape_outside(&html->text, bytes, len, false, &cut);
	mun_html_raw(html, "</bdi>");
	if (cut) {
		mun_html_raw(html, " <span class=\"cut\">[cut here: ");
		mun_html_number(html, len);
		mun_html_raw(html, " bytes in all]</span>");
	}
}

void
mun_html_prose(struct mun_html *html, const char *text)
{
	bool cut;

	mun_html_raw(html, "<bdi>");
	mun_html_escape_outside(&html->text, text, strlen(text), true, &cut);
	mun_html_raw(html, "</bdi>");
	if (cut)
		mun_html_raw(html, " <span class=\"cut\">[cut here]</span>");
}

void
mun_html_digest(struct mun_html *html, const uint8_t *digest, size_t digest_len)
{
	mun_html_raw(html, "<code class=\"digest\">");
	for (size_t i = 0; i < digest_len; i += MUN_SHA256_LEN) {
		size_t left = digest_len - i;

		if (i > 0)
			mun_html_raw(html, "<wbr>");
		mun_buffer_append_hex(&html->text, digest + i,
		    left < MUN_SHA256_LEN ? left : MUN_SHA256_LEN);
	}
	mun_html_raw(html, "</code>");
}

void
mun_html_time(struct mun_html *html, int64_t utc_s)
{
	char text[MUN_TIME_TEXT_LEN + 1];

	if (!mun_time_format(text, utc_s)) {
		mun_html_raw(html, "a time outside the calendar");
		return;
	}
	mun_html_format(html, "<time datetime=\"%s\">%s</time>", text, text);
}

void
mun_html_number(struct mun_html *html, uint64_t number)
{
	char digits[24];
	size_t len;

	(void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			mun_buffer_append_byte(&html->text, ',');
		mun_buffer_append_byte(&html->text, (uint8_t)digits[i]);
	}
}
