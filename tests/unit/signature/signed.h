/* SPDX-License-Identifier: BSD-2-Clause */
/* signed.h - a signature made by our writer and a test key. */
#ifndef MUN_TEST_SIGNED_H
#define MUN_TEST_SIGNED_H

#include "muniment/buffer.h"
#include "signature/signature.h"

/* 2026-11-23T10:11:12Z */
#define SIGNED_AT INT64_C(1795428672)

extern const char signed_content[];
extern const size_t signed_content_len;

/* The object by the key and certificate called name.  mun_buffer_free() it. */
struct mun_buffer signed_object(enum mun_signature_form form, const char *name,
    const char *key, int64_t at_utc_s);

/* mun_signature_check over signed_content by the certificate called name at
 * SIGNED_AT; "PASSED" instead of NULL. */
const char *signed_verdict(enum mun_signature_form form, const char *name,
    const void *der, size_t der_len);

#endif
