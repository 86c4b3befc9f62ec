/* SPDX-License-Identifier: BSD-2-Clause */
/* openssl.h - how Muniment starts libcrypto, and asks it what went wrong. */
#ifndef MUN_TRUST_OPENSSL_H
#define MUN_TRUST_OPENSSL_H

#include <stdbool.h>

#include "muniment/error.h"

/*
 * mun_openssl_start - start libcrypto without reading any configuration file,
 * so that neither OPENSSL_CONF nor openssl.cnf can load a module into a judge.
 * Idempotent; has to come before the process's first other use of libcrypto.
 * Everything in trust, signature and keys calls it itself.
 */
void mun_openssl_start(void);

/*
 * mun_openssl_watch_memory - have every allocation of libcrypto noted
 * (base/memory.h), in the whole process.  False: it has allocated already, and
 * nothing was changed.
 */
MUN_MUST_USE bool mun_openssl_watch_memory(void);

/*
 * mun_openssl_error - record a failure of libcrypto: empties its whole error
 * queue, so that nothing leaks into the next call, and appends the reason of
 * the first entry.  Returns status.
 */
enum mun_status mun_openssl_error(
    struct mun_error *err, enum mun_status status, const char *what);
/* mun_openssl_is_nomem - whether memory ran out first of all. */
bool mun_openssl_is_nomem(void);
/* mun_openssl_forget - empty the error queue. */
void mun_openssl_forget(void);

#endif
