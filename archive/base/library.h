/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * library.h - a shared library that is opened by the process that needs it.
 *
 * Parsers of other people's bytes, and libcurl, bring dozens of libraries with
 * them.  Linked, each would be loaded by every command, and lie in the memory
 * of the process that has the vault open.  So they are opened where they are
 * used: parsers in the worker, before its door closes.
 *
 * The keeping side's only: muniment-verify opens nothing.
 */
#ifndef MUN_BASE_LIBRARY_H
#define MUN_BASE_LIBRARY_H

#include <stddef.h>

#include "muniment/error.h"

/* One function to take. */
struct mun_library_function {
	const char *name;
	void *address; /* out: the caller's pointer to the function */
};

/*
 * mun_library_open - load a library and take its functions.
 *
 * soname     by the name of its interface, from where the dynamic linker
 *            looks; LD_LIBRARY_PATH counts as it does for what is linked
 * package    Debian's, for the sentence of a failure
 * functions  each address set, of count; on failure some may be
 *
 * MUN_ERR_SYSTEM: it is missing, or lacks one of them.  It stays loaded until
 * the process ends: what it registers elsewhere may not be pulled away.
 */
MUN_MUST_USE enum mun_status mun_library_open(const char *soname,
    const char *package, const struct mun_library_function *functions,
    size_t count, struct mun_error *err);

#endif
