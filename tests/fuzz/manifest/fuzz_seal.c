/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_seal.c - seal.json. */
#include "fuzz_line.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_seal parsed;
	enum mun_status status = mun_seal_parse(&parsed, data, size, &err);

	if (status == MUN_OK) {
		mun_seal_write(&parsed, &out);
		expect_same(&out, data, size);
	} else {
		expect_refusal(status, &err);
	}
	mun_buffer_free(&out);
	return 0;
}
