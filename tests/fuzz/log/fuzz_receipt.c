/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_receipt.c - what a depositor brings back. */
#include "fuzz_log.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	struct mun_receipt receipt = MUN_RECEIPT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = mun_receipt_parse(&receipt, data, size, &err);

	if (status == MUN_OK) {
		mun_receipt_write(&receipt, &again);
		expect_same(&again, data, size);
	} else {
		expect_refusal(status, &err);
	}
	mun_receipt_clear(&receipt);
	return 0;
}
