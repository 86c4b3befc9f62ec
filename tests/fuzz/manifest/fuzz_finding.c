/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_finding.c - a line of findings.jsonl. */
#include "fuzz_line.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_finding parsed;
	enum mun_status status = mun_finding_parse(
	    &parsed, &scratch, (const char *)data, size, &err);

	if (status == MUN_OK) {
		mun_finding_write(&parsed, &out);
		expect_same(&out, data, size);
	} else {
		expect_refusal(status, &err);
	}
	mun_buffer_free(&scratch);
	mun_buffer_free(&out);
	return 0;
}
