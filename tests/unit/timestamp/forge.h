/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * forge.h - tokens that no authority would make, rightly signed.
 *
 * A token is written from four texts in which `TT{ ... }` is an element with
 * that tag, two hex digits are an octet, 'quoted' is ASCII, and $name is one of
 * the values below.  A forged token changes one text by one replacement.
 *   $imprint $nonce $time      as set
 *   $subject $issuer $serial   of the signer's certificate, whole
 *   $digest $algorithm         AlgorithmIdentifiers of hash and key
 *   $certhash $certsha1        digests of the certificate
 *   $info $infohash $attributes $certificates $value
 */
#ifndef MUN_TEST_TIMESTAMP_FORGE_H
#define MUN_TEST_TIMESTAMP_FORGE_H

#include "muniment/buffer.h"
#include "timestamp/timestamp.h"

enum forge_part {
	FORGE_NOTHING = 0,
	FORGE_INFO, /* TSTInfo */
	FORGE_ATTRIBUTES,
	FORGE_FRAME
};

struct forge {
	const char *signer; /* name in the tests' PKI */
	const char *embedded[4]; /* besides the signer's, or NULL */
	enum mun_sha2 hash; /* NONE is SHA-256 */
	const uint8_t *imprint; /* MUN_SHA256_LEN */
	const uint8_t *nonce; /* MUN_TIMESTAMP_NONCE_LEN */
	int64_t time_utc_s; /* 0: a day after the signer's notBefore */
	/* One replacement, which has to apply. */
	enum forge_part part;
	const char *find, *replace;
	/* Called with each part's DER, before it is signed; or NULL. */
	void (*damage)(struct mun_buffer *der, enum forge_part part, void *ctx);
	void *ctx;
};

/* Append the token's DER; fails the test if it cannot. */
void forge_token(struct mun_buffer *out, const struct forge *forge);

#endif
