/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.c - bytes from outside, made harmless to a terminal and to its reader.
 *
 * The output is a sequence of tokens (a shown character, "\\", "\n", "\xNN",
 * "\u{N}") that each stand for one input and start differently, so it can be
 * decoded: hence injective.  The isolates around right-to-left text are never
 * shown as themselves inside it, so they too can be told.
 */
#include "muniment/text.h"

#include <utf8proc.h>

enum {
	MARKS_SHOWN_MAX = 4, /* Vietnamese and pointed Hebrew need three */
	BRAILLE_BLANK = 0x2800 /* a symbol by category, a space to the eye */
};

#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8" /* U+2068 */
#define POP_DIRECTIONAL_ISOLATE "\xe2\x81\xa9" /* U+2069 */

/* One code point at *pos, which is stepped over; false (one byte stepped
 * over) if there is no well-formed one. */
static bool
next_code_point(
    const uint8_t *bytes, size_t len, size_t *pos, utf8proc_int32_t *code_point)
{
	/* Four bytes are the longest; so the length always fits. */
	size_t left = len - *pos < 4 ? len - *pos : 4;
	utf8proc_ssize_t used =
	    utf8proc_iterate(bytes + *pos, (utf8proc_ssize_t)left, code_point);

	*pos += used > 0 ? (size_t)used : 1;
	return used > 0;
}

static bool
is_mark(utf8proc_category_t category)
{
	return category == UTF8PROC_CATEGORY_MN ||
	    category == UTF8PROC_CATEGORY_MC ||
	    category == UTF8PROC_CATEGORY_ME;
}

/* Whether a code point may reach a UTF-8 terminal as it is (marks: if not too
 * many). */
static bool
is_showable(utf8proc_int32_t code_point)
{
	const utf8proc_property_t *property;

	if (code_point < 0x80)
		return code_point >= 0x20 && code_point != 0x7f;
	property = utf8proc_get_property(code_point);
	if (property->ignorable || code_point == BRAILLE_BLANK)
		return false;
	switch ((utf8proc_category_t)property->category) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SC:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_SO:
		return true;
	default:
		return false;
	}
}

static bool
is_right_to_left(utf8proc_int32_t code_point)
{
	switch (utf8proc_get_property(code_point)->bidi_class) {
	case UTF8PROC_BIDI_CLASS_R:
	case UTF8PROC_BIDI_CLASS_AL:
	case UTF8PROC_BIDI_CLASS_AN:
		return true;
	default:
		return false;
	}
}

static bool
shows_right_to_left(const uint8_t *bytes, size_t len)
{
	size_t pos = 0;

	while (pos < len) {
		utf8proc_int32_t code_point;

		if (next_code_point(bytes, len, &pos, &code_point) &&
		    code_point >= 0x80 && is_showable(code_point) &&
		    is_right_to_left(code_point))
			return true;
	}
	return false;
}

/* Bytes below 0x80 that are not printable, and bytes that are not UTF-8. */
static void
escape_byte(struct mun_buffer *out, uint8_t byte)
{
	switch (byte) {
	case '\n':
		mun_buffer_append_text(out, "\\n");
		break;
	case '\r':
		mun_buffer_append_text(out, "\\r");
		break;
	case '\t':
		mun_buffer_append_text(out, "\\t");
		break;
	default:
		mun_buffer_append_format(out, "\\x%02x", (unsigned)byte);
	}
}

/* What has been shown just before, which decides about a mark. */
struct escaping {
	struct mun_buffer *out;
	enum mun_text_mode mode;
	bool is_prose;
	bool has_base; /* a mark would sit on a shown character */
	unsigned marks; /* shown on it so far */
};

static void
escape_ascii(struct escaping *state, uint8_t byte)
{
	state->marks = 0;
	state->has_base = byte >= 0x20 && byte != 0x7f;
	if (byte == '\\' && !state->is_prose)
		mun_buffer_append_text(state->out, "\\\\");
	else if (state->has_base)
		mun_buffer_append_byte(state->out, byte);
	else
		escape_byte(state->out, byte);
}

/* Count a mark; whether it may be shown. */
static bool
admit_mark(struct escaping *state)
{
	if (!state->has_base || state->marks == MARKS_SHOWN_MAX)
		return false;
	state->marks++;
	return true;
}

static void
escape_code_point(struct escaping *state, utf8proc_int32_t code_point,
    const uint8_t *bytes, size_t len)
{
	bool shown = state->mode == MUN_TEXT_UTF8 && is_showable(code_point);

	if (shown && is_mark(utf8proc_category(code_point))) {
		shown = admit_mark(state);
	} else {
		state->has_base = shown;
		state->marks = 0;
	}
	if (shown)
		mun_buffer_append(state->out, bytes, len);
	else
		mun_buffer_append_format(
		    state->out, "\\u{%04x}", (unsigned)code_point);
}

static void
escape_all(struct mun_buffer *out, const uint8_t *bytes, size_t len,
    enum mun_text_mode mode, bool is_prose)
{
	struct escaping state = { out, mode, is_prose, false, 0 };
	bool isolate = mode == MUN_TEXT_UTF8 && shows_right_to_left(bytes, len);
	size_t pos = 0;

	if (isolate)
		mun_buffer_append_text(out, FIRST_STRONG_ISOLATE);
	while (pos < len) {
		size_t start = pos;
		utf8proc_int32_t code_point;

		if (!next_code_point(bytes, len, &pos, &code_point)) {
			escape_byte(out, bytes[start]);
			state.has_base = false;
			state.marks = 0;
		} else if (code_point < 0x80) {
			escape_ascii(&state, bytes[start]);
		} else {
			escape_code_point(
			    &state, code_point, bytes + start, pos - start);
		}
	}
	if (isolate)
		mun_buffer_append_text(out, POP_DIRECTIONAL_ISOLATE);
}

void
mun_text_escape(struct mun_buffer *out, const void *bytes, size_t len,
    enum mun_text_mode mode)
{
	escape_all(out, bytes, len, mode, false);
}

void
mun_text_escape_prose(struct mun_buffer *out, const void *bytes, size_t len,
    enum mun_text_mode mode)
{
	escape_all(out, bytes, len, mode, true);
}

bool
mun_text_is_utf8(const void *bytes, size_t len)
{
	const uint8_t *in = bytes;
	size_t pos = 0;

	while (pos < len) {
		utf8proc_int32_t code_point;

		if (in[pos] >= 0x01 && in[pos] <= 0x7f)
			pos++;
		else if (!next_code_point(in, len, &pos, &code_point) ||
		    code_point == 0)
			return false;
	}
	return true;
}
