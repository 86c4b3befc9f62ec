/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a seal or an entry.  What is found in them is judged as the
 * verifier would, by the certificate found; nothing may be read outside, and
 * nothing may pass that is not the one encoding.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/encoding.h"
#include "signature/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int truth)
{
	if (!truth)
		abort();
}

static void
require_inside(
    const uint8_t *part, size_t len, const uint8_t *data, size_t size)
{
	require(part >= data && len <= size);
	require((size_t)(part - data) <= size - len);
}

/* If it is built again from what was found and is the same, its length and
 * bytes were all accounted for. */
static void
judge(enum mun_signature_form form, const struct mun_signature_claim *claim,
    const uint8_t *data, size_t size)
{
	static const uint8_t other_content[] = "another content";
	struct mun_certificate *certificate;
	const uint8_t *content = claim->content;
	size_t content_len = claim->content_len;
	/* 2026-11-23T22:20:05Z, the time in one of the seeds */
	const int64_t time_utc_s = 1795472405;

	if (mun_certificate_from_der(&certificate, claim->certificate,
		claim->certificate_len, NULL) != MUN_OK)
		return;
	if (form == MUN_SIGNATURE_DETACHED) {
		content =
		    (const uint8_t *)"{\"format\":\"muniment-event/1\"}\n";
		content_len = 30;
	}
	(void)mun_signature_check(
	    form, certificate, content, content_len, time_utc_s, data, size);
	require(mun_signature_check(form, certificate, other_content,
		    sizeof(other_content), time_utc_s, data, size) != NULL);
	mun_certificate_free(certificate);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const enum mun_signature_form forms[] = { MUN_SIGNATURE_DETACHED,
		MUN_SIGNATURE_ENCLOSING };
	struct mun_signature_claim claim;

	for (size_t i = 0; i < 2; i++) {
		if (mun_signature_unverified_claim(
			&claim, forms[i], data, size, NULL) != MUN_OK) {
			require(claim.certificate == NULL);
			continue;
		}
		require_inside(
		    claim.certificate, claim.certificate_len, data, size);
		require_inside(claim.value, claim.value_len, data, size);
		if (forms[i] == MUN_SIGNATURE_ENCLOSING)
			require_inside(
			    claim.content, claim.content_len, data, size);
		judge(forms[i], &claim, data, size);
	}
	return 0;
}
