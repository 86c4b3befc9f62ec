/* SPDX-License-Identifier: BSD-2-Clause */
/* vault_opened.h - an open vault, shared by the files that read it. */
#ifndef MUN_VAULT_VAULT_OPENED_H
#define MUN_VAULT_VAULT_OPENED_H

#include "custody/custody.h"
#include "vault/vault.h"

struct mun_vault {
	struct mun_store *store;
	char origin[MUN_ORIGIN_MAX + 1];
	struct mun_vault_created created;
	uint8_t fingerprint[MUN_SHA256_LEN];
	struct mun_buffer vkey;
	uint64_t log_size;
	/* vault_key.c: who acts and the log's keys, by the entries so far; NULL
	 * until somebody asks */
	struct mun_custody *custody;
	uint64_t custody_size;
};

#endif
