/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identify_known.c - answers that were given before to the same bytes.
 *
 * A tenth of what lies on a disk lies there twice, and libmagic says of the
 * same bytes the same.  One place for each key, the newest answer in it: no
 * memory grows, and who comes again soon is known.
 */
#include <stdlib.h>
#include <string.h>

#include "identify/identify_internal.h"

enum {
	PLACES = 1024
};

struct mun_identify_known {
	struct {
		uint8_t key[MUN_SHA256_LEN];
		bool is_taken;
		struct mun_identity identity;
	} places[PLACES];
};

struct mun_identify_known *
mun_identify_known_new(void)
{
	return calloc(1, sizeof(struct mun_identify_known));
}

void
mun_identify_known_free(struct mun_identify_known *known)
{
	free(known);
}

static size_t
place_of(const uint8_t key[MUN_SHA256_LEN])
{
	return (key[0] | (size_t)key[1] << 8) % PLACES;
}

void
mun_identify_known_put(struct mun_identify_known *known,
    const uint8_t key[MUN_SHA256_LEN], const struct mun_identity *identity)
{
	size_t at = place_of(key);

	/* A failure may not come again. */
	if (identity->failed)
		return;
	memcpy(known->places[at].key, key, MUN_SHA256_LEN);
	known->places[at].identity = *identity;
	known->places[at].is_taken = true;
}

bool
mun_identify_known_get(const struct mun_identify_known *known,
    const uint8_t key[MUN_SHA256_LEN], struct mun_identity *identity)
{
	size_t at = place_of(key);

	if (!known->places[at].is_taken ||
	    memcmp(known->places[at].key, key, MUN_SHA256_LEN) != 0)
		return false;
	*identity = known->places[at].identity;
	return true;
}
