/* SPDX-License-Identifier: BSD-2-Clause */
/* log_key.h - Ed25519 keys that are the same in every run, for tests only. */
#ifndef MUN_TEST_LOG_KEY_H
#define MUN_TEST_LOG_KEY_H

#include <stddef.h>
#include <stdint.h>

/* Key number `which`. */
void test_log_key(uint8_t public_key[32], unsigned char which);
void test_log_key_sign(uint8_t signature[64], unsigned char which,
    const void *message, size_t len);

#endif
