/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_record.c - a line of documents.jsonl. */
#include "fuzz_line.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_record parsed;
	enum mun_status status =
	    mun_record_parse(&parsed, (const char *)data, size, &err);

	if (status == MUN_OK) {
		mun_record_write(&parsed, &out);
		expect_same(&out, data, size);
	} else {
		expect_refusal(status, &err);
	}
	mun_buffer_free(&out);
	return 0;
}
