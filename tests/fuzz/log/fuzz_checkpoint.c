/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_checkpoint.c - a head of the log, in it or kept by somebody. */
#include "fuzz_log.h"

/* The key of the seed. */
static const uint8_t key[32] = { 0x90, 0x2b, 0x81, 0xdb, 0xef, 0xd7, 0x8d, 0x07,
	0x96, 0x68, 0x4b, 0x31, 0x2b, 0x78, 0x81, 0x0b, 0x90, 0xfb, 0x36, 0x48,
	0x5b, 0x95, 0x13, 0xb0, 0x1f, 0x3e, 0x48, 0xc0, 0x3d, 0xe9, 0x52,
	0x6e };

static void
judge(const struct mun_checkpoint *checkpoint, const uint8_t *data, size_t size)
{
	MUN_ASSERT(checkpoint->body_len <= size);
	MUN_ASSERT(strlen(checkpoint->origin) <= MUN_ORIGIN_MAX);
	(void)mun_checkpoint_verify(checkpoint, data, key);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint strict, kept;
	enum mun_status status, kept_status;
	uint8_t key_id[4];
	bool is_of_key;

	status = mun_checkpoint_parse(&strict, data, size, &err);
	if (status == MUN_OK)
		judge(&strict, data, size);
	else
		expect_refusal(status, &err);
	kept_status = mun_checkpoint_parse_kept(&kept, data, size, key, &err);
	if (kept_status == MUN_OK)
		judge(&kept, data, size);
	else
		expect_refusal(kept_status, &err);
	/* What the log accepts of this key, a keeper accepts too. */
	if (status != MUN_OK)
		return 0;
	mun_log_key_id(key_id, strict.origin, key);
	is_of_key = memcmp(key_id, strict.key_id, 4) == 0 ||
	    (strict.has_outgoing &&
		memcmp(key_id, strict.outgoing_key_id, 4) == 0);
	MUN_ASSERT(is_of_key == (kept_status == MUN_OK));
	return 0;
}
