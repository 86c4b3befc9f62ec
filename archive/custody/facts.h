/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts.h - what an event says, in words for people: one sentence of ours, and
 * its closed fields one by one.
 *
 * Decides nothing.  Spec of the fields: docs/format/custody.md.
 */
#ifndef MUN_CUSTODY_FACTS_H
#define MUN_CUSTODY_FACTS_H

#include "custody/custody.h"

/* label is ours; text may be hostile (names of actors). */
typedef void mun_custody_fact(void *ctx, const char *label, const char *text);

/*
 * mun_custody_facts - tell the fields of a detail, in the order of the format.
 *
 * custody  names actors, as the certificate does that is told; NULL: only
 *          digests are
 * detail   what mun_detail_read took out
 * fact     called once a field, or once a token, with ctx; label stays good,
 *          text is borrowed
 *
 * Digests and documents are told in full, but an entry that is accepted by its
 * number, where custody knows it.  Returns the sentence ("Handed
 * over; the receiver has to countersign."), never NULL.
 */
const char *mun_custody_facts(const struct mun_custody *custody,
    const struct mun_detail *detail, mun_custody_fact *fact, void *ctx);
/* The same for entry 0. */
const char *mun_custody_founding_facts(
    const struct mun_vault_created *created, mun_custody_fact *fact, void *ctx);

#endif
