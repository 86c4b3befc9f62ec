/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chain.h - from a time-stamp authority's certificate to a root that the
 * verifier gave, as of a time in the past.
 *
 * Spec: RFC 5280 section 6; RFC 3161 section 2.3 (the authority's key).
 */
#ifndef MUN_TRUST_CHAIN_H
#define MUN_TRUST_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trust/certificate.h"
#include "trust/crl.h"

enum {
	MUN_CHAIN_MAX = 8, /* certificates from authority to root; 4 in use */
	MUN_CHAIN_KEYS_MAX = 16 /* paths counted; one batch has no more */
};

struct mun_chain {
	/* path[0] is the authority, path[count - 1] an anchor; each one of the
	 * certificates handed in.  Borrowed. */
	const struct mun_certificate *path[MUN_CHAIN_MAX];
	size_t count;
	int64_t not_before_utc_s; /* latest of the path */
	int64_t not_after_utc_s; /* earliest of the path */
};

/*
 * mun_chain_unfit - why this certificate may not sign time-stamps, or NULL.
 *
 *   "chain.algorithm"  key is not P-256 or P-384 by name, nor RSA of 2048 to
 *                      8192 bits with a sound exponent
 *   "chain.eku"        extendedKeyUsage is not critical, or is anything but
 *                      timeStamping alone; keyUsage, where present, is
 *                      anything but digitalSignature or nonRepudiation; a CA;
 *                      a critical extension that is not known
 */
const char *mun_chain_unfit(const struct mun_certificate *certificate);

bool mun_certificate_has_rsa_key(const struct mun_certificate *certificate);

/*
 * mun_chain_find - build the path and judge it at at_utc_s.
 *
 * anchors are self-signed roots.  libcrypto builds and judges, with security
 * level 2 (112 bits: no SHA-1, no RSA below 2048) and without any CRL; on top
 * of that all but the authority must be CAs with keyCertSign (a root may have
 * no keyUsage), and an extendedKeyUsage of one between authority and root has
 * to hold timeStamping or anyExtendedKeyUsage.
 * NULL when found; else, with chain->count 0:
 *   "chain.untrusted"  no path leads to an anchor
 *   "chain.expired"    one of the path was no longer valid then
 *   "chain.early"      one of the path was not valid yet
 *   "chain.algorithm"  a key or signature of the path is too weak
 *   "chain.eku"        an issuer below the root is not for time-stamps
 *   "chain.invalid"    anything else
 */
const char *mun_chain_find(struct mun_chain *chain,
    const struct mun_certificate *authority,
    struct mun_certificate *const *others, size_t other_count,
    struct mun_certificate *const *anchors, size_t anchor_count,
    int64_t at_utc_s);

/*
 * Who stands behind a path: its keys, from the authority's to the root's, each
 * as the SHA-256 of the subjectPublicKey's bits.  Keys, not certificates: one
 * key may have certificates of several issuers, and whoever holds it chooses
 * among them.
 */
struct mun_chain_keys {
	uint8_t sha256[MUN_CHAIN_MAX][MUN_SHA256_LEN];
	size_t count;
};
void mun_chain_get_keys(
    struct mun_chain_keys *keys, const struct mun_chain *chain);
/* Whether they have a key in common. */
bool mun_chain_keys_meet(
    const struct mun_chain_keys *a, const struct mun_chain_keys *b);
/*
 * mun_chain_keys_independent - how many of these do not know each other.
 *
 * In their order, each counts that has no key in common with one that was
 * counted before; NULL never does.
 */
size_t mun_chain_keys_independent(
    const struct mun_chain_keys *const *keys, size_t count);

/*
 * mun_chain_revoked - hold all of the path but its root against CRLs.
 *
 * A certificate is revoked if a list that its issuer signed gives a revocation
 * or invalidity date at or before at_utc_s.  A list answers for at_utc_s if it
 * was issued at or after it, or says that the next one comes at or after it;
 * one issued after the certificate's own end answers nothing, since it may leave
 * out what has expired (RFC 5280 s3.3).
 * NULL when nothing is revoked and every certificate that names a CRL is
 * answered for; else the worst of:
 *   "chain.revoked"
 *   "chain.crl-missing"  names a CRL; none of its issuer is there
 *   "chain.crl-old"      none of those that are there answers for at_utc_s
 * known are revocations that the caller has from lists which the certificate's
 * issuer signed: they revoke as if in crls, and answer nothing.
 * later_utc_s gets the earliest date after at_utc_s from which one of the path
 * is revoked, INT64_MAX without one.
 */
struct mun_chain_revocation {
	uint8_t certificate[MUN_SHA256_LEN];
	int64_t since_utc_s;
};
struct mun_chain_revocations {
	const struct mun_chain_revocation *list; /* borrowed */
	size_t count;
};
const char *mun_chain_revoked(const struct mun_chain *chain,
    struct mun_crl *const *crls, size_t crl_count,
    struct mun_chain_revocations known, int64_t at_utc_s, int64_t *later_utc_s);

#endif
