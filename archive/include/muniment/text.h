/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - the one way by which bytes from outside reach a person's eyes.
 *
 * Document names, certificate names and typed text are hostile: they can hold
 * terminal escapes, bidirectional overrides, invisible characters.  Nothing
 * else in Muniment prints them.
 */
#ifndef MUNIMENT_TEXT_H
#define MUNIMENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "muniment/buffer.h"

enum mun_text_mode {
	MUN_TEXT_ASCII = 0, /* output bytes are 0x20 to 0x7e only */
	MUN_TEXT_UTF8	    /* letters of any script, for a UTF-8 terminal */
};

/*
 * mun_text_escape - append len bytes to out in a form that harms nothing.
 *
 * Injective within one mode: two different inputs never give one output.
 * A backslash becomes two.  LF, CR, TAB become \n \r \t; other control bytes,
 * DEL and bytes that are not UTF-8 become \xNN.  In MUN_TEXT_ASCII every other
 * code point becomes \u{NNNN}.  In MUN_TEXT_UTF8 a code point is shown as it
 * is unless it is a control, format, private, surrogate, unassigned, line or
 * paragraph separator, default-ignorable or non-ASCII space character, or a
 * combining mark after four others; those become \u{NNNN}.  If anything shown
 * is written right to left, the whole is put between U+2068 and U+2069.
 * Quotes nothing.  Failures stick to out.
 */
MUN_API void mun_text_escape(struct mun_buffer *out, const void *bytes,
    size_t len, enum mun_text_mode mode);

/*
 * mun_text_escape_prose - the same for a sentence of ours that may quote bytes
 * from outside (an error's text): a backslash stays single, all else as above.
 */
MUN_API void mun_text_escape_prose(struct mun_buffer *out, const void *bytes,
    size_t len, enum mun_text_mode mode);

/* mun_text_is_utf8 - whether the bytes are well-formed UTF-8 without NUL. */
MUN_API bool mun_text_is_utf8(const void *bytes, size_t len);

#endif
