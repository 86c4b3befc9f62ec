/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chain_keys.c - whether two paths are two authorities.
 *
 * Certificates would not do: an authority whose issuer was signed by two roots
 * has two paths to choose from, and is one all the same.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "trust/certificate_internal.h"
#include "trust/chain.h"

void
mun_chain_get_keys(struct mun_chain_keys *keys, const struct mun_chain *chain)
{
	*keys = (struct mun_chain_keys){ .count = chain->count };
	for (size_t i = 0; i < chain->count; i++) {
		unsigned len = 0;

		/* It fails only without memory, which is no verdict. */
		MUN_ASSERT(X509_pubkey_digest(chain->path[i]->x509,
			       EVP_sha256(), keys->sha256[i], &len) == 1 &&
		    len == MUN_SHA256_LEN);
	}
}

bool
mun_chain_keys_meet(
    const struct mun_chain_keys *a, const struct mun_chain_keys *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (mun_bytes_equal(
				a->sha256[i], b->sha256[k], MUN_SHA256_LEN))
				return true;
	return false;
}

/* Whether those before it that were counted have none of its keys. */
static bool
is_new(const struct mun_chain_keys *const *counted, size_t count,
    const struct mun_chain_keys *one)
{
	for (size_t i = 0; i < count; i++)
		if (mun_chain_keys_meet(counted[i], one))
			return false;
	return true;
}

size_t
mun_chain_keys_independent(
    const struct mun_chain_keys *const *keys, size_t count)
{
	const struct mun_chain_keys *counted[MUN_CHAIN_KEYS_MAX];
	size_t independent = 0;

	for (size_t i = 0; i < count && independent < MUN_CHAIN_KEYS_MAX; i++)
		if (keys[i] != NULL && is_new(counted, independent, keys[i]))
			counted[independent++] = keys[i];
	return independent;
}
