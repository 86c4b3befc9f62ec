/* SPDX-License-Identifier: BSD-2-Clause */
/* openssl.c - libcrypto's start, and its error queue. */
#include "trust/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "base/macros.h"
#include "base/memory.h"

void
mun_openssl_start(void)
{
	/* The first call decides: libcrypto runs its configuration step once,
	 * and this makes that one the empty one. */
	MUN_ASSERT(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
}

static void *
take(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return mun_memory_take(size);
}

static void *
resize(void *old, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return mun_memory_resize(old, size);
}

static void
give_back(void *memory, const char *file, int line)
{
	(void)file;
	(void)line;
	free(memory);
}

bool
mun_openssl_watch_memory(void)
{
	return CRYPTO_set_mem_functions(take, resize, give_back) == 1;
}

enum mun_status
mun_openssl_error(
    struct mun_error *err, enum mun_status status, const char *what)
{
	unsigned long code = ERR_get_error();
	const char *reason = ERR_reason_error_string(code);

	mun_openssl_forget();
	if (reason == NULL)
		return mun_error_set(err, status, "%s", what);
	return mun_error_foreign(err, status, MUN_DOMAIN_OPENSSL,
	    (int)(code & 0x7fffffff), "%s: %s", what, reason);
}

bool
mun_openssl_is_nomem(void)
{
	return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE;
}

void
mun_openssl_forget(void)
{
	ERR_clear_error();
}
