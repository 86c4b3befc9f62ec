/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a response: what is said of it is printable ASCII, and a token
 * taken out lies inside. */
#include <stdint.h>
#include <stdlib.h>

#include "timestamp/ask.h"

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
	struct mun_buffer detail = MUN_BUFFER_INIT(1 << 16);
	struct mun_timestamp_span token;
	const char *rule =
	    mun_timestamp_response_read(&token, &detail, data, size);

	require((rule == NULL) == (token.data != NULL));
	if (rule == NULL) {
		require(token.data > data && token.len < size);
		require((size_t)(token.data - data) == size - token.len);
	} else {
		require(detail.len > 0);
	}
	for (size_t i = 0; i < detail.len; i++)
		require(detail.data[i] >= 0x20 && detail.data[i] < 0x7f);
	mun_buffer_free(&detail);
	return 0;
}
