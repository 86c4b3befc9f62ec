/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signer.h - stands in for keys/: no process, no passphrase, heads in one file.
 */
#ifndef MUN_TEST_SIGNER_H
#define MUN_TEST_SIGNER_H

#include <stdbool.h>

#include "muniment/keys.h"

/* The actor called name of make-pki.sh, and log key number log_key. */
struct mun_signer *test_signer_new(const char *name, unsigned char log_key);
void test_signer_free(struct mun_signer *signer);

/* From now on copies of the head are refused. */
void test_signer_refuse_heads(bool refuse);

#endif
