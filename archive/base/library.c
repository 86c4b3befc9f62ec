/* SPDX-License-Identifier: BSD-2-Clause */
/* library.c - dlopen(3) and dlsym(3), as POSIX wants them. */
#include "base/library.h"

#include <dlfcn.h>

enum mun_status
mun_library_open(const char *soname, const char *package,
    const struct mun_library_function *functions, size_t count,
    struct mun_error *err)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	size_t taken = 0;

	while (library != NULL && taken < count) {
		void *found = dlsym(library, functions[taken].name);

		if (found == NULL)
			break;
		/* C converts no pointer to an object into one to a function;
		 * where there is dlsym, this does (POSIX.1-2008, dlsym). */
		*(void **)functions[taken].address = found;
		taken++;
	}
	if (library == NULL || taken < count)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "the library %s is missing or unsuitable (install "
		    "Debian's package %s)",
		    soname, package);
	return MUN_OK;
}
