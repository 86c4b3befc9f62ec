/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.c - SQLite's own allocator, with an eye on it; see memory.h. */
#include "index/memory.h"

#include <sqlite3.h>

#include "base/memory.h"

static sqlite3_mem_methods own;

static void *
take(int size)
{
	return mun_memory_noted(own.xMalloc(size));
}

static void *
resize(void *old, int size)
{
	return mun_memory_noted(own.xRealloc(old, size));
}

bool
mun_index_watch_memory(void)
{
	sqlite3_mem_methods watched;

	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &own) != SQLITE_OK)
		return false;
	watched = own;
	watched.xMalloc = take;
	watched.xRealloc = resize;
	return sqlite3_config(SQLITE_CONFIG_MALLOC, &watched) == SQLITE_OK;
}
