/* SPDX-License-Identifier: BSD-2-Clause */
/* assert.c - where a broken invariant ends. */
#include "base/macros.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

_Noreturn void
mun_assert_failed(const char *truth, const char *file, int line)
{
	/* What memory cannot hold is no error of ours. */
	mun_memory_tell();
	/* Nothing can be done about a failing standard error here. */
	(void)fprintf(stderr, "muniment: broken invariant: %s (%s:%d)\n", truth,
	    file, line);
	abort();
}
