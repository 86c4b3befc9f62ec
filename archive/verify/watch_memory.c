/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_memory.c - libraries that cannot say that memory ran out. */
#include "base/memory.h"
#include "index/memory.h"
#include "json/json_parse.h"
#include "muniment/verify.h"
#include "trust/openssl.h"

enum mun_status
mun_verify_watch_memory(void (*ran_out)(void), struct mun_error *err)
{
	const char *used = NULL;

	mun_memory_set_handler(ran_out);
	mun_json_watch_memory();
	if (!mun_index_watch_memory())
		used = "SQLite";
	if (!mun_openssl_watch_memory())
		used = "OpenSSL";
	if (used != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "%s was used before its memory is watched", used);
	return MUN_OK;
}
