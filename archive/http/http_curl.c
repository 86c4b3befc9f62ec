/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_curl.c - find libcurl and take its functions by name.
 *
 * It stays loaded: what it registers with OpenSSL and at exit may not be
 * pulled away.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "http/http_curl.h"
#include "trust/openssl.h"

#define CURL_LIBRARY "libcurl.so.4"

static pthread_once_t started = PTHREAD_ONCE_INIT;
static struct mun_http_curl functions;
static bool is_found;
static CURLcode start_code = CURLE_FAILED_INIT;

/* POSIX (dlsym) wants a function's address to be taken as an object's. */
#define TAKE(name) \
	((*(void **)&functions.name = dlsym(library, "curl_" #name)) != NULL)

static bool
take_functions(void *library)
{
	return TAKE(easy_init) && TAKE(easy_setopt) && TAKE(easy_perform) &&
	    TAKE(easy_getinfo) && TAKE(easy_cleanup) && TAKE(easy_strerror) &&
	    TAKE(slist_append) && TAKE(slist_free_all) && TAKE(url) &&
	    TAKE(url_set) && TAKE(url_cleanup);
}

static void
start(void)
{
	CURLcode (*global_init)(long flags) = NULL;
	void *library;

	/* Before libcurl does it, with openssl.cnf. */
	mun_openssl_start();
	library = dlopen(CURL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL || !take_functions(library))
		return;
	*(void **)&global_init = dlsym(library, "curl_global_init");
	if (global_init == NULL)
		return;
	is_found = true;
	start_code = global_init(CURL_GLOBAL_DEFAULT);
}

enum mun_status
mun_http_curl(const struct mun_http_curl **curl, struct mun_error *err)
{
	*curl = NULL;
	(void)pthread_once(&started, start);
	if (!is_found)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "nobody can be asked over a network: the library %s is "
		    "missing or unsuitable (Debian's package libcurl4)",
		    CURL_LIBRARY);
	if (start_code != CURLE_OK)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "libcurl cannot start: %s",
		    functions.easy_strerror(start_code));
	*curl = &functions;
	return MUN_OK;
}
