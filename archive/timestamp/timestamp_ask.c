/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_ask.c - one query to one authority, and its answer held against it.
 *
 * RFC 3161 s3.4: POST application/timestamp-query, answered by application/
 * timestamp-reply.
 */
#include <string.h>

#include "base/macros.h"
#include "base/system.h"
#include "timestamp/ask.h"
#include "timestamp/timestamp_internal.h"

static const char *const headers[] = {
	"Content-Type: application/timestamp-query"
};

enum mun_status
mun_timestamp_query_make(struct mun_timestamp_query *query,
    const uint8_t imprint[MUN_SHA256_LEN], const char *policy,
    struct mun_error *err)
{
	const struct mun_timestamp_query empty = { .policy = "" };
	enum mun_status status;

	*query = empty;
	if (policy != NULL && !mun_timestamp_is_policy(policy))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the policy '%s' is not an object identifier such as "
		    "1.2.3.4",
		    policy);
	MUN_TRY(mun_system_random(query->nonce, sizeof(query->nonce), err));
	/* Positive, and of one length: see timestamp.h. */
	query->nonce[0] = (uint8_t)((query->nonce[0] & 0x3f) | 0x40);
	memcpy(query->imprint, imprint, MUN_SHA256_LEN);
	for (size_t i = 0; policy != NULL && policy[i] != '\0'; i++)
		query->policy[i] = policy[i];
out:
	return status;
}

static void
begin(struct mun_timestamp_answer *answer)
{
	const struct mun_timestamp_answer empty = {
		.token = MUN_BUFFER_INIT(MUN_TIMESTAMP_TOKEN_MAX),
		.detail = MUN_BUFFER_INIT(MUN_ERROR_TEXT_MAX),
	};

	*answer = empty;
}

/* What is wrong, for a person, where the rule alone says little. */
static const char *
words_for(const char *rule)
{
	static const char *const words[][2] = {
		{ "ts.encoding", "is not encoded as it has to be" },
		{ "ts.algorithm",
		    "uses an algorithm or key that is too weak or not "
		    "handled" },
		{ "ts.attributes",
		    "has signed attributes that are missing, unknown or "
		    "contradict it" },
		{ "ts.ess", "does not bind the authority's certificate" },
		{ "ts.signer", "does not hold the authority's certificate" },
		{ "ts.eku",
		    "is signed with a certificate that is not for "
		    "time-stamps only" },
		{ "ts.signature", "has a signature that does not verify" },
		{ "ts.imprint", "is over other bytes than those sent" },
		{ "ts.nonce",
		    "does not repeat the nonce sent: it answers some other "
		    "query" },
		{ "ts.policy", "is under another policy than asked for" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(rule, words[i][0]) == 0)
			return words[i][1];
	}
	return "cannot be used";
}

void
mun_timestamp_take(struct mun_timestamp_answer *answer,
    const struct mun_timestamp_query *query, const void *response,
    size_t response_len)
{
	struct mun_timestamp_span der;
	struct mun_timestamp_token token;

	begin(answer);
	answer->rule = mun_timestamp_response_read(
	    &der, &answer->detail, response, response_len);
	if (answer->rule != NULL)
		return;
	answer->rule = mun_timestamp_token_read(&token, der.data, der.len);
	if (answer->rule == NULL)
		answer->rule =
		    mun_timestamp_check(&token, query->imprint, query);
	if (answer->rule == NULL)
		mun_buffer_append(&answer->token, der.data, der.len);
	else
		mun_buffer_append_format(&answer->detail,
		    "the authority's time-stamp %s", words_for(answer->rule));
}

static void
prepare(struct mun_http_request *request, const struct mun_buffer *query,
    const char *url, const struct mun_timestamp_way *way)
{
	const struct mun_http_request post = {
		.method = MUN_HTTP_POST,
		.url = url,
		.headers = headers,
		.header_count = 1,
		.body = query->data,
		.body_len = query->len,
		.proxy = way->proxy,
		.ca_file = way->ca_file,
		.limits = way->limits,
		.patience = way->patience,
		.is_canceled = way->is_canceled,
		.ctx = way->ctx,
	};

	*request = post;
	request->limits.body_max_bytes = MUN_TIMESTAMP_RESPONSE_MAX;
}

enum mun_status
mun_timestamp_ask(struct mun_timestamp_answer *answer,
    const struct mun_timestamp_query *query, const char *url,
    const struct mun_timestamp_way *way, struct mun_error *err)
{
	struct mun_buffer asked = MUN_BUFFER_INIT(MUN_TIMESTAMP_QUERY_MAX);
	struct mun_http_answer http = { .rule = NULL };
	struct mun_http_request request;
	enum mun_status status;

	begin(answer);
	mun_timestamp_query_write(&asked, query);
	MUN_TRY(mun_buffer_status(&asked, "a time-stamp query", err));
	prepare(&request, &asked, url, way);
	MUN_TRY(mun_http_ask(&http, &request, err));
	mun_http_expect(&http, 200, "application/timestamp-reply");
	if (http.rule == NULL) {
		mun_timestamp_take(
		    answer, query, http.body.data, http.body.len);
		MUN_TRY(mun_buffer_status(&answer->token, "a token", err));
	} else {
		answer->rule = http.rule;
		mun_buffer_append(
		    &answer->detail, http.detail.data, http.detail.len);
	}
out:
	mun_http_answer_clear(&http);
	mun_buffer_free(&asked);
	return status;
}

void
mun_timestamp_answer_clear(struct mun_timestamp_answer *answer)
{
	mun_buffer_free(&answer->token);
	mun_buffer_free(&answer->detail);
}
