/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * document_root.c - the Merkle root over all records, padded with leaves that
 * look like any other, so that a disclosure does not tell how many there are.
 *
 * Spec: docs/format/archive.md, "Document root"; RFC 6962 section 2.1.
 */
#include "manifest/manifest.h"

#include <string.h>

enum {
	LEAVES_MIN = 64
};

static const char padding_label[] = "muniment-padding";

enum {
	LABEL_LEN = sizeof(padding_label) - 1,
	INDEX_LEN = 8,
	PADDING_LEN = LABEL_LEN + MUN_NONCE_LEN + INDEX_LEN
};

static void
put_index(uint8_t out[INDEX_LEN], uint64_t index)
{
	for (int i = INDEX_LEN - 1; i >= 0; i--) {
		out[i] = (uint8_t)(index & 0xff);
		index >>= 8;
	}
}

void
mun_document_root(struct mun_merkle_frontier *leaves,
    const uint8_t padding_seed[MUN_NONCE_LEN], struct mun_hash *root)
{
	uint8_t padding[PADDING_LEN];
	uint64_t target = LEAVES_MIN;

	while (target < leaves->size)
		target *= 2;
	memcpy(padding, padding_label, LABEL_LEN);
	memcpy(padding + LABEL_LEN, padding_seed, MUN_NONCE_LEN);
	while (leaves->size < target) {
		struct mun_hash leaf;

		put_index(padding + LABEL_LEN + MUN_NONCE_LEN, leaves->size);
		mun_merkle_leaf(&leaf, padding, sizeof(padding));
		mun_merkle_add(leaves, &leaf);
	}
	mun_merkle_root(leaves, root);
}
