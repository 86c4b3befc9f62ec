/* SPDX-License-Identifier: BSD-2-Clause */
/* vault_internal.h - shared by the files of this folder. */
#ifndef MUN_VAULT_VAULT_INTERNAL_H
#define MUN_VAULT_VAULT_INTERNAL_H

#include "muniment/error.h"

/* Beside the keys: these keys belong to a vault not yet whole. */
#define MUN_KEYS_UNFINISHED "unfinished"

/* Remove what an unfinished vault can hold (its known folders and files, each
 * whole), but not the mark itself.  Anything else stays. */
MUN_MUST_USE enum mun_status mun_vault_remove_parts(
    int vault_fd, struct mun_error *err);

#endif
