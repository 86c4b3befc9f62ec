/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * token_key.c - the objects on a token that the URI names, what their values
 * say, and signing with the private one.
 */
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/x509.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <string.h>

#include "base/macros.h"
#include "keys/token_internal.h"
#include "trust/der.h"
#include "trust/openssl.h"

enum {
	ATTRIBUTES_MAX = 8,
	VALUE_MAX = 2048 /* RSA of 8192 bits is 1024 octets */
};

/* RFC 8017 s9.2, notes: DigestInfo of SHA-256 up to its digest. */
static const uint8_t digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
	0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
	0x20 };
static const uint8_t rsa_algorithm[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
static const uint8_t ec_algorithm[] = { 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce,
	0x3d, 0x02, 0x01 };
/* CKA_EC_PARAMS of the two curves: their OIDs in DER (RFC 5480 s2.1.1.1). */
static const uint8_t p256_oid[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
	0x03, 0x01, 0x07 };
static const uint8_t p384_oid[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };

/* ---- why not ---- */

static const char *
reason(CK_RV value)
{
	switch (value) {
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
	case CKR_PIN_LEN_RANGE:
		return "the PIN is wrong; it was tried once, and tokens lock "
		       "themselves after a few wrong ones";
	case CKR_PIN_LOCKED:
		return "the token's PIN is locked after too many wrong ones; "
		       "unlock it with the token's own program and its PUK or "
		       "SO-PIN";
	case CKR_PIN_EXPIRED:
		return "the token's PIN has to be changed first, with the "
		       "token's own program";
	case CKR_USER_PIN_NOT_INITIALIZED:
		return "the token has no PIN yet; set one with its own program";
	case CKR_TOKEN_NOT_PRESENT:
	case CKR_DEVICE_REMOVED:
	case CKR_SLOT_ID_INVALID:
	case CKR_SESSION_HANDLE_INVALID:
	case CKR_SESSION_CLOSED:
		return "the token was removed; plug it in and start again";
	case CKR_KEY_FUNCTION_NOT_PERMITTED:
		return "the key on the token may not sign";
	default:
		return NULL;
	}
}

enum mun_status
mun_keys_token_refused(CK_RV value, const char *what, struct mun_error *err)
{
	const char *why = reason(value);

	if (why != NULL)
		return mun_error_set(err, MUN_ERR_CRYPTO, "%s", why);
	return mun_error_set(err, MUN_ERR_CRYPTO, "%s (PKCS#11 0x%lx: %s)",
	    what, value, p11_kit_strerror(value));
}

/* ---- objects ---- */

/* The URI's attributes, its class replaced by the one wanted. */
static CK_ULONG
wanted_attributes(const struct mun_keys_token *token, CK_OBJECT_CLASS *wanted,
    CK_ATTRIBUTE attributes[ATTRIBUTES_MAX])
{
	CK_ULONG given = 0, count = 0;
	CK_ATTRIBUTE *from = p11_kit_uri_get_attributes(token->uri, &given);

	attributes[count++] =
	    (CK_ATTRIBUTE){ CKA_CLASS, wanted, sizeof(*wanted) };
	for (CK_ULONG i = 0; i < given && count < ATTRIBUTES_MAX; i++)
		if (from[i].type != CKA_CLASS)
			attributes[count++] = from[i];
	return count;
}

enum mun_status
mun_keys_token_find(const struct mun_keys_token *token, CK_OBJECT_CLASS wanted,
    CK_OBJECT_HANDLE *object, struct mun_error *err)
{
	CK_ATTRIBUTE attributes[ATTRIBUTES_MAX];
	CK_ULONG count = wanted_attributes(token, &wanted, attributes);
	CK_OBJECT_HANDLE found[2];
	CK_RV value;

	value =
	    token->module->C_FindObjectsInit(token->session, attributes, count);
	if (value == CKR_OK) {
		value = token->module->C_FindObjects(
		    token->session, found, 2, &count);
		(void)token->module->C_FindObjectsFinal(token->session);
	}
	if (value != CKR_OK)
		return mun_keys_token_refused(
		    value, "the token finds no key", err);
	if (count == 0)
		return mun_error_set(
		    err, MUN_ERR_NOT_FOUND, "the token has no such key");
	if (count > 1)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the URI names more than one key on the token: add its "
		    "id=");
	*object = found[0];
	return MUN_OK;
}

static bool
get(const struct mun_keys_token *token, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct mun_buffer *out)
{
	uint8_t bytes[VALUE_MAX];
	CK_ATTRIBUTE attribute = { type, bytes, sizeof(bytes) };

	if (token->module->C_GetAttributeValue(
		token->session, object, &attribute, 1) != CKR_OK ||
	    attribute.ulValueLen > sizeof(bytes))
		return false;
	mun_buffer_reset(out);
	mun_buffer_append(out, bytes, attribute.ulValueLen);
	return out->status == MUN_OK && out->len > 0;
}

/* ---- the public key ---- */

/* DER of an INTEGER from octets without a sign. */
static void
put_integer(struct mun_buffer *out, const struct mun_buffer *number)
{
	size_t mark = mun_der_open(out, MUN_DER_INTEGER), at = 0;

	while (at + 1 < number->len && number->data[at] == 0)
		at++;
	if ((number->data[at] & 0x80) != 0)
		mun_buffer_append_byte(out, 0);
	mun_buffer_append(out, number->data + at, number->len - at);
	mun_der_close(out, mark);
}

/* RFC 5280 s4.1: SubjectPublicKeyInfo. */
static void
put_public(struct mun_buffer *out, const uint8_t *algorithm, size_t len,
    const struct mun_buffer *parameters, const struct mun_buffer *key)
{
	size_t whole = mun_der_open(out, MUN_DER_SEQUENCE);
	size_t mark = mun_der_open(out, MUN_DER_SEQUENCE);

	mun_buffer_append(out, algorithm, len);
	mun_buffer_append(out, parameters->data, parameters->len);
	mun_der_close(out, mark);
	mark = mun_der_open(out, MUN_DER_BIT_STRING);
	mun_buffer_append_byte(out, 0);
	mun_buffer_append(out, key->data, key->len);
	mun_der_close(out, mark);
	mun_der_close(out, whole);
}

/* CKA_EC_POINT is the point in a DER OCTET STRING. */
static enum mun_key_kind
put_ec(struct mun_buffer *out, const struct mun_buffer *curve,
    const struct mun_buffer *wrapped)
{
	struct mun_reader all = mun_reader_over(wrapped->data, wrapped->len);
	struct mun_buffer point = MUN_BUFFER_INIT(VALUE_MAX);
	struct mun_reader inner;
	enum mun_key_kind kind = MUN_KEY_UNKNOWN;

	if (curve->len == sizeof(p256_oid) &&
	    memcmp(curve->data, p256_oid, sizeof(p256_oid)) == 0)
		kind = MUN_KEY_P256;
	else if (curve->len == sizeof(p384_oid) &&
	    memcmp(curve->data, p384_oid, sizeof(p384_oid)) == 0)
		kind = MUN_KEY_P384;
	if (!mun_der_take(&all, MUN_DER_OCTET_STRING, &inner))
		return MUN_KEY_UNKNOWN;
	mun_buffer_append(&point, inner.data, inner.len);
	put_public(out, ec_algorithm, sizeof(ec_algorithm), curve, &point);
	mun_buffer_free(&point);
	return kind;
}

static enum mun_key_kind
put_rsa(struct mun_buffer *out, const struct mun_buffer *modulus,
    const struct mun_buffer *exponent)
{
	struct mun_buffer key = MUN_BUFFER_INIT(2 * VALUE_MAX);
	const struct mun_buffer nothing = MUN_BUFFER_INIT(0);
	size_t mark = mun_der_open(&key, MUN_DER_SEQUENCE);

	put_integer(&key, modulus);
	put_integer(&key, exponent);
	mun_der_close(&key, mark);
	put_public(out, rsa_algorithm, sizeof(rsa_algorithm), &nothing, &key);
	mun_buffer_free(&key);
	return MUN_KEY_RSA;
}

enum mun_status
mun_keys_token_public(const struct mun_keys_token *token, EVP_PKEY **key,
    enum mun_key_kind *kind, struct mun_error *err)
{
	struct mun_buffer one = MUN_BUFFER_INIT(VALUE_MAX);
	struct mun_buffer two = MUN_BUFFER_INIT(VALUE_MAX);
	struct mun_buffer der = MUN_BUFFER_INIT(4 * VALUE_MAX);
	const unsigned char *at;
	CK_OBJECT_HANDLE object;
	enum mun_status status;

	*key = NULL;
	*kind = MUN_KEY_UNKNOWN;
	MUN_TRY(mun_keys_token_find(token, CKO_PUBLIC_KEY, &object, err));
	if (get(token, object, CKA_EC_PARAMS, &one) &&
	    get(token, object, CKA_EC_POINT, &two))
		*kind = put_ec(&der, &one, &two);
	else if (get(token, object, CKA_MODULUS, &one) &&
	    get(token, object, CKA_PUBLIC_EXPONENT, &two))
		*kind = put_rsa(&der, &one, &two);
	at = der.data;
	if (*kind != MUN_KEY_UNKNOWN && der.status == MUN_OK)
		*key = d2i_PUBKEY(NULL, &at, (long)der.len);
	mun_openssl_forget();
	if (*key == NULL)
		status = mun_error_set(err, MUN_ERR_UNSUPPORTED,
		    "the key on the token is neither P-256, P-384 nor RSA");
out:
	mun_buffer_free(&one);
	mun_buffer_free(&two);
	mun_buffer_free(&der);
	return status;
}

/* ---- signing ---- */

/* PKCS#11 2.40 s2.3.1: r and s, each as long as the order, one after the
 * other. */
static enum mun_status
put_pair(struct mun_buffer *value, const uint8_t *raw, size_t len,
    struct mun_error *err)
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, (int)(len / 2), NULL);
	BIGNUM *s = BN_bin2bn(raw + len / 2, (int)(len / 2), NULL);
	unsigned char *der = NULL;
	enum mun_status status = MUN_OK;
	int der_len = -1;

	if (pair != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL; /* pair has them now */
		der_len = i2d_ECDSA_SIG(pair, &der);
	}
	if (der_len > 0)
		mun_buffer_append(value, der, (size_t)der_len);
	else
		status = mun_openssl_error(err, MUN_ERR_CRYPTO, "cannot sign");
	OPENSSL_free(der);
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	return status;
}

/* Some keys want the PIN before every signature (CKA_ALWAYS_AUTHENTICATE). */
static bool
wants_pin_again(const struct mun_keys_token *token)
{
	CK_BBOOL always = CK_FALSE;
	CK_ATTRIBUTE attribute = { CKA_ALWAYS_AUTHENTICATE, &always,
		sizeof(always) };

	return token->module->C_GetAttributeValue(
		   token->session, token->key, &attribute, 1) == CKR_OK &&
	    always != CK_FALSE;
}

/* Whether a key of that kind is what the URI names: asking the wrong way gives
 * an error of the token's own fancy. */
static bool
is_of_kind(const struct mun_keys_token *token, enum mun_key_kind kind)
{
	CK_KEY_TYPE type = CKK_RSA;
	CK_ATTRIBUTE attribute = { CKA_KEY_TYPE, &type, sizeof(type) };

	return token->module->C_GetAttributeValue(
		   token->session, token->key, &attribute, 1) != CKR_OK ||
	    (type == CKK_RSA) == (kind == MUN_KEY_RSA);
}

static CK_RV
sign(const struct mun_keys_token *token, CK_MECHANISM_TYPE type,
    struct mun_buffer *input, uint8_t *raw, CK_ULONG *len)
{
	CK_MECHANISM mechanism = { type, NULL, 0 };
	CK_RV value =
	    token->module->C_SignInit(token->session, &mechanism, token->key);

	if (value == CKR_OK && wants_pin_again(token))
		value = mun_keys_token_give_pin(token, CKU_CONTEXT_SPECIFIC);
	if (value == CKR_OK)
		value = token->module->C_Sign(
		    token->session, input->data, input->len, raw, len);
	return value;
}

enum mun_status
mun_keys_token_sign(const struct mun_keys_token *token,
    struct mun_buffer *value, enum mun_key_kind kind, const uint8_t *digest,
    size_t digest_len, struct mun_error *err)
{
	struct mun_buffer input = MUN_BUFFER_INIT(VALUE_MAX);
	uint8_t raw[VALUE_MAX];
	CK_ULONG len = sizeof(raw);
	enum mun_status status;
	CK_RV refused;

	if (!is_of_kind(token, kind))
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "'" MUN_KEYS_ACTOR_PEM "' is the certificate of another "
		    "kind of key than the one on the token");
	if (kind == MUN_KEY_RSA)
		mun_buffer_append(&input, digest_info, sizeof(digest_info));
	mun_buffer_append(&input, digest, digest_len);
	MUN_TRY(mun_buffer_status(&input, "a digest", err));
	refused = sign(token, kind == MUN_KEY_RSA ? CKM_RSA_PKCS : CKM_ECDSA,
	    &input, raw, &len);
	if (refused != CKR_OK)
		status = mun_keys_token_refused(
		    refused, "the token does not sign", err);
	else if (kind == MUN_KEY_RSA)
		mun_buffer_append(value, raw, len);
	else
		status = put_pair(value, raw, len, err);
out:
	mun_buffer_free(&input);
	return status;
}
