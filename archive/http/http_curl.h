/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_curl.h - libcurl's functions, loaded when the first request is made.
 *
 * libcurl brings two dozen libraries with it, and few commands ask anybody over
 * a network: it is opened, not linked (base/library.h).
 */
#ifndef MUN_HTTP_HTTP_CURL_H
#define MUN_HTTP_HTTP_CURL_H

/* Its macros call the linked functions by name. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "muniment/error.h"

struct mun_http_curl {
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
	CURLcode (*easy_perform)(CURL *curl);
	CURLcode (*easy_getinfo)(CURL *curl, CURLINFO info, ...);
	void (*easy_cleanup)(CURL *curl);
	const char *(*easy_strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
	CURLU *(*url)(void);
	CURLUcode (*url_set)(
	    CURLU *url, CURLUPart part, const char *value, unsigned int flags);
	void (*url_cleanup)(CURLU *url);
};

/*
 * mun_http_curl - load and start libcurl, once in a process.
 *
 * curl  out: the functions, valid until the process ends; NULL on failure
 *
 * MUN_ERR_SYSTEM: it is not installed, lacks a function, or cannot start.
 * Any number of threads.
 */
MUN_MUST_USE enum mun_status mun_http_curl(
    const struct mun_http_curl **curl, struct mun_error *err);

#endif
