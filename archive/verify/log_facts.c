/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_facts.c - what a judged log turned out to be, for those who hold other
 * things against it.
 */
#include "verify/verify_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"

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
	memset(facts, 0, sizeof(*facts));
}

const struct mun_stamped_fact *
mun_log_facts_stamped(const struct mun_log_facts *facts, uint64_t size)
{
	for (size_t i = 0; i < facts->stamped_count; i++)
		if (facts->stamped[i].size == size)
			return &facts->stamped[i];
	return NULL;
}

struct mun_deposit_fact *
mun_log_facts_deposit(struct mun_log_facts *facts, const char *archive_id)
{
	for (size_t i = 0; i < facts->deposit_count; i++)
		if (strcmp(facts->deposits[i].subject.archive, archive_id) == 0)
			return &facts->deposits[i];
	return NULL;
}

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
