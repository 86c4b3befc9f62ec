/* SPDX-License-Identifier: BSD-2-Clause */
/* keys_test.h - keys folders in a scratch folder. */
#ifndef MUN_TEST_KEYS_H
#define MUN_TEST_KEYS_H

#include "harness/harness.h"
#include "muniment/keys.h"

#define KEYS_PASSPHRASE "correct horse"

/* The absolute path of name in the scratch folder; free() it. */
char *keys_path(const struct mun_scratch *scratch, const char *name);

/* Make the keys folder `keys` there, encrypted with KEYS_PASSPHRASE from the
 * file `pass`, or not at all; fails the test if it cannot.  Returns its path;
 * free() it. */
char *keys_make(const struct mun_scratch *scratch, bool is_encrypted);

/* Open a signer on it with the passphrase in the file `pass`. */
enum mun_status keys_open(const struct mun_scratch *scratch,
    struct mun_signer **signer, struct mun_error *err);

/* Run a shell command and give its exit status. */
int keys_shell(const char *format, ...) MUN_PRINTF(1, 2);

#endif
