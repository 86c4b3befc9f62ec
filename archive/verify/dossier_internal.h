/* SPDX-License-Identifier: BSD-2-Clause */
/* dossier_internal.h - what dossier_check.c and dossier_parts.c share. */
#ifndef MUN_VERIFY_DOSSIER_INTERNAL_H
#define MUN_VERIFY_DOSSIER_INTERNAL_H

#include "dossier/dossier.h"
#include "verify/verify_internal.h"

struct mun_dossier_pass {
	struct mun_verification *v;
	struct mun_log_facts *facts;
	const char *subject;
	struct mun_watch *watch;
	struct mun_dossier *dossier;
	bool *is_used; /* one a member: something asked for it */
	struct mun_tile_builder *builder;
	struct mun_entry_pass entries;
	struct mun_dossier_scope *scope;
	struct mun_dossier_scope_result result;
	struct mun_buffer checkpoint, part;
	uint64_t *seqs; /* of the entries, rising */
	size_t seq_count;
	uint64_t seq; /* of the one under judgement */
};

/* Replace out's contents with a member, which counts as used. */
MUN_MUST_USE enum mun_status mun_dossier_part(struct mun_dossier_pass *pass,
    const char *name, struct mun_buffer *out, struct mun_error *err);
/* Judge that a member is there (else dossier.incomplete) and is exactly due
 * (else rule). */
MUN_MUST_USE enum mun_status mun_dossier_same(struct mun_dossier_pass *pass,
    const char *name, const struct mun_buffer *due, enum mun_rule rule,
    struct mun_error *err);
/* Every member that is no tile, entry or statement; and that there is no
 * other.  Uses result. */
MUN_MUST_USE enum mun_status mun_dossier_check_parts(
    struct mun_dossier_pass *pass, struct mun_error *err);

#endif
