/* SPDX-License-Identifier: BSD-2-Clause */
/* memory.h - SQLite without memory. */
#ifndef MUN_INDEX_MEMORY_H
#define MUN_INDEX_MEMORY_H

#include <stdbool.h>

#include "muniment/error.h"

/*
 * mun_index_watch_memory - have every allocation of SQLite noted
 * (base/memory.h), in the whole process.  False: SQLite is at work already, and
 * nothing was changed.
 */
MUN_MUST_USE bool mun_index_watch_memory(void);

#endif
