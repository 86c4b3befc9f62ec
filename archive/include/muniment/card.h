/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * card.h - pages to print: a vault's fingerprint, a backup of keys.
 *
 * Each is one self-contained HTML page for A4 or Letter: no script, nothing
 * fetched, a strict content security policy, codes (QR, ISO/IEC 18004) as
 * inline SVG.  Everything from outside is escaped.  Pages say nothing of the
 * machine or the time they were made.
 */
#ifndef MUNIMENT_CARD_H
#define MUNIMENT_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/*
 * mun_card_fingerprint - the card to hand out: the fingerprint in groups and
 * as a code (the text "vault:" and 64 hex digits), and the origin.
 *
 * Appends to page.  MUN_ERR_NOMEM, MUN_ERR_LIMIT.
 */
MUN_API MUN_MUST_USE enum mun_status mun_card_fingerprint(
    struct mun_buffer *page, const uint8_t vault[32], const char *origin,
    struct mun_error *err);

struct mun_card_backup {
	const char *name; /* the actor's; hostile */
	const uint8_t *certificate_sha256; /* 32 bytes */
	const uint8_t *vault; /* 32 bytes; NULL: not known */
	/* As mun_keys_split_backup gives them: texts, each with its NUL. */
	const char *pieces;
	size_t count;
};
enum {
	/* A code of this many bytes can be scanned from office paper. */
	MUN_CARD_PIECE_MAX = 400
};
/* mun_card_backup - numbered codes of a backup's pieces, with the text of each
 * under it.  Only for encrypted keys: what is printed can be read by whoever
 * passes.  As above; MUN_ERR_LIMIT also for a piece that no code holds. */
MUN_API MUN_MUST_USE enum mun_status mun_card_backup(struct mun_buffer *page,
    const struct mun_card_backup *backup, struct mun_error *err);

#endif
