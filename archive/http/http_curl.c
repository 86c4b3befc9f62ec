/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_curl.c - find libcurl and take its functions by name.
 *
 * It stays loaded: what it registers with OpenSSL and at exit may not be
 * pulled away.
 */
#include <pthread.h>
#include <stddef.h>

#include "base/library.h"
#include "http/http_curl.h"
#include "trust/openssl.h"

static pthread_once_t started = PTHREAD_ONCE_INIT;
static struct mun_http_curl functions;
static CURLcode (*global_init)(long flags);
static enum mun_status opened = MUN_ERR_SYSTEM;
static struct mun_error why = MUN_ERROR_INIT;
static CURLcode start_code = CURLE_FAILED_INIT;

static enum mun_status
open_library(struct mun_error *err)
{
	const struct mun_library_function wanted[] = {
		{ "curl_global_init", &global_init },
		{ "curl_easy_init", &functions.easy_init },
		{ "curl_easy_setopt", &functions.easy_setopt },
		{ "curl_easy_perform", &functions.easy_perform },
		{ "curl_easy_getinfo", &functions.easy_getinfo },
		{ "curl_easy_cleanup", &functions.easy_cleanup },
		{ "curl_easy_strerror", &functions.easy_strerror },
		{ "curl_slist_append", &functions.slist_append },
		{ "curl_slist_free_all", &functions.slist_free_all },
		{ "curl_url", &functions.url },
		{ "curl_url_set", &functions.url_set },
		{ "curl_url_cleanup", &functions.url_cleanup },
	};

	return mun_library_open("libcurl.so.4", "libcurl4", wanted,
	    sizeof(wanted) / sizeof(wanted[0]), err);
}

static void
start(void)
{
	/* Before libcurl does it, with openssl.cnf. */
	mun_openssl_start();
	opened = open_library(&why);
	if (opened == MUN_OK)
		start_code = global_init(CURL_GLOBAL_DEFAULT);
}

enum mun_status
mun_http_curl(const struct mun_http_curl **curl, struct mun_error *err)
{
	*curl = NULL;
	(void)pthread_once(&started, start);
	if (opened != MUN_OK)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "nobody can be asked over a network: %s", why.text);
	if (start_code != CURLE_OK)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "libcurl cannot start: %s",
		    functions.easy_strerror(start_code));
	*curl = &functions;
	return MUN_OK;
}
