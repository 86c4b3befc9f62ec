/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a query: one that is accepted is written again as it was. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "timestamp/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	struct mun_timestamp_query query;

	if (mun_timestamp_query_read(&query, data, size) != NULL)
		return 0;
	mun_timestamp_query_write(&again, &query);
	if (again.len != size || memcmp(again.data, data, size) != 0)
		abort();
	mun_buffer_free(&again);
	return 0;
}
