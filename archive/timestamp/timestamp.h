/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp.h - RFC 3161 time-stamps: query, token, and what is wrong with it.
 *
 * Reading and judging needs no network, no key and no clock: what time to judge
 * at is a parameter.  Asking for one is ask.h, the keeping side's.  Nothing
 * here gives a verdict: what is wrong has a rule, and whoever calls knows what
 * it means for the vault.
 *
 * The rules, all of them:
 *   of a query       "ts.query"        not the one form that Muniment writes
 *   of a response    "ts.encoding"     not a response, not DER, or too large
 *                    "ts.status"       anything but granted (0)
 *   of a token       "ts.encoding"     not the profile of docs/format/
 *                                      time-stamp.md, not DER, or too large
 *                    "ts.algorithm"    digest, signature or key too weak or
 *                                      not handled; imprint not SHA-256
 *                    "ts.attributes"   signed attributes missing, doubled,
 *                                      unknown or contradicting
 *                    "ts.ess"          does not bind the authority's
 *                                      certificate (RFC 5035) by SHA-256 or
 *                                      better
 *                    "ts.encoding"     embeds what is no certificate in DER
 *                    "ts.signer"       the authority's certificate is not
 *                                      in it, or its name differs
 *                    "ts.eku"          that certificate is not for
 *                                      time-stamps and nothing else
 *                    "ts.signature"    does not verify
 *   of what it says  "ts.imprint"      over other bytes
 *                    "ts.nonce"        not the query's nonce, or none
 *                    "ts.policy"       not the policy asked for
 *   of its chain     "ts.untrusted"    leads to none of the anchors
 *                    "ts.expired"      not valid any more at the proof time
 *                    "ts.early"        not valid yet at the proof time, or at
 *                                      the time the token states
 *                    "ts.late"         the token states a time after the proof
 *                                      time
 *                    "ts.chain"        anything else of RFC 5280 s6
 *                    "ts.eku"          an issuer below the root has an
 *                                      extendedKeyUsage without timeStamping
 *                                      and anyExtendedKeyUsage
 *                    "ts.certificates" embeds a certificate that is neither
 *                                      needed nor stored beside it
 *                    "ts.revoked"      revoked at or before the proof time
 *                    "ts.crl-missing"  no CRL of an issuer that has one
 *                    "ts.crl-old"      no CRL that answers for the proof time
 *   of asking        those of http/http.h
 * Of these, "ts.untrusted", "ts.expired", "ts.crl-missing" and "ts.crl-old" say
 * that something is missing; all others that something is wrong.
 *
 * Spec: RFC 3161, RFC 5816, RFC 5652, RFC 5035, docs/format/time-stamp.md.
 */
#ifndef MUN_TIMESTAMP_TIMESTAMP_H
#define MUN_TIMESTAMP_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/buffer.h"
#include "muniment/error.h"
#include "trust/certificate.h"
#include "trust/chain.h"
#include "trust/crl.h"

enum {
	/* Four certificates and a signature are 8 KiB; some add a root. */
	MUN_TIMESTAMP_TOKEN_MAX = 65536,
	/* A token, and words of refusal. */
	MUN_TIMESTAMP_RESPONSE_MAX = 69632,
	MUN_TIMESTAMP_QUERY_MAX = 256,
	MUN_TIMESTAMP_NONCE_LEN = 16,
	MUN_TIMESTAMP_POLICY_MAX = 127, /* characters of an OID in dots */
	/* RFC 3161 s2.4.2: "up to 160 bits", and a sign octet. */
	MUN_TIMESTAMP_SERIAL_MAX = 21,
	MUN_TIMESTAMP_CERTIFICATES_MAX = 12 /* embedded in one token */
};

/*
 * A query: what is asked to be stamped.  The nonce is 16 octets of which the
 * first is 0x40 to 0x7f, so that as an INTEGER it is positive and of one
 * length; 126 bits of it are random.
 */
struct mun_timestamp_query {
	uint8_t imprint[MUN_SHA256_LEN]; /* SHA-256 of what is stamped */
	uint8_t nonce[MUN_TIMESTAMP_NONCE_LEN];
	char policy[MUN_TIMESTAMP_POLICY_MAX + 1]; /* "1.2.3", "" for any */
};

/* mun_timestamp_query_write - append the one DER form: version 1, SHA-256,
 * nonce, certReq TRUE, the policy if asked for.  A policy that is no OID, or a
 * nonce not as above, is a bug of the caller (asserted). */
void mun_timestamp_query_write(
    struct mun_buffer *out, const struct mun_timestamp_query *query);
/* mun_timestamp_query_read - NULL, or "ts.query" for anything but exactly what
 * query_write gives. */
const char *mun_timestamp_query_read(
    struct mun_timestamp_query *query, const void *der, size_t der_len);
/* Whether text is an OID in dots that fits. */
bool mun_timestamp_is_policy(const char *text);

/*
 * A token taken apart, its form judged but not its truth.  All pointers are
 * borrowed from the DER it was read from; no memory of its own.
 */
struct mun_timestamp_span {
	const uint8_t *data;
	size_t len;
};
struct mun_timestamp_token {
	/* What it claims (TSTInfo). */
	uint8_t imprint[MUN_SHA256_LEN];
	int64_t time_utc_s; /* genTime, whole seconds */
	uint32_t time_ns; /* and its fraction, as far as given */
	bool has_accuracy;
	uint32_t accuracy_s; /* it is within time +- this */
	uint32_t accuracy_us; /* 0 to 999,999 */
	bool is_ordered; /* all tokens of this authority order by genTime */
	char policy[MUN_TIMESTAMP_POLICY_MAX + 1];
	struct mun_timestamp_span serial; /* INTEGER's octets, not negative */
	struct mun_timestamp_span nonce; /* the same; data NULL without one */
	enum mun_sha2 hash; /* of the signature and its attributes */

	/* For timestamp_*.c only. */
	struct mun_timestamp_span der, content, authority_name, issuer,
	    issuer_serial, digest_algorithm, signature_algorithm, attributes,
	    ess_v1, ess_v2, value;
	struct mun_timestamp_span certificates[MUN_TIMESTAMP_CERTIFICATES_MAX];
	size_t certificate_count;
};

/* mun_timestamp_token_read - NULL, or "ts.encoding", "ts.algorithm",
 * "ts.attributes".  *token is overwritten, zero with a rule. */
const char *mun_timestamp_token_read(
    struct mun_timestamp_token *token, const void *der, size_t der_len);

/*
 * mun_timestamp_token_certificates - append the embedded certificates as
 * canonical PEM, the authority's first, then the others as they stand: what
 * belongs into N.pem.  "ts.signer" when the authority's is not there,
 * "ts.encoding" when one is no certificate in DER.
 */
const char *mun_timestamp_token_certificates(
    struct mun_buffer *pem, const struct mun_timestamp_token *token);

/* What a token is held against. */
struct mun_timestamp_wanted {
	const uint8_t *imprint; /* MUN_SHA256_LEN; SHA-256 of the bytes */
	/* The query it answers; NULL: nonce and policy are not judged. */
	const struct mun_timestamp_query *query;
	/* Self-signed roots that the verifier gave. */
	struct mun_certificate *const *anchors;
	size_t anchor_count;
	/* N.pem: stored beside the token, not trusted. */
	struct mun_certificate *const *chain;
	size_t chain_count;
	struct mun_crl *const *crls; /* N.crl */
	size_t crl_count;
	struct mun_chain_revocations revocations; /* known from other lists */
	/* When the token is known to have existed, and its chain has to be
	 * valid: the genTime of a later token that covers it, else now. */
	int64_t proof_time_utc_s;
};

/* What was found; clear it with mun_timestamp_found_clear. */
struct mun_timestamp_found {
	const char *rule; /* NULL: all of it holds */
	/* One of `embedded`, NULL if it is not in it; its name is hostile. */
	const struct mun_certificate *authority;
	/* The path, leaf to root; count 0 if there is none.  Its certificates
	 * are the caller's, or of `embedded`. */
	struct mun_chain path;
	/* The earliest date after the proof time from which one of the path is
	 * revoked; INT64_MAX without one. */
	int64_t revoked_later_utc_s;
	struct mun_certificate *embedded[MUN_TIMESTAMP_CERTIFICATES_MAX];
	size_t embedded_count;
};

/*
 * mun_timestamp_check - everything that needs no trust: certificate in it,
 * ESS, EKU, signature, imprint, and nonce and policy if there is a query.
 * Rules up to "ts.policy".
 */
const char *mun_timestamp_check(const struct mun_timestamp_token *token,
    const uint8_t imprint[MUN_SHA256_LEN],
    const struct mun_timestamp_query *query);

/*
 * mun_timestamp_judge - the same, and its chain and CRLs at the proof time.
 *
 * found  out; overwritten; its rule is the first that applies, in the order of
 *        docs/format/time-stamp.md, "Judging".
 * Does not know whether the token is in a log, whether the proof time is well
 * founded, nor whether genTime fits the events around it.
 */
void mun_timestamp_judge(struct mun_timestamp_found *found,
    const struct mun_timestamp_token *token,
    const struct mun_timestamp_wanted *wanted);
void mun_timestamp_found_clear(struct mun_timestamp_found *found);

#endif
