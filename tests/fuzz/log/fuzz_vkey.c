/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_vkey.c - the log's key as somebody types it. */
#include "fuzz_log.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer again = MUN_BUFFER_INIT(512);
	struct mun_error err = MUN_ERROR_INIT;
	char origin[MUN_ORIGIN_MAX + 1];
	uint8_t log_key[32];
	enum mun_status status;

	status =
	    mun_vkey_parse(origin, log_key, (const char *)data, size, &err);
	if (status == MUN_OK) {
		mun_vkey_write(&again, origin, log_key);
		expect_same(&again, data, size);
	} else {
		expect_refusal(status, &err);
	}
	return 0;
}
