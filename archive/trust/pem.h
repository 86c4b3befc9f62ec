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

/* Step over the next block of this label in text of any kind, whatever stands
 * before it and however its lines are broken, and append what it holds to der.
 * *is_damaged: there is such a block and it cannot be read.  False (no step,
 * der as it was) then, and where there is none. */
bool mun_pem_find(struct mun_reader *reader, const char *label,
    struct mun_buffer *der, bool *is_damaged);

#endif
