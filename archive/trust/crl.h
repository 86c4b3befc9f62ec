/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crl.h - one certificate revocation list, as much of it as Muniment judges.
 *
 * Only complete, direct lists: no delta, none that some other than the
 * certificate's issuer signs.  A list is never "not yet valid" here: one that
 * was issued after the time in question knows more about it, not less.
 * Spec: RFC 5280 section 5.
 */
#ifndef MUN_TRUST_CRL_H
#define MUN_TRUST_CRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "trust/certificate.h"

enum {
	/* 25,000 entries; authorities that issue more split their lists. */
	MUN_CRL_MAX = 1048576,
	MUN_CRLS_MAX = 16, /* of one bundle: two for each of a long chain */
	/* A bundle in PEM; the largest chain seen needs 60 KiB. */
	MUN_CRL_BUNDLE_MAX = 4194304
};

struct mun_crl;

/* Parse exactly der_len bytes of DER.  MUN_ERR_FORMAT: not a CRL, not DER
 * (writing it again differs), dates not as RFC 5280 demands, or of a kind not
 * handled (a delta, indirect, for some reasons only, with a critical extension
 * that is not known); MUN_ERR_LIMIT above MUN_CRL_MAX. */
MUN_MUST_USE enum mun_status mun_crl_from_der(struct mun_crl **out,
    const void *der, size_t der_len, struct mun_error *err);
/* Parse a canonical PEM bundle ("X509 CRL"); no bytes are no lists.  out has
 * room for MUN_CRLS_MAX. */
MUN_MUST_USE enum mun_status mun_crls_from_bundle(struct mun_crl **out,
    size_t *count, const void *pem, size_t pem_len, struct mun_error *err);
/* Parse what an authority publishes: one list in DER, or any number in PEM of
 * any form with anything around them.  *count is how many out has already, and
 * gets how many it has then, at most max.  MUN_ERR_FORMAT: there is no list, or
 * one as above; MUN_ERR_LIMIT.  Those read before a failure stay. */
MUN_MUST_USE enum mun_status mun_crls_from_text(struct mun_crl **out,
    size_t max, size_t *count, const void *text, size_t text_len,
    struct mun_error *err);
void mun_crl_free(struct mun_crl *crl);

void mun_crl_write_pem(const struct mun_crl *crl, struct mun_buffer *out);
/* SHA-256 of its DER; borrowed. */
const uint8_t *mun_crl_sha256(const struct mun_crl *crl);
int64_t mun_crl_this_update(const struct mun_crl *crl);
/* INT64_MIN if it says none. */
int64_t mun_crl_next_update(const struct mun_crl *crl);

/* Whether issuer signed it, under its own name, with SHA-256 or better, and
 * may (keyUsage absent or with cRLSign). */
bool mun_crl_is_by(
    const struct mun_crl *crl, const struct mun_certificate *issuer);
/* Whether it would list this certificate, were it revoked: same issuer name,
 * and within the scope that the list gives itself. */
bool mun_crl_is_about(
    const struct mun_crl *crl, const struct mun_certificate *certificate);
/* Whether it lists the certificate; since gets the earliest of its revocation
 * and invalidity dates.  Whatever the reason. */
bool mun_crl_lists(const struct mun_crl *crl,
    const struct mun_certificate *certificate, int64_t *since_utc_s);

/* The first http:// address of a CRL that the certificate names; false
 * without one.  Hostile text, visible ASCII only. */
bool mun_certificate_crl_url(
    const struct mun_certificate *certificate, struct mun_buffer *url);

#endif
