/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * collision.c - a table of folded paths' hashes; an equal hash is confirmed by
 * folding both paths again.
 *
 * An open-addressed slot holds 32 bits of hash and the walk's entry, so no
 * path is kept in memory.
 */
#include "ingest/collision.h"

#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/limits.h"
#include "base/macros.h"
#include "muniment/buffer.h"

struct slot {
	uint32_t hash;
	uint32_t entry; /* + 1; 0: free.  MUN_WALK_ENTRIES_MAX fits */
	uint32_t ordinal;
};

struct table {
	struct slot *slots;
	uint64_t mask;
	const struct mun_walk *walk;
	struct mun_buffer path, folded, other;
};

/* FNV-1a: only spreads; equality is decided by the paths themselves. */
static uint64_t
hash_of(const struct mun_buffer *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text->len; i++)
		hash = (hash ^ text->data[i]) * UINT64_C(0x100000001b3);
	return hash ^ (hash >> 32);
}

static enum mun_status
fold_path(struct table *table, struct mun_buffer *out, uint64_t entry,
    struct mun_error *err)
{
	enum mun_status status;

	mun_buffer_reset(&table->path);
	mun_buffer_reset(out);
	mun_walk_path(table->walk, entry, &table->path);
	MUN_TRY(mun_buffer_status(&table->path, "path", err));
	mun_fold_name(out, table->path.data, table->path.len);
	status = mun_buffer_status(out, "path", err);
out:
	return status;
}

static enum mun_status
add_item(struct mun_collisions *found, uint64_t entry,
    const struct slot *earlier, struct mun_error *err)
{
	if (found->count == found->capacity) {
		size_t capacity = found->capacity * 2 + 16;
		struct mun_collision *grown =
		    realloc(found->items, capacity * sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
		found->items = grown;
		found->capacity = capacity;
	}
	found->items[found->count++] = (struct mun_collision){ .entry = entry,
		.earlier = earlier->entry - 1,
		.earlier_ordinal = earlier->ordinal };
	return MUN_OK;
}

static enum mun_status
add_document(struct table *table, struct mun_collisions *found, uint64_t entry,
    uint64_t ordinal, struct mun_error *err)
{
	enum mun_status status;
	uint64_t hash;

	MUN_TRY(fold_path(table, &table->folded, entry, err));
	hash = hash_of(&table->folded);
	for (uint64_t i = hash & table->mask;; i = (i + 1) & table->mask) {
		struct slot *slot = &table->slots[i];

		if (slot->entry == 0) {
			*slot = (struct slot){ .hash = (uint32_t)hash,
				.entry = (uint32_t)(entry + 1),
				.ordinal = (uint32_t)ordinal };
			break;
		}
		if (slot->hash != (uint32_t)hash)
			continue;
		MUN_TRY(fold_path(table, &table->other, slot->entry - 1, err));
		if (table->other.len == table->folded.len &&
		    memcmp(table->other.data, table->folded.data,
			table->folded.len) == 0) {
			status = add_item(found, entry, slot, err);
			break;
		}
	}
out:
	return status;
}

static enum mun_status
make_table(
    struct table *table, const struct mun_walk *walk, struct mun_error *err)
{
	struct mun_walk_totals totals;
	uint64_t slots = 64;

	mun_walk_count(walk, &totals);
	while (slots < totals.documents + totals.documents / 3)
		slots *= 2;
	*table = (struct table){ .mask = slots - 1,
		.walk = walk,
		.path = MUN_BUFFER_INIT(MUN_PATH_MAX),
		.folded = MUN_BUFFER_INIT((size_t)16 * MUN_PATH_MAX),
		.other = MUN_BUFFER_INIT((size_t)16 * MUN_PATH_MAX) };
	table->slots = calloc(slots, sizeof(*table->slots));
	if (table->slots == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	return MUN_OK;
}

enum mun_status
mun_collisions_find(struct mun_collisions *found, const struct mun_walk *walk,
    struct mun_error *err)
{
	struct table table;
	enum mun_status status;
	uint64_t ordinal = 0;

	MUN_TRY(make_table(&table, walk, err));
	for (uint64_t i = 0; i < mun_walk_entries(walk); i++) {
		struct mun_walk_entry entry;

		mun_walk_get(walk, i, &entry);
		if (entry.kind == MUN_WALK_DOCUMENT)
			MUN_TRY(add_document(&table, found, i, ++ordinal, err));
	}
out:
	free(table.slots);
	mun_buffer_free(&table.path);
	mun_buffer_free(&table.folded);
	mun_buffer_free(&table.other);
	return status;
}

const struct mun_collision *
mun_collisions_of(const struct mun_collisions *found, uint64_t entry)
{
	size_t low = 0, high = found->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (found->items[middle].entry < entry)
			low = middle + 1;
		else
			high = middle;
	}
	return low < found->count && found->items[low].entry == entry
	    ? &found->items[low]
	    : NULL;
}

void
mun_collisions_free(struct mun_collisions *found)
{
	free(found->items);
	*found = (struct mun_collisions)MUN_COLLISIONS_INIT;
}
