/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a token, judged without an anchor: nothing is read outside, and
 * nothing passes as trusted.
 */
#include <stdint.h>
#include <stdlib.h>

#include "timestamp/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(int truth)
{
	if (!truth)
		abort();
}

static void
require_inside(
    const struct mun_timestamp_span *part, const uint8_t *data, size_t size)
{
	require(part->data >= data && part->len <= size);
	require((size_t)(part->data - data) <= size - part->len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(1 << 20);
	struct mun_timestamp_token token;
	struct mun_timestamp_found found;
	struct mun_timestamp_wanted wanted = { .imprint = token.imprint };

	if (mun_timestamp_token_read(&token, data, size) != NULL) {
		require(token.certificate_count == 0);
		return 0;
	}
	require_inside(&token.serial, data, size);
	require_inside(&token.value, data, size);
	require_inside(&token.attributes, data, size);
	require(token.time_utc_s >= 0 && token.time_ns < 1000000000);
	require(token.accuracy_us < 1000000);
	wanted.proof_time_utc_s = token.time_utc_s;
	mun_timestamp_judge(&found, &token, &wanted);
	require(found.rule != NULL);
	(void)mun_timestamp_token_certificates(&pem, &token);
	mun_timestamp_found_clear(&found);
	mun_buffer_free(&pem);
	return 0;
}
