/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identify.h - what libmagic makes of a document's first bytes, in the sandbox.
 *
 * A media type is a description, never relied on.  When the worker dies the
 * type is "application/octet-stream" and the description is empty.
 */
#ifndef MUN_IDENTIFY_IDENTIFY_H
#define MUN_IDENTIFY_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"

struct mun_identify;

struct mun_identity {
	uint64_t ticket;
	char media_type[MUN_MEDIA_TYPE_MAX + 1]; /* lower-case type/subtype:
				characters of [a-z0-9.+_/-] only, one slash */
	char description[MUN_DESCRIPTION_MAX + 1]; /* UTF-8 without controls */
	bool failed;		/* the worker could not say */
	char reason[128];	/* why, a finding's detail: fixed words of ours */
};

MUN_MUST_USE enum mun_status mun_identify_start(struct mun_identify **out,
    unsigned workers, bool unsafe_no_sandbox, struct mun_error *err);
bool mun_identify_has_room(const struct mun_identify *identify);
/* Ask about the first bytes (at most MUN_IDENTIFY_LEN; copied).  sha256: of
 * just these bytes, or NULL if the caller has not made it.  *is_known: the
 * answer, given lately to the same bytes, is in *identity (its ticket means
 * nothing); else it is to be collected under identity->ticket. */
MUN_MUST_USE enum mun_status mun_identify_ask(struct mun_identify *identify,
    const void *bytes, size_t len, const uint8_t *sha256,
    struct mun_identity *identity, bool *is_known, struct mun_error *err);
/* MUN_ERR_NOT_FOUND when none is finished (or under way, with wait). */
MUN_MUST_USE enum mun_status mun_identify_collect(
    struct mun_identify *identify, struct mun_identity *identity, bool wait,
    struct mun_error *err);
void mun_identify_stop(struct mun_identify *identify);

#endif
