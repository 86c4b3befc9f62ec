/* SPDX-License-Identifier: BSD-2-Clause */
/* certificate_internal.h - what the certificate_*.c files share. */
#ifndef MUN_TRUST_CERTIFICATE_INTERNAL_H
#define MUN_TRUST_CERTIFICATE_INTERNAL_H

#include <openssl/x509.h>

#include "trust/certificate.h"

struct mun_certificate {
	size_t more_holders; /* who free it, too */
	X509 *x509; /* owned; parsed from der */
	struct mun_buffer der;
	struct mun_buffer name;
	uint8_t sha256[MUN_SHA256_LEN];
	const uint8_t *tbs; /* the signed part, in der */
	size_t tbs_len;
	const uint8_t *serial; /* contents octets, in der */
	size_t serial_len;
	const uint8_t *issuer; /* whole Name, in der */
	size_t issuer_len;
	const uint8_t *subject; /* whole Name, in der */
	size_t subject_len;
	int64_t not_before_utc_s;
	int64_t not_after_utc_s;
	enum mun_key_kind key_kind;
	const char *unfit; /* rule identifier, or NULL */
};

enum {
	MUN_CERTIFICATE_RSA_BITS_MIN = 3072 /* of those who sign evidence */
};

/* certificate_fit.c: both are computed once, when the certificate is parsed. */
enum mun_key_kind mun_certificate_find_key_kind(
    const X509 *x509, int rsa_bits_min);
const char *mun_certificate_find_unfit(X509 *x509, enum mun_key_kind kind);

/* No critical extension but basicConstraints, keyUsage, extendedKeyUsage, and
 * these three readable. */
bool mun_certificate_extensions_are_known(const X509 *x509);
/* Whether a signature algorithm's digest is SHA-256 or better. */
bool mun_certificate_is_strong(int signature_nid);

/* certificate.c: with seconds and Z; the first also as RFC 5280 s4.1.2.5 wants
 * it, UTCTime until 2049 and GeneralizedTime from then. */
bool mun_certificate_read_time(int64_t *utc_s, const ASN1_TIME *time);
bool mun_certificate_read_any_time(int64_t *utc_s, const ASN1_TIME *time);

#endif
