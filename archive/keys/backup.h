/* SPDX-License-Identifier: BSD-2-Clause */
/* backup.h - a backup's text, and the pieces it is printed in. */
#ifndef MUN_KEYS_BACKUP_H
#define MUN_KEYS_BACKUP_H

#include "muniment/buffer.h"
#include "muniment/error.h"

enum {
	/* Three files and a line of each. */
	MUN_KEYS_BACKUP_MAX = 4 * 32768,
	/* A page holds six; more paper than that is a mistake. */
	MUN_KEYS_PIECES_MAX = 999
};

/* A backup's text, from that text itself (appended as it is) or from its
 * pieces in any order, empty lines and CR of a scanner left out.
 * MUN_ERR_FORMAT: which piece is missing, or there twice with other words. */
MUN_MUST_USE enum mun_status mun_keys_join_pieces(
    struct mun_buffer *text, const char *pieces, struct mun_error *err);

#endif
