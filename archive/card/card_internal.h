/* SPDX-License-Identifier: BSD-2-Clause */
/* card_internal.h - what the pages share. */
#ifndef MUN_CARD_INTERNAL_H
#define MUN_CARD_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/* Up to and with <body>; title is ours. */
void mun_card_begin(struct mun_buffer *page, const char *title);
void mun_card_end(struct mun_buffer *page);
/* Text from outside, harmless to eyes and to HTML. */
void mun_card_text(struct mun_buffer *page, const char *text);
/* The same line by line: a line end stays one. */
void mun_card_text_lines(struct mun_buffer *page, const char *text);
/* A digest in groups of four digits, four groups a line. */
void mun_card_digest(struct mun_buffer *page, const uint8_t digest[32]);
/* A code of the text, as SVG; label (ours) is what a screen reader says. */
MUN_MUST_USE enum mun_status mun_card_code(struct mun_buffer *page,
    const char *text, const char *label, struct mun_error *err);

#endif
