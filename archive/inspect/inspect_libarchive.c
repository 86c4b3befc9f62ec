/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_libarchive.c - where libarchive's functions are. */
#include "inspect/inspect_libarchive_internal.h"

#include "base/library.h"

enum mun_status
mun_inspect_open_libarchive(
    struct inspect_libarchive *la, struct mun_error *err)
{
#define INSPECT_FUNCTION(name) { #name, &la->name },
	const struct mun_library_function functions[] = { INSPECT_LIBARCHIVE(
	    INSPECT_FUNCTION) };
#undef INSPECT_FUNCTION

	return mun_library_open("libarchive.so.13", "libarchive13", functions,
	    sizeof(functions) / sizeof(functions[0]), err);
}
