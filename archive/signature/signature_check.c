/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signature_check.c - is this object exactly that signature?
 *
 * Three parts are taken out by position: the certificate, the content and the
 * signature value.  What the object should be is then built from what the
 * caller trusts (certificate, content, time) and that value, and compared in
 * full.  So no field is ever read for its meaning, and there is no byte that
 * could be changed without notice.
 */
#include "signature/signature.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/macros.h"
#include "base/reader.h"
#include "trust/der.h"

static bool
is_done(const struct mun_reader *reader)
{
	return mun_reader_left(reader) == 0;
}

static bool
skip(struct mun_reader *reader, uint8_t tag)
{
	struct mun_reader contents;

	return mun_der_take(reader, tag, &contents);
}

/* ContentInfo down to the fields of SignedData, each layer being all of the
 * layer around it. */
static bool
enter_signed_data(struct mun_reader *signed_data, const void *der, size_t len)
{
	struct mun_reader all = mun_reader_over(der, len), info, explicit_0;

	return mun_der_take(&all, MUN_DER_SEQUENCE, &info) && is_done(&all) &&
	    skip(&info, MUN_DER_OID) &&
	    mun_der_take(&info, MUN_DER_CONTEXT_0, &explicit_0) &&
	    is_done(&info) &&
	    mun_der_take(&explicit_0, MUN_DER_SEQUENCE, signed_data) &&
	    is_done(&explicit_0);
}

static bool
find_content(struct mun_signature_claim *claim, enum mun_signature_form form,
    struct mun_reader *signed_data)
{
	struct mun_reader info, explicit_0, content;

	if (!mun_der_take(signed_data, MUN_DER_SEQUENCE, &info) ||
	    !skip(&info, MUN_DER_OID))
		return false;
	if (form == MUN_SIGNATURE_DETACHED)
		return is_done(&info);
	if (!mun_der_take(&info, MUN_DER_CONTEXT_0, &explicit_0) ||
	    !is_done(&info) ||
	    !mun_der_take(&explicit_0, MUN_DER_OCTET_STRING, &content) ||
	    !is_done(&explicit_0))
		return false;
	claim->content = content.data;
	claim->content_len = content.len;
	return true;
}

/* Exactly one certificate. */
static bool
find_certificate(
    struct mun_signature_claim *claim, struct mun_reader *signed_data)
{
	struct mun_reader set;

	return mun_der_take(signed_data, MUN_DER_CONTEXT_0, &set) &&
	    mun_der_take_whole(&set, MUN_DER_SEQUENCE, &claim->certificate,
		&claim->certificate_len) &&
	    is_done(&set);
}

/* Exactly one SignerInfo, with nothing after its value. */
static bool
find_value(struct mun_signature_claim *claim, struct mun_reader *signed_data)
{
	struct mun_reader set, info, value;

	if (!mun_der_take(signed_data, MUN_DER_SET, &set) ||
	    !is_done(signed_data) ||
	    !mun_der_take(&set, MUN_DER_SEQUENCE, &info) || !is_done(&set) ||
	    !skip(&info, MUN_DER_INTEGER) || /* version */
	    !skip(&info, MUN_DER_SEQUENCE) || /* issuerAndSerialNumber */
	    !skip(&info, MUN_DER_SEQUENCE) || /* digestAlgorithm */
	    !skip(&info, MUN_DER_CONTEXT_0) || /* signedAttrs */
	    !skip(&info, MUN_DER_SEQUENCE) || /* signatureAlgorithm */
	    !mun_der_take(&info, MUN_DER_OCTET_STRING, &value) ||
	    !is_done(&info))
		return false;
	claim->value = value.data;
	claim->value_len = value.len;
	return true;
}

enum mun_status
mun_signature_unverified_claim(struct mun_signature_claim *claim,
    enum mun_signature_form form, const void *der, size_t der_len,
    struct mun_error *err)
{
	struct mun_signature_claim found = { 0 };
	struct mun_reader signed_data;

	*claim = found;
	if (der_len > MUN_CMS_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "the signature is larger than %d bytes", MUN_CMS_MAX);
	if (!enter_signed_data(&signed_data, der, der_len) ||
	    !skip(&signed_data, MUN_DER_INTEGER) ||
	    !skip(&signed_data, MUN_DER_SET) ||
	    !find_content(&found, form, &signed_data) ||
	    !find_certificate(&found, &signed_data) ||
	    !find_value(&found, &signed_data))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "this is not a signature as Muniment writes them");
	*claim = found;
	return MUN_OK;
}

static bool
is_same_certificate(const struct mun_certificate *signer,
    const struct mun_signature_claim *claim)
{
	size_t len;
	const uint8_t *der = mun_certificate_der(signer, &len);

	return claim->certificate_len == len &&
	    mun_bytes_equal(claim->certificate, der, len);
}

static bool
is_the_only_encoding(enum mun_signature_form form,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s,
    const struct mun_signature_claim *claim, const void *der, size_t der_len)
{
	struct mun_buffer built = MUN_BUFFER_INIT(MUN_CMS_MAX);
	bool is_same;

	mun_signature_build(&built, form, signer, content, content_len,
	    signing_time_utc_s, claim->value, claim->value_len);
	/* No memory is no verdict. */
	MUN_ASSERT(built.status != MUN_ERR_NOMEM);
	is_same = built.status == MUN_OK && built.len == der_len &&
	    mun_bytes_equal(built.data, der, der_len);
	mun_buffer_free(&built);
	return is_same;
}

static bool
is_signed(const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s,
    const struct mun_signature_claim *claim)
{
	struct mun_buffer attributes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	bool is_verified;

	mun_signature_attributes(
	    &attributes, signer, content, content_len, signing_time_utc_s);
	MUN_ASSERT(attributes.status != MUN_ERR_NOMEM);
	is_verified = attributes.status == MUN_OK &&
	    mun_certificate_verify(signer, attributes.data, attributes.len,
		claim->value, claim->value_len);
	mun_buffer_free(&attributes);
	return is_verified;
}

const char *
mun_signature_check(enum mun_signature_form form,
    const struct mun_certificate *signer, const void *content,
    size_t content_len, int64_t signing_time_utc_s, const void *der,
    size_t der_len)
{
	const char *unfit = mun_certificate_unfit(signer);
	struct mun_signature_claim claim;

	if (mun_signature_unverified_claim(&claim, form, der, der_len, NULL) !=
	    MUN_OK)
		return "cms.encoding";
	if (!is_same_certificate(signer, &claim))
		return "cms.certificate";
	if (unfit != NULL)
		return unfit;
	if (!is_the_only_encoding(form, signer, content, content_len,
		signing_time_utc_s, &claim, der, der_len))
		return "cms.encoding";
	if (!is_signed(
		signer, content, content_len, signing_time_utc_s, &claim))
		return "cms.signature";
	return NULL;
}
