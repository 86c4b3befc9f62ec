/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask.h - have something time-stamped; in libmuniment only.
 *
 * One authority that fails is an answer with a rule, never the end of the work.
 * What leaves this machine is the query's bytes and what http/http.h says.
 * Spec: RFC 3161 section 3.4 (HTTP), docs/format/time-stamp.md.
 */
#ifndef MUN_TIMESTAMP_ASK_H
#define MUN_TIMESTAMP_ASK_H

#include "http/http.h"
#include "timestamp/timestamp.h"

/* mun_timestamp_query_make - a query with a fresh nonce.  policy may be NULL.
 * MUN_ERR_USAGE: no OID; failures of mun_system_random. */
MUN_MUST_USE enum mun_status mun_timestamp_query_make(
    struct mun_timestamp_query *query, const uint8_t imprint[MUN_SHA256_LEN],
    const char *policy, struct mun_error *err);

/*
 * mun_timestamp_response_read - take the token out of a TimeStampResp, as it
 * is.  Borrowed from der.  NULL, "ts.encoding" or "ts.status"; detail gets a
 * sentence, in which the authority's words are escaped already.
 */
const char *mun_timestamp_response_read(struct mun_timestamp_span *token,
    struct mun_buffer *detail, const void *der, size_t der_len);

/* How the network is used; zero is the default everywhere (http/http.h). */
struct mun_timestamp_way {
	const char *proxy; /* NULL, socks5h://…, http://… */
	const char *ca_file; /* for https; NULL: the system's */
	struct mun_http_limits limits; /* body_max_bytes is ours */
	struct mun_http_patience patience;
	bool (*is_canceled)(void *ctx);
	void *ctx;
};

/* What one authority gave. */
struct mun_timestamp_answer {
	const char *rule; /* NULL: token is whole and answers the query */
	struct mun_buffer token; /* exact bytes; empty with a rule */
	struct mun_buffer detail; /* a sentence; escape it */
};

/*
 * mun_timestamp_ask - send a query to one authority; check what it answers
 * with mun_timestamp_check.  Whether its chain is to be trusted is the
 * caller's to judge before anything is stored.
 *
 * MUN_OK when it was tried: see answer->rule.  MUN_ERR_USAGE (address, proxy),
 * MUN_ERR_CANCELED, MUN_ERR_NOMEM, MUN_ERR_SYSTEM.  answer is overwritten;
 * clear it in every case.
 */
MUN_MUST_USE enum mun_status mun_timestamp_ask(
    struct mun_timestamp_answer *answer,
    const struct mun_timestamp_query *query, const char *url,
    const struct mun_timestamp_way *way, struct mun_error *err);
/* mun_timestamp_take - the same for a response that came on a stick. */
void mun_timestamp_take(struct mun_timestamp_answer *answer,
    const struct mun_timestamp_query *query, const void *response,
    size_t response_len);
void mun_timestamp_answer_clear(struct mun_timestamp_answer *answer);

/*
 * mun_timestamp_fetch_crls - fetch the CRL of every certificate that names one
 * by http://, and append those that its issuer, one of the certificates too,
 * signed: what belongs into N.crl.  One that two certificates share is fetched
 * once.  Those that could not be had are counted, and the last one's reason is
 * in detail: a missing CRL is the verifier's "ts.crl-missing", not a failure.
 *
 * MUN_OK, MUN_ERR_CANCELED, MUN_ERR_NOMEM, MUN_ERR_USAGE (proxy), MUN_ERR_
 * LIMIT (bundle), MUN_ERR_SYSTEM.
 */
MUN_MUST_USE enum mun_status mun_timestamp_fetch_crls(struct mun_buffer *pem,
    size_t *missing_count, struct mun_buffer *detail,
    struct mun_certificate *const *certificates, size_t certificate_count,
    const struct mun_timestamp_way *way, struct mun_error *err);

#endif
