/* SPDX-License-Identifier: BSD-2-Clause */
/* witness_internal.h - what the files of this folder share. */
#ifndef MUN_WITNESS_WITNESS_INTERNAL_H
#define MUN_WITNESS_WITNESS_INTERNAL_H

#include "log/note.h"
#include "vault/vault.h"

/* Append the head that log was opened at, with its cosignatures if the store
 * has a proper file of them. */
MUN_MUST_USE enum mun_status mun_witness_append_head(struct mun_store *store,
    const struct mun_log *log, struct mun_buffer *note, struct mun_error *err);

/* A kept note has to be a head of this log that it extends; *old says which.
 * MUN_ERR_EXISTS: no head of this log; MUN_ERR_FORMAT: not extended. */
MUN_MUST_USE enum mun_status mun_witness_check_extends(struct mun_vault *vault,
    struct mun_log *log, const struct mun_buffer *kept,
    struct mun_checkpoint *old, struct mun_error *err);

#endif
