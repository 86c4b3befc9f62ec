/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_statement.c - what people typed, as it lies beside the log. */
#include "fuzz_log.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_statement statement;
	enum mun_status status;

	status = mun_statement_parse(&statement, data, size, &err);
	if (status == MUN_OK) {
		mun_statement_write(&statement, &again);
		expect_same(&again, data, size);
	} else {
		expect_refusal(status, &err);
	}
	mun_statement_clear(&statement);
	return 0;
}
