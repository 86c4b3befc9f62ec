/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chain.c - libcrypto finds the path; what it is lenient about, and what it
 * cannot do with CRLs, is judged here.
 *
 * X509_verify_cert is what `openssl ts -verify` runs too, with the same
 * purpose, so that nothing found here is refused there.
 */
#include "trust/chain.h"

#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "trust/certificate_internal.h"
#include "trust/openssl.h"

enum {
	SECURITY_LEVEL = 2,
	RSA_BITS_MIN = 2048 /* many authorities still have no larger key */
};

/* RFC 3161 s2.3: "The corresponding certificate MUST contain only one instance
 * of the extended key usage field extension ... with KeyPurposeID having value:
 * id-kp-timeStamping.  This extension MUST be critical." */
static bool
is_for_time_stamps(const X509 *x509)
{
	int critical = 0;
	EXTENDED_KEY_USAGE *usage =
	    X509_get_ext_d2i(x509, NID_ext_key_usage, &critical, NULL);
	bool is_for = usage != NULL && critical == 1 &&
	    sk_ASN1_OBJECT_num(usage) == 1 &&
	    OBJ_obj2nid(sk_ASN1_OBJECT_value(usage, 0)) == NID_time_stamp;

	EXTENDED_KEY_USAGE_free(usage);
	return is_for;
}

const char *
mun_chain_unfit(const struct mun_certificate *certificate)
{
	const uint32_t allowed = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
	X509 *x509 = certificate->x509;
	uint32_t flags = X509_get_extension_flags(x509);
	const char *unfit = NULL;

	if (mun_certificate_find_key_kind(x509, RSA_BITS_MIN) ==
	    MUN_KEY_UNKNOWN)
		unfit = "chain.algorithm";
	else if (!mun_certificate_extensions_are_known(x509) ||
	    (flags & EXFLAG_CA) != 0 || !is_for_time_stamps(x509) ||
	    ((flags & EXFLAG_KUSAGE) != 0 &&
		((X509_get_key_usage(x509) & ~allowed) != 0 ||
		    (X509_get_key_usage(x509) & allowed) == 0)))
		unfit = "chain.eku";
	mun_openssl_forget();
	return unfit;
}

bool
mun_certificate_has_rsa_key(const struct mun_certificate *certificate)
{
	return mun_certificate_find_key_kind(certificate->x509, RSA_BITS_MIN) ==
	    MUN_KEY_RSA;
}

static bool
is_issuing(const struct mun_certificate *certificate, bool is_root)
{
	X509 *x509 = certificate->x509;
	uint32_t flags = X509_get_extension_flags(x509);

	/* RFC 5280 s6.1.4 (k), (n); a root is trusted by having been given. */
	if ((flags & EXFLAG_CA) == 0)
		return false;
	if ((flags & EXFLAG_KUSAGE) == 0)
		return is_root;
	return (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN) != 0;
}

/* What an issuer's extendedKeyUsage holds limits what those below it are for
 * (CA/Browser Forum Code Signing BRs s7.1.2.2; RFC 5280 s4.2.1.12 leaves it
 * open, and libcrypto does not look): a web server's CA issues no authority. */
static bool
is_for_authorities(const struct mun_certificate *certificate)
{
	X509 *x509 = certificate->x509;

	if (X509_get_ext_by_NID(x509, NID_ext_key_usage, -1) < 0)
		return true;
	if ((X509_get_extension_flags(x509) & EXFLAG_XKUSAGE) == 0)
		return false;
	return (X509_get_extended_key_usage(x509) &
		   (XKU_TIMESTAMP | XKU_ANYEKU)) != 0;
}

/* The one of ours that libcrypto's copy is. */
static const struct mun_certificate *
find_same(const X509 *x509, struct mun_certificate *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (X509_cmp(list[i]->x509, x509) == 0)
			return list[i];
	}
	return NULL;
}

static void
narrow(struct mun_chain *chain, const struct mun_certificate *certificate)
{
	if (certificate->not_before_utc_s > chain->not_before_utc_s)
		chain->not_before_utc_s = certificate->not_before_utc_s;
	if (certificate->not_after_utc_s < chain->not_after_utc_s)
		chain->not_after_utc_s = certificate->not_after_utc_s;
}

struct inputs {
	const struct mun_certificate *authority;
	struct mun_certificate *const *others, *const *anchors;
	size_t other_count, anchor_count;
};

static const char *
take_path(
    struct mun_chain *chain, X509_STORE_CTX *ctx, const struct inputs *inputs)
{
	STACK_OF(X509) *found = X509_STORE_CTX_get0_chain(ctx);
	size_t count = (size_t)sk_X509_num(found);

	if (count < 2 || count > MUN_CHAIN_MAX)
		return "chain.invalid";
	chain->path[0] = inputs->authority;
	for (size_t i = 1; i < count; i++) {
		const X509 *x509 = sk_X509_value(found, (int)i);
		bool is_root = i == count - 1;

		chain->path[i] = is_root
		    ? find_same(x509, inputs->anchors, inputs->anchor_count)
		    : find_same(x509, inputs->others, inputs->other_count);
		/* An anchor may stand before the root that issued it. */
		if (chain->path[i] == NULL)
			chain->path[i] = find_same(
			    x509, inputs->anchors, inputs->anchor_count);
		if (chain->path[i] == NULL ||
		    !is_issuing(chain->path[i], is_root))
			return "chain.invalid";
		if (!is_root && !is_for_authorities(chain->path[i]))
			return "chain.eku";
	}
	for (size_t i = 0; i < count; i++)
		narrow(chain, chain->path[i]);
	chain->count = count;
	return NULL;
}

static const char *
rule_of(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return "chain.expired";
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return "chain.early";
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
		return "chain.algorithm";
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
		return "chain.untrusted";
	default:
		return "chain.invalid";
	}
}

static bool
set_up(X509_STORE *store, STACK_OF(X509) * others, const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->anchor_count; i++) {
		if (X509_STORE_add_cert(store, inputs->anchors[i]->x509) != 1)
			return false;
	}
	for (size_t i = 0; i < inputs->other_count; i++) {
		if (sk_X509_push(others, inputs->others[i]->x509) <= 0)
			return false;
	}
	return true;
}

static const char *
find(struct mun_chain *chain, const struct inputs *inputs, int64_t at_utc_s)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *others = sk_X509_new_null();
	X509_VERIFY_PARAM *param;
	const char *rule = "chain.invalid";
	int error;

	/* No memory is no verdict. */
	MUN_ASSERT(store != NULL && ctx != NULL && others != NULL &&
	    set_up(store, others, inputs) &&
	    X509_STORE_CTX_init(ctx, store, inputs->authority->x509, others) ==
		1);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)at_utc_s);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	X509_VERIFY_PARAM_set_depth(param, MUN_CHAIN_MAX - 2);
	MUN_ASSERT(X509_VERIFY_PARAM_set_purpose(
		       param, X509_PURPOSE_TIMESTAMP_SIGN) == 1);
	if (X509_verify_cert(ctx) == 1) {
		rule = take_path(chain, ctx, inputs);
	} else {
		error = X509_STORE_CTX_get_error(ctx);
		MUN_ASSERT(error != X509_V_ERR_OUT_OF_MEM);
		rule = rule_of(error);
	}
	sk_X509_free(others);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	mun_openssl_forget();
	return rule;
}

const char *
mun_chain_find(struct mun_chain *chain, const struct mun_certificate *authority,
    struct mun_certificate *const *others, size_t other_count,
    struct mun_certificate *const *anchors, size_t anchor_count,
    int64_t at_utc_s)
{
	const struct inputs inputs = { .authority = authority,
		.others = others,
		.anchors = anchors,
		.other_count = other_count,
		.anchor_count = anchor_count };
	const struct mun_chain empty = { .not_before_utc_s = INT64_MIN,
		.not_after_utc_s = INT64_MAX };
	const char *rule;

	mun_openssl_start();
	*chain = empty;
	rule = find(chain, &inputs, at_utc_s);
	if (rule != NULL)
		*chain = empty;
	return rule;
}

/* What the lists say of one certificate. */
struct answer {
	bool is_there, is_answered;
	int64_t since_utc_s;
};

static struct answer
ask_lists(struct mun_crl *const *crls, size_t crl_count,
    const struct mun_certificate *certificate,
    const struct mun_certificate *issuer, int64_t at_utc_s)
{
	struct answer answer = { .since_utc_s = INT64_MAX };
	int64_t since_utc_s;

	for (size_t i = 0; i < crl_count; i++) {
		if (!mun_crl_is_about(crls[i], certificate) ||
		    !mun_crl_is_by(crls[i], issuer))
			continue;
		answer.is_there = true;
		/* RFC 5280 s3.3: once a certificate has expired, its entry may
		 * be taken off, so a list from then on clears nobody. */
		if ((mun_crl_this_update(crls[i]) >= at_utc_s ||
			mun_crl_next_update(crls[i]) >= at_utc_s) &&
		    mun_crl_this_update(crls[i]) <=
			mun_certificate_not_after(certificate))
			answer.is_answered = true;
		if (mun_crl_lists(crls[i], certificate, &since_utc_s) &&
		    since_utc_s < answer.since_utc_s)
			answer.since_utc_s = since_utc_s;
	}
	return answer;
}

static int64_t
known_since(struct mun_chain_revocations known,
    const struct mun_certificate *certificate)
{
	int64_t since_utc_s = INT64_MAX;

	for (size_t i = 0; i < known.count; i++)
		if (mun_bytes_equal(known.list[i].certificate,
			mun_certificate_sha256(certificate), MUN_SHA256_LEN) &&
		    known.list[i].since_utc_s < since_utc_s)
			since_utc_s = known.list[i].since_utc_s;
	return since_utc_s;
}

const char *
mun_chain_revoked(const struct mun_chain *chain, struct mun_crl *const *crls,
    size_t crl_count, struct mun_chain_revocations known, int64_t at_utc_s,
    int64_t *later_utc_s)
{
	bool is_revoked = false, is_missing = false, is_old = false;

	*later_utc_s = INT64_MAX;
	for (size_t i = 0; i + 1 < chain->count; i++) {
		struct answer answer = ask_lists(crls, crl_count,
		    chain->path[i], chain->path[i + 1], at_utc_s);
		int64_t since_utc_s = known_since(known, chain->path[i]);

		if (since_utc_s < answer.since_utc_s)
			answer.since_utc_s = since_utc_s;
		if (answer.since_utc_s <= at_utc_s)
			is_revoked = true;
		else if (answer.since_utc_s < *later_utc_s)
			*later_utc_s = answer.since_utc_s;
		if (!mun_certificate_names_crl(chain->path[i]))
			continue;
		is_missing = is_missing || !answer.is_there;
		is_old = is_old || !answer.is_answered;
	}
	if (is_revoked)
		return "chain.revoked";
	if (is_missing)
		return "chain.crl-missing";
	return is_old ? "chain.crl-old" : NULL;
}
