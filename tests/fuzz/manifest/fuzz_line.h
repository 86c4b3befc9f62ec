/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_line.h - what the targets of this folder check. */
#ifndef MUN_FUZZ_LINE_H
#define MUN_FUZZ_LINE_H

#include <string.h>

#include "base/macros.h"
#include "manifest/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted is, with a LF where the input had none, what the writer
 * made of it. */
static inline void
expect_same(const struct mun_buffer *written, const uint8_t *data, size_t size)
{
	MUN_ASSERT(written->status == MUN_OK);
	MUN_ASSERT(written->len >= size && written->len <= size + 1);
	MUN_ASSERT(memcmp(written->data, data, size) == 0);
	MUN_ASSERT(written->data[written->len - 1] == '\n');
}

/* What was refused was refused for its bytes, with a sentence. */
static inline void
expect_refusal(enum mun_status status, const struct mun_error *err)
{
	MUN_ASSERT(status == MUN_ERR_FORMAT);
	MUN_ASSERT(err->status == MUN_ERR_FORMAT && err->text[0] != '\0');
}

#endif
