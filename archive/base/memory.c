/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c - a flag that any allocation raises that failed; see memory.h. */
#include "base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_bool ran_out;
static _Atomic(void (*)(void)) told;

bool
mun_memory_ran_out(void)
{
	return atomic_load(&ran_out);
}

void
mun_memory_failed(void)
{
	atomic_store(&ran_out, true);
}

void
mun_memory_set_handler(void (*handler)(void))
{
	atomic_store(&told, handler);
}

void
mun_memory_tell(void)
{
	void (*handler)(void) = atomic_load(&told);

	if (mun_memory_ran_out() && handler != NULL)
		handler();
}

void *
mun_memory_noted(void *memory)
{
	if (memory == NULL) {
		mun_memory_failed();
		mun_memory_tell();
	}
	return memory;
}

void *
mun_memory_take(size_t size)
{
	return size == 0 ? NULL : mun_memory_noted(malloc(size));
}

void *
mun_memory_resize(void *old, size_t size)
{
	if (size > 0)
		return mun_memory_noted(realloc(old, size));
	free(old);
	return NULL;
}
