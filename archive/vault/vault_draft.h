/* SPDX-License-Identifier: BSD-2-Clause */
/* vault_draft.h - a vault being made; shared by the files of this folder. */
#ifndef MUN_VAULT_VAULT_DRAFT_H
#define MUN_VAULT_VAULT_DRAFT_H

#include "vault/vault.h"

/* Folders made on the way to a path, so that they can be taken away again: the
 * path as it was when they were made, and the length of each one's. */
enum {
	MUN_MADE_MAX = 64
};
struct mun_made {
	char *path; /* owned */
	size_t len[MUN_MADE_MAX];
	unsigned count;
};

struct mun_vault_draft {
	struct mun_vault_create_options options; /* texts borrowed */
	char *path; /* of the vault; absolute once taken */
	char *keys; /* of the keys folder; the same */
	int fd; /* of the vault's folder */
	int mark; /* flocked */
	struct mun_made made_folder, made_keys;
	bool keys_marked;
	bool is_finished;
};

/* Make and mark the folders. */
MUN_MUST_USE enum mun_status mun_vault_draft_take(
    struct mun_vault_draft *draft, bool keys_are_new, struct mun_error *err);
void mun_vault_unmark_keys(const char *keys_folder);

#endif
