/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_facts.c - what a judged log turned out to be, for those who hold other
 * things against it.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/verify_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

void
mun_log_facts_clear(struct mun_log_facts *facts)
{
	mun_vault_created_clear(&facts->created);
	mun_custody_free(facts->custody);
	mun_proven_clear(&facts->proven);
	free(facts->entries);
	free(facts->deposits);
	for (size_t i = 0; i < facts->stamped_count; i++)
		free(facts->stamped[i].stamps);
	free(facts->stamped);
	free(facts->by_size);
	free(facts->by_id);
	memset(facts, 0, sizeof(*facts));
}

/* ---- time-stamp events, by the size of what they stamp ---- */

/* Where in by_size that size is or would be. */
static size_t
place_of(const struct mun_log_facts *facts, uint64_t size)
{
	size_t low = 0, high = facts->stamped_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (facts->stamped[facts->by_size[middle]].size < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct mun_stamped_fact *
mun_log_facts_stamped(const struct mun_log_facts *facts, uint64_t size)
{
	size_t place = place_of(facts, size);
	const struct mun_stamped_fact *found;

	if (place == facts->stamped_count)
		return NULL;
	found = &facts->stamped[facts->by_size[place]];
	return found->size == size ? found : NULL;
}

static enum mun_status
make_room(struct mun_log_facts *facts, struct mun_error *err)
{
	size_t capacity = facts->stamped_capacity * 2 + 16;
	struct mun_stamped_fact *stamped;
	size_t *by_size;

	if (facts->stamped_count < facts->stamped_capacity)
		return MUN_OK;
	stamped = reallocarray(facts->stamped, capacity, sizeof(*stamped));
	if (stamped != NULL)
		facts->stamped = stamped;
	by_size = reallocarray(facts->by_size, capacity, sizeof(*by_size));
	if (by_size != NULL)
		facts->by_size = by_size;
	if (stamped == NULL || by_size == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the log");
	facts->stamped_capacity = capacity;
	return MUN_OK;
}

/* Sizes rise in what honest writers stamp, so hardly anything is moved. */
enum mun_status
mun_log_facts_add_stamped(struct mun_log_facts *facts,
    const struct mun_stamped_fact *fact, struct mun_error *err)
{
	enum mun_status status;
	size_t place;

	MUN_TRY(make_room(facts, err));
	place = place_of(facts, fact->size);
	memmove(&facts->by_size[place + 1], &facts->by_size[place],
	    (facts->stamped_count - place) * sizeof(*facts->by_size));
	facts->by_size[place] = facts->stamped_count;
	facts->stamped[facts->stamped_count++] = *fact;
out:
	return status;
}

/* ---- deposits, by the archive's id ---- */

/* Of one id the first in the log comes first. */
static int
compare_deposits(const void *a, const void *b)
{
	const struct mun_deposit_fact *left =
	    *(struct mun_deposit_fact *const *)a;
	const struct mun_deposit_fact *right =
	    *(struct mun_deposit_fact *const *)b;
	int order = strcmp(left->subject.archive, right->subject.archive);

	if (order != 0)
		return order;
	return left->seq < right->seq ? -1 : left->seq > right->seq;
}

enum mun_status
mun_log_facts_sort_deposits(struct mun_log_facts *facts, struct mun_error *err)
{
	free(facts->by_id);
	facts->by_id = calloc(facts->deposit_count + 1, sizeof(*facts->by_id));
	if (facts->by_id == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the log");
	for (size_t i = 0; i < facts->deposit_count; i++)
		facts->by_id[i] = &facts->deposits[i];
	if (facts->deposit_count > 0)
		qsort(facts->by_id, facts->deposit_count, sizeof(*facts->by_id),
		    compare_deposits);
	return MUN_OK;
}

struct mun_deposit_fact *
mun_log_facts_deposit(struct mun_log_facts *facts, const char *archive_id)
{
	size_t low = 0, high = facts->by_id == NULL ? 0 : facts->deposit_count;

	while (low < high) { /* the first that is not before it */
		size_t middle = low + (high - low) / 2;

		if (strcmp(facts->by_id[middle]->subject.archive, archive_id) <
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return facts->by_id != NULL && low < facts->deposit_count &&
		strcmp(facts->by_id[low]->subject.archive, archive_id) == 0
	    ? facts->by_id[low]
	    : NULL;
}

/* ---- heads and keys ---- */

bool
mun_log_facts_root(
    const struct mun_log_facts *facts, uint64_t size, struct mun_hash *root)
{
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;

	if (size > facts->entry_count)
		return false;
	for (uint64_t i = 0; i < size; i++)
		mun_merkle_add(&frontier, &facts->entries[i].leaf);
	mun_merkle_root(&frontier, root);
	return true;
}

/* A head at which a log key was replaced, other than by the recovery key, has
 * the word of the key before it too. */
bool
mun_log_facts_signed(const struct mun_log_facts *facts,
    const struct mun_checkpoint *checkpoint, const void *bytes)
{
	const struct mun_custody *custody = facts->custody;
	const struct mun_log_key_fact *key =
	    mun_custody_log_key_at(custody, checkpoint->size);
	const struct mun_log_key_fact *before;
	bool is_handed_on;

	if (key == NULL || !mun_checkpoint_verify(checkpoint, bytes, key->key))
		return false;
	is_handed_on = key->from_size == checkpoint->size &&
	    checkpoint->size > 1 && !key->by_recovery;
	if (!is_handed_on)
		return !checkpoint->has_outgoing;
	before = mun_custody_log_key_at(custody, checkpoint->size - 1);
	return mun_checkpoint_verify_outgoing(checkpoint, bytes, before->key);
}

const uint8_t *
mun_log_facts_key_at(const struct mun_log_facts *facts, uint64_t size)
{
	const struct mun_log_key_fact *key =
	    mun_custody_log_key_at(facts->custody, size);

	return key == NULL ? facts->created.log_key : key->key;
}

bool
mun_log_facts_take_kept(const struct mun_log_facts *facts,
    struct mun_checkpoint *out, const struct mun_buffer *bytes)
{
	for (size_t i = mun_custody_log_key_count(facts->custody); i > 0; i--) {
		const struct mun_log_key_fact *key =
		    mun_custody_log_key(facts->custody, i - 1);

		if (mun_checkpoint_parse_kept(
			out, bytes->data, bytes->len, key->key, NULL) != MUN_OK)
			continue;
		if (strcmp(out->origin, facts->origin) == 0 &&
		    mun_custody_log_key_at(facts->custody, out->size) == key &&
		    mun_checkpoint_verify(out, bytes->data, key->key))
			return true;
	}
	return false;
}
