/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pki.h - certificates and signatures of make-pki.sh, by name.
 *
 * MUN_PKI_DIR is the folder.  Everything here fails the test if it cannot.
 */
#ifndef MUN_PKI_PKI_H
#define MUN_PKI_PKI_H

#include <stddef.h>

#include "muniment/buffer.h"
#include "trust/certificate.h"

/* The certificate of that name; mun_certificate_free() it. */
struct mun_certificate *mun_pki_certificate(const char *name);

/* Append the signature of message by the private key of that name, as the
 * profile wants it: digest by key kind, s in the lower half. */
void mun_pki_sign(const char *name, const void *message, size_t len,
    struct mun_buffer *value);
/* Append the other half of an ECDSA signature value: (r, n - s). */
void mun_pki_twin(
    const char *name, const void *value, size_t len, struct mun_buffer *twin);

#endif
