/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fold.h - what makes two names the same to a searcher, or to another system.
 */
#ifndef MUN_BASE_FOLD_H
#define MUN_BASE_FOLD_H

#include <stddef.h>

#include "muniment/buffer.h"

/*
 * mun_fold_search - append the searchable form of text: NFKC, full case
 * folding, default-ignorables dropped, again NFKC (so NFC, NFD, presentation
 * forms and case meet).  Bytes that are not UTF-8 become U+FFFD each.
 */
void mun_fold_search(struct mun_buffer *out, const void *text, size_t len);
/*
 * mun_fold_name - append the form under which a case-insensitive, normalising
 * file system would see a name: NFC and full case folding; bytes that are not
 * UTF-8 unchanged.  Equal forms collide on macOS or Windows.
 */
void mun_fold_name(struct mun_buffer *out, const void *name, size_t len);
/*
 * mun_fold_bigrams - append the overlapping code point pairs of an already
 * folded text, word by word (words are runs of letters, digits, marks), each
 * pair followed by a space; a word of one code point gives that alone.
 */
void mun_fold_bigrams(struct mun_buffer *out, const void *folded, size_t len);

#endif
