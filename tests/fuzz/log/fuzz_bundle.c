/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_bundle.c - up to 256 entries in one file. */
#include "fuzz_log.h"
#include "log/log_internal.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_BUNDLE_MAX);
	struct mun_bundle bundle = MUN_BUNDLE_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;

	mun_buffer_append(&bundle.bytes, data, size);
	if (bundle.bytes.status != MUN_OK)
		return 0;
	status = mun_bundle_parse(&bundle, &err);
	if (status == MUN_OK) {
		for (unsigned i = 0; i < bundle.count; i++)
			mun_bundle_append(&again,
			    bundle.bytes.data + bundle.start[i], bundle.len[i]);
		expect_same(&again, data, size);
	} else {
		expect_refusal(status, &err);
	}
	mun_buffer_free(&bundle.bytes);
	return 0;
}
