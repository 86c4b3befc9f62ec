/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certificate.h - one X.509 certificate, as much of it as Muniment judges.
 *
 * Spec: RFC 5280.  Certificates are identified by the SHA-256 of their DER.
 * Chains are reported, never needed: trust comes from anchors and from
 * enrolments in the log.
 */
#ifndef MUN_TRUST_CERTIFICATE_H
#define MUN_TRUST_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/buffer.h"
#include "muniment/error.h"

struct mun_certificate;

/* Key kinds of the CMS profile; each fixes its digest. */
enum mun_key_kind {
	MUN_KEY_UNKNOWN = 0,
	MUN_KEY_P256, /* ECDSA P-256, SHA-256 */
	MUN_KEY_P384, /* ECDSA P-384, SHA-384 */
	MUN_KEY_RSA /* RSA >= 3072, PKCS#1 v1.5, SHA-256 */
};

/* Parse exactly der_len bytes of DER.  MUN_ERR_FORMAT (not a certificate, not
 * DER: re-encoding differs), MUN_ERR_LIMIT above MUN_CERTIFICATE_MAX. */
MUN_MUST_USE enum mun_status mun_certificate_from_der(
    struct mun_certificate **out, const void *der, size_t der_len,
    struct mun_error *err);
/* Parse one PEM block.  If strict, pem must be exactly the canonical PEM that
 * mun_certificate_write_pem gives (64-column base64, LF, nothing around). */
MUN_MUST_USE enum mun_status mun_certificate_from_pem(
    struct mun_certificate **out, const void *pem, size_t pem_len, bool strict,
    struct mun_error *err);
/* Parse a canonical PEM bundle: signer first, then its chain; at most max. */
MUN_MUST_USE enum mun_status mun_certificates_from_bundle(
    struct mun_certificate **out, size_t max, size_t *count, const void *pem,
    size_t pem_len, struct mun_error *err);
/* Parse all PEM blocks of a text as a person hands it over: other text around
 * them, CRLF, other line lengths.  Appends to out, which has *count already and
 * room for max.  MUN_ERR_FORMAT: there is none, or one is no certificate;
 * MUN_ERR_LIMIT; what was appended before is the caller's all the same. */
MUN_MUST_USE enum mun_status mun_certificates_from_text(
    struct mun_certificate **out, size_t max, size_t *count, const void *text,
    size_t text_len, struct mun_error *err);
void mun_certificate_free(struct mun_certificate *certificate);

/*
 * The certificates met last.  Whoever signs, signs often, and to take a
 * certificate apart costs more than to judge a signature by it.  What is the
 * same byte for byte is the same certificate, so nothing is believed that was
 * not read.  For one thread, as are the certificates that it gives.
 */
enum {
	MUN_RECENT_CERTIFICATES = 8 /* more do not sign in turns */
};
struct mun_recent_certificates {
	struct mun_certificate *list[MUN_RECENT_CERTIFICATES]; /* owned */
	size_t next; /* the place of the next new one */
};
#define MUN_RECENT_CERTIFICATES_INIT \
	{                            \
		.next = 0            \
	}
/* As mun_certificate_from_der; what it gives is freed in the same way, before
 * or after recent is cleared. */
MUN_MUST_USE enum mun_status mun_recent_certificates_take(
    struct mun_recent_certificates *recent, struct mun_certificate **out,
    const void *der, size_t der_len, struct mun_error *err);
void mun_recent_certificates_clear(struct mun_recent_certificates *recent);

/* Everything below is borrowed from the certificate. */
const uint8_t *mun_certificate_der(
    const struct mun_certificate *certificate, size_t *len);
const uint8_t *mun_certificate_sha256(
    const struct mun_certificate *certificate);
const uint8_t *mun_certificate_issuer_der(
    const struct mun_certificate *certificate, size_t *len);
const uint8_t *mun_certificate_subject_der(
    const struct mun_certificate *certificate, size_t *len);
/* issuer is a CA (basicConstraints), has the name that certificate gives its
 * issuer, and signed it.  No other thing is judged of either. */
bool mun_certificate_is_issued_by(const struct mun_certificate *certificate,
    const struct mun_certificate *issuer);
/* DER INTEGER contents octets of the serial number. */
const uint8_t *mun_certificate_serial(
    const struct mun_certificate *certificate, size_t *len);
/* Common name bytes as found (hostile; escape); "" if there is none. */
const char *mun_certificate_name(const struct mun_certificate *certificate);
int64_t mun_certificate_not_before(const struct mun_certificate *certificate);
int64_t mun_certificate_not_after(const struct mun_certificate *certificate);
enum mun_key_kind mun_certificate_key_kind(
    const struct mun_certificate *certificate);
/* Whether it names a CRL (cRLDistributionPoints). */
bool mun_certificate_names_crl(const struct mun_certificate *certificate);
bool mun_certificate_is_self_signed(const struct mun_certificate *certificate);

/* Why it may not sign: a rule identifier ("certificate.key-weak",
 * "certificate.usage", "certificate.is-ca", "certificate.extension-unknown",
 * "certificate.signature-weak") or NULL if it may.  Profile: key kind known,
 * keyUsage present with digitalSignature, no EKU or documentSigning
 * (1.3.6.1.5.5.7.3.36), basicConstraints not CA, no unknown critical
 * extension, own signature not MD5 or SHA-1. */
const char *mun_certificate_unfit(const struct mun_certificate *certificate);

void mun_certificate_write_pem(
    const struct mun_certificate *certificate, struct mun_buffer *out);

/* Verify signature over digest-of-message by the certificate's key.  message
 * is the whole to-be-signed byte string; the digest follows the key kind.
 * false: does not verify, or not strict DER with 1 <= r, s and s <= n/2 for
 * ECDSA. */
bool mun_certificate_verify(const struct mun_certificate *certificate,
    const void *message, size_t message_len, const void *signature,
    size_t signature_len);

/* The same for signatures that others make by their own rules: ECDSA P-256 or
 * P-384 (any s below n), RSA of 2048 to 8192 bits with PKCS#1 v1.5; the digest
 * is as said. */
enum mun_sha2 {
	MUN_SHA2_NONE = 0,
	MUN_SHA2_256,
	MUN_SHA2_384,
	MUN_SHA2_512
};
bool mun_certificate_verify_foreign(const struct mun_certificate *certificate,
    enum mun_sha2 hash, const void *message, size_t message_len,
    const void *signature, size_t signature_len);

/* Raw Ed25519 (RFC 8032), for checkpoints. */
bool mun_ed25519_verify(const uint8_t public_key[32], const void *message,
    size_t message_len, const uint8_t signature[64]);

#endif
