/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pem.h - canonical PEM (RFC 7468): base64 in lines of 64 characters, LF,
 * nothing before, between or after.
 */
#ifndef MUN_TRUST_PEM_H
#define MUN_TRUST_PEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/reader.h"
#include "muniment/buffer.h"

/* Append der as a block of this label ("CERTIFICATE", "X509 CRL"). */
void mun_pem_write(
    struct mun_buffer *out, const char *label, const void *der, size_t len);

/* Step over the next block and append what it holds to der; false (no step,
 * der as it was) unless it is exactly what mun_pem_write gives. */
bool mun_pem_take(
    struct mun_reader *reader, const char *label, struct mun_buffer *der);

#endif
