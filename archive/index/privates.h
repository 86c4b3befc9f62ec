/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privates.h - the private lines of an archive's documents, read ahead.
 *
 * They are four lines of five that an index reads, half of its work: so, where
 * they are many, a thread of its own reads them while the caller makes rows.
 *
 * Thread rule: all functions are for one caller's thread.
 */
#ifndef MUN_INDEX_PRIVATES_H
#define MUN_INDEX_PRIVATES_H

#include "manifest/manifest.h"
#include "package/package.h"

/* What the private lines say of one document. */
struct mun_document_privates {
	bool has[MUN_PRIVATE_FIELDS];
	struct mun_private field[MUN_PRIVATE_FIELDS]; /* bytes: see next */
};

struct mun_index_privates;

/* member: metadata/private.jsonl of the archive open at fd (borrowed; read by
 * pread).  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_index_privates_open(
    struct mun_index_privates **out, int fd,
    const struct mun_package_member *member, struct mun_error *err);
/* What is said of document `number`, to be asked for in rising order; nothing
 * (no error), if the next line is another document's.  Of two lines of one
 * field the last counts.  *out and the bytes it points to, a NUL behind them,
 * are lent until the next call.  Errors of reading and of mun_private_parse. */
MUN_MUST_USE enum mun_status mun_index_privates_next(
    struct mun_index_privates *privates, uint64_t number,
    const struct mun_document_privates **out, struct mun_error *err);
/* NULL-safe. */
void mun_index_privates_free(struct mun_index_privates *privates);

#endif
