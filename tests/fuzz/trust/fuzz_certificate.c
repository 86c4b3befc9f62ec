/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a certificate, in DER and in PEM.  One that is accepted has to
 * be the same after being written as PEM and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trust/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	PEM_MAX = 65536
};

static void
require(int truth)
{
	if (!truth)
		abort();
}

static void
look_at(const struct mun_certificate *certificate)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_certificate *again;
	size_t len;

	require(mun_certificate_issuer_der(certificate, &len) != NULL);
	require(mun_certificate_serial(certificate, &len) != NULL);
	require(mun_certificate_name(certificate) != NULL);
	(void)mun_certificate_not_before(certificate);
	(void)mun_certificate_not_after(certificate);
	(void)mun_certificate_is_self_signed(certificate);
	(void)mun_certificate_names_crl(certificate);
	require(mun_certificate_unfit(certificate) != NULL ||
	    mun_certificate_key_kind(certificate) != MUN_KEY_UNKNOWN);
	require(!mun_certificate_verify(certificate, "m", 1, "v", 1));
	mun_certificate_write_pem(certificate, &pem);
	require(mun_certificate_from_pem(
		    &again, pem.data, pem.len, true, NULL) == MUN_OK);
	require(memcmp(mun_certificate_sha256(certificate),
		    mun_certificate_sha256(again), MUN_SHA256_LEN) == 0);
	mun_certificate_free(again);
	mun_buffer_free(&pem);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_certificate *certificate;

	if (mun_certificate_from_der(&certificate, data, size, NULL) == MUN_OK)
		look_at(certificate);
	mun_certificate_free(certificate);
	if (mun_certificate_from_pem(&certificate, data, size, false, NULL) ==
	    MUN_OK)
		look_at(certificate);
	mun_certificate_free(certificate);
	return 0;
}
