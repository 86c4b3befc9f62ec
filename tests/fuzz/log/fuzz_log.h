/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_log.h - what the targets of this folder check. */
#ifndef MUN_FUZZ_LOG_H
#define MUN_FUZZ_LOG_H

#include <string.h>

#include "base/macros.h"
#include "log/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted is, to the last byte, what the writer makes of it. */
static inline void
expect_same(struct mun_buffer *written, const uint8_t *data, size_t size)
{
	MUN_ASSERT(written->status == MUN_OK);
	MUN_ASSERT(written->len == size);
	MUN_ASSERT(size == 0 || memcmp(written->data, data, size) == 0);
	mun_buffer_free(written);
}

/* What was refused was refused for its bytes, with a sentence. */
static inline void
expect_refusal(enum mun_status status, const struct mun_error *err)
{
	MUN_ASSERT(status == MUN_ERR_FORMAT);
	MUN_ASSERT(err->status == MUN_ERR_FORMAT && err->text[0] != '\0');
}

#endif
