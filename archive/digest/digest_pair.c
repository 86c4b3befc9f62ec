/* SPDX-License-Identifier: BSD-2-Clause */
/* digest_pair.c - SHA-256 and SHA-512 of one byte string, on one thread. */
#include "digest/digest.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "base/macros.h"
#include "digest/digest_internal.h"

struct mun_digest_pair {
	EVP_MD_CTX *sha256;
	EVP_MD_CTX *sha512;
};

enum mun_status
mun_digest_pair_new(struct mun_digest_pair **out, struct mun_error *err)
{
	enum mun_status status;
	struct mun_digest_pair *pair = calloc(1, sizeof(*pair));

	if (pair == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for two digests");
	MUN_TRY(mun_digest_context_new(&pair->sha256, MUN_DIGEST_SHA256, err));
	MUN_TRY(mun_digest_context_new(&pair->sha512, MUN_DIGEST_SHA512, err));
	*out = pair;
	pair = NULL;
out:
	mun_digest_pair_free(pair);
	return status;
}

void
mun_digest_pair_start(struct mun_digest_pair *pair)
{
	mun_digest_context_start(pair->sha256);
	mun_digest_context_start(pair->sha512);
}

void
mun_digest_pair_update(
    struct mun_digest_pair *pair, const void *bytes, size_t len)
{
	mun_digest_context_update(pair->sha256, bytes, len);
	mun_digest_context_update(pair->sha512, bytes, len);
}

void
mun_digest_pair_finish(struct mun_digest_pair *pair, struct mun_digests *out)
{
	mun_digest_context_finish(pair->sha256, out->sha256);
	mun_digest_context_finish(pair->sha512, out->sha512);
}

void
mun_digest_pair_free(struct mun_digest_pair *pair)
{
	if (pair == NULL)
		return;
	EVP_MD_CTX_free(pair->sha256);
	EVP_MD_CTX_free(pair->sha512);
	free(pair);
}
