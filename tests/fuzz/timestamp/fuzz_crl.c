/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a CRL and as a bundle of them: what is accepted is the same
 * after being written as PEM and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trust/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int truth)
{
	if (!truth)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_CRL_BUNDLE_MAX);
	struct mun_crl *crl, *crls[MUN_CRLS_MAX];
	size_t count;

	if (mun_crl_from_der(&crl, data, size, NULL) == MUN_OK) {
		mun_crl_write_pem(crl, &pem);
		mun_crl_free(crl);
		require(mun_crls_from_bundle(
			    crls, &count, pem.data, pem.len, NULL) == MUN_OK);
		require(count == 1);
		mun_crl_free(crls[0]);
	}
	mun_buffer_reset(&pem);
	if (mun_crls_from_bundle(crls, &count, data, size, NULL) == MUN_OK) {
		for (size_t i = 0; i < count; i++) {
			mun_crl_write_pem(crls[i], &pem);
			mun_crl_free(crls[i]);
		}
		require(pem.len == size &&
		    (size == 0 || memcmp(pem.data, data, size) == 0));
	}
	mun_buffer_free(&pem);
	return 0;
}
