/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signature.h - the one CMS profile of seals and log entries.
 *
 * There is exactly one acceptable encoding for (certificate, content, time,
 * signature value).  Signer and verifier build it with the same DER writer;
 * the verifier compares all bytes and then checks the signature value over the
 * built signed attributes.  Nothing is interpreted.
 *
 * Spec: RFC 5652 (CMS), RFC 5035 (signingCertificateV2), docs/format/cms.md.
 */
#ifndef MUN_SIGNATURE_SIGNATURE_H
#define MUN_SIGNATURE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "trust/certificate.h"

enum mun_signature_form {
	MUN_SIGNATURE_DETACHED, /* seal.p7s: content is elsewhere */
	MUN_SIGNATURE_ENCLOSING /* a log entry: content inside */
};

/* DER of the signed attributes as they are signed (SET OF): contentType
 * id-data, signingTime, messageDigest, signingCertificateV2. */
void mun_signature_attributes(struct mun_buffer *out,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s);

/* The whole ContentInfo. */
void mun_signature_build(struct mun_buffer *out, enum mun_signature_form form,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s, const void *value,
    size_t value_len);

/*
 * What an object claims, taken out by position without judging: the embedded
 * certificate, the enclosed content, the signature value.  Borrowed from der.
 * Only mun_signature_check makes it evidence.
 */
struct mun_signature_claim {
	const uint8_t *certificate;
	size_t certificate_len;
	const uint8_t *content; /* NULL when detached */
	size_t content_len;
	const uint8_t *value;
	size_t value_len;
};
/* MUN_ERR_FORMAT when the parts cannot be found; MUN_ERR_LIMIT above
 * MUN_CMS_MAX. */
MUN_MUST_USE enum mun_status mun_signature_unverified_claim(
    struct mun_signature_claim *claim, enum mun_signature_form form,
    const void *der, size_t der_len, struct mun_error *err);

/*
 * mun_signature_check - NULL if der is exactly the signature of that signer
 * over content at that time; else a rule identifier: "cms.encoding" (bytes
 * differ from the only acceptable encoding), "cms.signature" (value does not
 * verify), "cms.certificate" (certificate in it is not `signer`), or what
 * mun_certificate_unfit says.
 */
const char *mun_signature_check(enum mun_signature_form form,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s, const void *der,
    size_t der_len);

#endif
