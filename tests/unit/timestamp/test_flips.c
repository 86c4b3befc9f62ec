/* SPDX-License-Identifier: BSD-2-Clause */
/* Every bit of real tokens; and thousands of damaged ones that were signed
 * rightly, judged here and by libcrypto's own code for time-stamps. */
#include <openssl/ts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "forge.h"
#include "harness/harness.h"
#include "harness/loopback.h"
#include "pki/pki.h"
#include "timestamp/ask.h"

enum {
	MUTANTS = 2400
};

static const char stamped[] = "a checkpoint\n";

static struct mun_buffer
real_token(struct mun_loopback *server, const char *name,
    struct mun_timestamp_query *query)
{
	const struct mun_timestamp_way way = { .proxy = NULL };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_timestamp_answer answer;
	uint8_t imprint[MUN_SHA256_LEN];
	struct mun_buffer token;
	char path[64];

	mun_sha256_of(imprint, stamped, strlen(stamped));
	(void)snprintf(path, sizeof(path), "/tsa/%s", name);
	MUN_EXPECT_OK(
	    mun_timestamp_query_make(query, imprint, NULL, &err), &err);
	MUN_EXPECT_OK(mun_timestamp_ask(&answer, query,
			  mun_loopback_url(server, path), &way, &err),
	    &err);
	assert_null(answer.rule);
	token = answer.token;
	mun_buffer_free(&answer.detail);
	return token;
}

/* Read and judge as of the time the token states. */
static const char *
rule_of(const void *der, size_t len, const struct mun_timestamp_query *query,
    struct mun_certificate *const *chain, size_t chain_count,
    struct mun_certificate *const *anchor)
{
	struct mun_timestamp_token token;
	struct mun_timestamp_found found;
	struct mun_timestamp_wanted wanted = { .query = query,
		.imprint = query == NULL ? token.imprint : query->imprint,
		.chain = chain,
		.chain_count = chain_count,
		.anchors = anchor,
		.anchor_count = 1 };
	const char *rule = mun_timestamp_token_read(&token, der, len);

	if (rule != NULL)
		return rule;
	wanted.proof_time_utc_s = token.time_utc_s;
	mun_timestamp_judge(&found, &token, &wanted);
	rule = found.rule;
	mun_timestamp_found_clear(&found);
	/* No list is at hand here, and none is needed for what is shown. */
	return rule != NULL && strcmp(rule, "ts.crl-missing") == 0 ? NULL
								   : rule;
}

static size_t
flip_all(const struct mun_buffer *token,
    const struct mun_timestamp_query *query,
    struct mun_certificate *const *chain, size_t chain_count,
    struct mun_certificate *const *anchor)
{
	size_t accepted = 0;

	for (size_t bit = 0; bit < 8 * token->len; bit += MUN_FLIP_STEP) {
		token->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (rule_of(token->data, token->len, query, chain, chain_count,
			anchor) == NULL) {
			print_message(
			    "bit %zu of byte %zu\n", bit % 8, bit / 8);
			accepted++;
		}
		token->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	return accepted;
}

static void
test_every_bit_of_real_tokens(void **state)
{
	static const char *const authorities[][2] = {
		{ "tsa1", "tsa-root" }, /* with the middle one embedded */
		{ "tsa2", "tsa-root2" }, /* the authority's alone */
		{ "tsa3", "tsa-root3" }, /* with the root embedded */
		{ "tsa4", "tsa-root3" },
	};
	struct mun_loopback server;
	size_t bits = 0;

	(void)state;
	mun_loopback_start(&server, MUN_PKI_DIR, NULL);
	for (size_t i = 0; i < 4; i++) {
		struct mun_certificate *anchor =
		    mun_pki_certificate(authorities[i][1]);
		struct mun_timestamp_query query;
		struct mun_buffer token =
		    real_token(&server, authorities[i][0], &query);
		struct mun_buffer pem = MUN_BUFFER_INIT(1 << 20);
		struct mun_certificate *chain[4];
		size_t count;

		assert_null(
		    rule_of(token.data, token.len, &query, NULL, 0, &anchor));
		assert_int_equal(flip_all(&token, &query, NULL, 0, &anchor), 0);
		bits += 8 * token.len / MUN_FLIP_STEP;
		/* With its certificates beside it too. */
		if (i == 0) {
			struct mun_timestamp_token parsed;

			assert_null(mun_timestamp_token_read(
			    &parsed, token.data, token.len));
			assert_null(
			    mun_timestamp_token_certificates(&pem, &parsed));
			MUN_EXPECT_OK(mun_certificates_from_bundle(chain, 4,
					  &count, pem.data, pem.len, NULL),
			    NULL);
			assert_int_equal(count, 2);
			assert_string_equal(
			    mun_certificate_name(chain[0]), authorities[i][0]);
			assert_int_equal(
			    flip_all(&token, &query, chain, count, &anchor), 0);
			while (count > 0)
				mun_certificate_free(chain[--count]);
		}
		mun_certificate_free(anchor);
		mun_buffer_free(&token);
		mun_buffer_free(&pem);
	}
	mun_loopback_stop(&server);
	print_message("%zu bits, none accepted\n", bits);
}

/* A small generator, so that what fails once fails again. */
static uint32_t
next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(*seed >> 33);
}

struct damage {
	uint64_t *seed;
	enum forge_part part;
};

/* One to three octets changed, doubled or lost, in one part. */
static void
damage(struct mun_buffer *der, enum forge_part part, void *ctx)
{
	struct damage *how = ctx;
	uint32_t count = 1 + next(how->seed) % 3;

	if (part != how->part)
		return;
	for (uint32_t i = 0; i < count; i++) {
		size_t at = next(how->seed) % der->len;

		switch (next(how->seed) % 4) {
		case 0:
			der->data[at] = (uint8_t)next(how->seed);
			break;
		case 1:
			der->data[at] ^= (uint8_t)(1U << next(how->seed) % 8);
			break;
		case 2:
			der->data[at] =
			    (uint8_t)(der->data[at] + next(how->seed) % 3 - 1);
			break;
		default:
			der->data[at] = der->data[next(how->seed) % der->len];
			break;
		}
	}
}

/* What `openssl ts -verify -token_in` does. */
static int
libcrypto_accepts(const struct mun_buffer *der, X509 *anchor)
{
	const unsigned char *at = der->data;
	PKCS7 *token = d2i_PKCS7(NULL, &at, (long)der->len);
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
	struct mun_timestamp_token claim;
	int accepts = 0;

	assert_null(mun_timestamp_token_read(&claim, der->data, der->len));
	if (token != NULL && at == der->data + der->len) {
		X509_VERIFY_PARAM_set_time(param, (time_t)claim.time_utc_s);
		assert_int_equal(X509_STORE_add_cert(store, anchor), 1);
		TS_VERIFY_CTX_set_flags(
		    ctx, TS_VFY_VERSION | TS_VFY_SIGNER | TS_VFY_IMPRINT);
		(void)TS_VERIFY_CTX_set_store(ctx, store);
		store = NULL;
		(void)TS_VERIFY_CTX_set_imprint(ctx,
		    OPENSSL_memdup(claim.imprint, MUN_SHA256_LEN),
		    MUN_SHA256_LEN);
		accepts = TS_RESP_verify_token(ctx, token);
	}
	X509_STORE_free(store);
	TS_VERIFY_CTX_free(ctx);
	PKCS7_free(token);
	return accepts;
}

static X509 *
read_x509(const struct mun_certificate *certificate)
{
	size_t len;
	const unsigned char *der = mun_certificate_der(certificate, &len);

	return d2i_X509(NULL, &der, (long)len);
}

static void
test_what_is_accepted_here_is_accepted_there(void **state)
{
	static const uint8_t imprint[MUN_SHA256_LEN] = { 1 };
	static const uint8_t nonce[MUN_TIMESTAMP_NONCE_LEN] = { 0x41 };
	struct mun_certificate *anchor = mun_pki_certificate("tsa-root3");
	X509 *x509 = read_x509(anchor);
	size_t accepted[4] = { 0 }, total = 0;
	uint64_t seed = 3161;

	(void)state;
	for (size_t i = 0; i < MUTANTS; i++) {
		struct damage how = { .seed = &seed,
			.part = (enum forge_part)(1 + i % 3) };
		const struct forge forge = { .signer = "tsa4",
			.imprint = imprint,
			.nonce = nonce,
			.damage = damage,
			.ctx = &how };
		struct mun_buffer der = MUN_BUFFER_INIT(1 << 20);

		forge_token(&der, &forge);
		if (rule_of(der.data, der.len, NULL, NULL, 0, &anchor) ==
		    NULL) {
			accepted[how.part]++;
			if (libcrypto_accepts(&der, x509) != 1)
				fail_msg("mutant %zu: refused there", i);
		}
		mun_buffer_free(&der);
	}
	for (size_t i = 0; i < 4; i++)
		total += accepted[i];
	print_message("%d mutants: accepted %zu damaged TSTInfos, %zu "
		      "attributes, %zu frames\n",
	    MUTANTS, accepted[FORGE_INFO], accepted[FORGE_ATTRIBUTES],
	    accepted[FORGE_FRAME]);
	/* Else nothing was compared. */
	assert_true(total > MUTANTS / 20);
	X509_free(x509);
	mun_certificate_free(anchor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit_of_real_tokens),
		cmocka_unit_test(test_what_is_accepted_here_is_accepted_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
