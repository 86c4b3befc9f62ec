/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memory.h - whether memory ran out, for those who were not told.
 *
 * A library that has no memory may refuse bytes with which nothing is wrong,
 * now or later, and its reason is lost on the way.  So whatever allocation
 * fails raises a flag here, which stays: our own failures do (MUN_ERR_NOMEM,
 * error.c, buffer.c), and those of libraries, where a program has them use the
 * functions below (mun_verify_watch_memory).  Any thread may call any of these.
 */
#ifndef MUN_BASE_MEMORY_H
#define MUN_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Whether memory ever ran out in this process. */
bool mun_memory_ran_out(void);
/* It did just now. */
void mun_memory_failed(void);

/* Whom to call where a library gets no memory, and where that breaks an
 * invariant; it may end the process.  NULL: nobody. */
void mun_memory_set_handler(void (*handler)(void));
/* Call it, if memory ever ran out and there is one. */
void mun_memory_tell(void);

/* What a library was given: NULL is noted and told. */
void *mun_memory_noted(void *memory);
/* malloc(3), realloc(3) for a library, noted.  Of nothing is NULL and no
 * failure; resizing to nothing frees. */
void *mun_memory_take(size_t size);
void *mun_memory_resize(void *old, size_t size);

#endif
