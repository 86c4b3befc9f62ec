/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_internal.h - OpenSSL's contexts, as the files of this room use them.
 *
 * A context is made once and started again for each input: making one costs
 * as much as hashing a small file.
 */
#ifndef MUN_DIGEST_DIGEST_INTERNAL_H
#define MUN_DIGEST_DIGEST_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "muniment/error.h"

enum mun_digest_algorithm {
	MUN_DIGEST_SHA256,
	MUN_DIGEST_SHA384,
	MUN_DIGEST_SHA512
};

/* A started context.  MUN_ERR_NOMEM; MUN_ERR_CRYPTO: OpenSSL has no such
 * algorithm.  EVP_MD_CTX_free() it. */
MUN_MUST_USE enum mun_status mun_digest_context_new(EVP_MD_CTX **out,
    enum mun_digest_algorithm algorithm, struct mun_error *err);
/* Forget what was hashed. */
void mun_digest_context_start(EVP_MD_CTX *context);
void mun_digest_context_update(EVP_MD_CTX *context, const void *bytes,
    size_t len);
/* Digest of what was hashed; start it before the next use. */
void mun_digest_context_finish(EVP_MD_CTX *context, uint8_t *out);

#endif
