/* SPDX-License-Identifier: BSD-2-Clause */
/* collision.h - documents whose paths are one path on other systems. */
#ifndef MUN_INGEST_COLLISION_H
#define MUN_INGEST_COLLISION_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"
#include "walk/walk.h"

struct mun_collision {
	uint64_t entry; /* of the walk; ascending */
	uint64_t earlier; /* of the walk: the first of its kind */
	uint64_t earlier_ordinal; /* which document that is, from 1 */
};
struct mun_collisions {
	struct mun_collision *items; /* owned */
	size_t count, capacity;
};
#define MUN_COLLISIONS_INIT   \
	{                     \
		.items = NULL \
	}

/* Find them all among a walk's documents.  Memory: 24 bytes a document while
 * it runs. */
MUN_MUST_USE enum mun_status mun_collisions_find(struct mun_collisions *found,
    const struct mun_walk *walk, struct mun_error *err);
/* That of a walk's entry; NULL if it has none. */
const struct mun_collision *mun_collisions_of(
    const struct mun_collisions *found, uint64_t entry);
void mun_collisions_free(struct mun_collisions *found);

#endif
