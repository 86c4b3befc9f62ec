/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_entry.c - one entry of the log: taken apart, then judged. */
#include "fuzz_log.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = mun_entry_unverified(&entry, data, size, &err);

	if (status == MUN_OK)
		(void)mun_entry_check(&entry, data, size);
	else
		expect_refusal(status, &err);
	mun_entry_clear(&entry);
	return 0;
}
