/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_exchange.c - libcurl, told everything it would otherwise decide.
 *
 * One handle, one connection, one exchange.  What arrives goes into bounded
 * buffers by callbacks that stop the transfer at the bound.  libcurl's reasons
 * become our rules in one table.  Spec: RFC 9112.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/macros.h"
#include "http/http_curl.h"
#include "http/http_internal.h"
#include "trust/openssl.h"

struct exchange {
	const struct mun_http_request *request;
	struct mun_http_answer *answer;
	const struct mun_http_curl *lib;
	CURL *curl;
	struct curl_slist *headers;
	size_t header_bytes;
	bool has_too_much;
	char reason[CURL_ERROR_SIZE];
};

static size_t
take_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct exchange *exchange = ctx;
	struct mun_buffer *body = &exchange->answer->body;

	mun_buffer_append(body, bytes, size * count);
	if (body->status == MUN_ERR_LIMIT)
		exchange->has_too_much = true;
	return body->status == MUN_OK ? size * count : 0;
}

/* Kept by libcurl as far as it needs them; here they are only counted. */
static size_t
take_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct exchange *exchange = ctx;

	(void)bytes;
	exchange->header_bytes += size * count;
	if (exchange->header_bytes > MUN_HTTP_HEADER_MAX) {
		exchange->has_too_much = true;
		return 0;
	}
	return size * count;
}

static int
look_up(void *ctx, curl_off_t to_receive, curl_off_t received,
    curl_off_t to_send, curl_off_t sent)
{
	const struct mun_http_request *request =
	    ((const struct exchange *)ctx)->request;

	(void)to_receive;
	(void)received;
	(void)to_send;
	(void)sent;
	return request->is_canceled != NULL &&
	    request->is_canceled(request->ctx);
}

static bool
add_header(struct exchange *exchange, const char *line)
{
	struct curl_slist *longer =
	    exchange->lib->slist_append(exchange->headers, line);

	if (longer == NULL)
		return false;
	exchange->headers = longer;
	return true;
}

/* A name with nothing after its colon takes libcurl's own header away. */
static bool
set_headers(struct exchange *exchange)
{
	const struct mun_http_request *request = exchange->request;
	static const char *const taken_away[] = { "Accept:", "Expect:",
		"Content-Type:", "User-Agent:", "Proxy-Connection:" };

	for (size_t i = 0; i < sizeof(taken_away) / sizeof(taken_away[0]);
	     i++) {
		size_t len = strlen(taken_away[i]);
		bool is_callers = false;

		for (size_t j = 0; j < request->header_count; j++)
			is_callers = is_callers ||
			    strncasecmp(
				request->headers[j], taken_away[i], len) == 0;
		if (!is_callers && !add_header(exchange, taken_away[i]))
			return false;
	}
	for (size_t i = 0; i < request->header_count; i++) {
		if (!add_header(exchange, request->headers[i]))
			return false;
	}
	return exchange->lib->easy_setopt(exchange->curl, CURLOPT_HTTPHEADER,
		   exchange->headers) == CURLE_OK &&
	    exchange->lib->easy_setopt(exchange->curl, CURLOPT_HEADEROPT,
		CURLHEADER_SEPARATE) == CURLE_OK;
}

/* What is left unset here has been looked up: cookies, .netrc, HSTS, Alt-Svc,
 * redirects and compression are off unless asked for. */
#define SET(option, value)                                                \
	(exchange->lib->easy_setopt(exchange->curl, (option), (value)) == \
	    CURLE_OK)

static bool
set_bounds(struct exchange *exchange)
{
	const struct mun_http_limits *limits = &exchange->request->limits;

	return SET(CURLOPT_NOSIGNAL, 1L) &&
	    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms) &&
	    SET(CURLOPT_TIMEOUT_MS, (long)limits->total_ms) &&
	    SET(CURLOPT_LOW_SPEED_LIMIT, (long)limits->slow_bytes_per_s) &&
	    SET(CURLOPT_LOW_SPEED_TIME, ((long)limits->slow_ms + 999) / 1000) &&
	    SET(CURLOPT_MAXFILESIZE_LARGE,
		(curl_off_t)limits->body_max_bytes) &&
	    SET(CURLOPT_WRITEFUNCTION, take_body) &&
	    SET(CURLOPT_WRITEDATA, exchange) &&
	    SET(CURLOPT_HEADERFUNCTION, take_header) &&
	    SET(CURLOPT_HEADERDATA, exchange) && SET(CURLOPT_NOPROGRESS, 0L) &&
	    SET(CURLOPT_XFERINFOFUNCTION, look_up) &&
	    SET(CURLOPT_XFERINFODATA, exchange);
}

static bool
set_way(struct exchange *exchange)
{
	const struct mun_http_request *request = exchange->request;

	/* "" and not NULL: else libcurl asks the environment, where no_proxy
	 * would lead past a proxy that hides who asks. */
	return SET(CURLOPT_ERRORBUFFER, exchange->reason) &&
	    SET(CURLOPT_PROTOCOLS_STR, "http,https") &&
	    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	    SET(CURLOPT_PROXY, request->proxy == NULL ? "" : request->proxy) &&
	    SET(CURLOPT_NOPROXY, "") && SET(CURLOPT_URL, request->url) &&
	    (request->ca_file == NULL ||
		(SET(CURLOPT_CAINFO, request->ca_file) &&
		    SET(CURLOPT_CAPATH, NULL)));
}

static bool
set_body(struct exchange *exchange)
{
	const struct mun_http_request *request = exchange->request;

	if (request->method == MUN_HTTP_GET)
		return SET(CURLOPT_HTTPGET, 1L);
	return SET(CURLOPT_POST, 1L) &&
	    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len) &&
	    SET(CURLOPT_POSTFIELDS,
		request->body_len == 0 ? "" : request->body);
}

static enum mun_status
prepare(struct exchange *exchange, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_http_curl(&exchange->lib, err));
	exchange->curl = exchange->lib->easy_init();
	if (exchange->curl == NULL || !set_bounds(exchange) ||
	    !set_way(exchange) || !set_body(exchange) || !set_headers(exchange))
		status = mun_error_set(err, MUN_ERR_NOMEM,
		    "no memory for a request, or libcurl lacks an option");
out:
	return status;
}

/* libcurl has one code for both; a connection that ended before its time was
 * up was a drip. */
static const char *
rule_of_timeout(struct exchange *exchange)
{
	const int64_t margin_us = 100000;
	curl_off_t took_us = 0, connected_us = 0;

	(void)exchange->lib->easy_getinfo(
	    exchange->curl, CURLINFO_TOTAL_TIME_T, &took_us);
	(void)exchange->lib->easy_getinfo(
	    exchange->curl, CURLINFO_PRETRANSFER_TIME_T, &connected_us);
	if (connected_us > 0 &&
	    (int64_t)took_us + margin_us <
		(int64_t)exchange->request->limits.total_ms * 1000)
		return "http.slow";
	return "http.timeout";
}

static const char *
rule_of(struct exchange *exchange, CURLcode code)
{
	static const struct {
		CURLcode code;
		const char *rule;
	} rules[] = {
		{ CURLE_COULDNT_RESOLVE_HOST, "http.resolve" },
		{ CURLE_COULDNT_RESOLVE_PROXY, "http.resolve" },
		{ CURLE_COULDNT_CONNECT, "http.connect" },
		{ CURLE_PROXY, "http.connect" },
		{ CURLE_FILESIZE_EXCEEDED, "http.too-large" },
		{ CURLE_SSL_CONNECT_ERROR, "http.tls" },
		{ CURLE_PEER_FAILED_VERIFICATION, "http.tls" },
		{ CURLE_SSL_CACERT_BADFILE, "http.tls" },
		{ CURLE_SSL_CERTPROBLEM, "http.tls" },
		{ CURLE_SSL_CIPHER, "http.tls" },
		{ CURLE_SSL_ISSUER_ERROR, "http.tls" },
	};
	long tunnel = 0;

	if (exchange->has_too_much)
		return "http.too-large";
	if (code == CURLE_OPERATION_TIMEDOUT)
		return rule_of_timeout(exchange);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].code == code)
			return rules[i].rule;
	}
	(void)exchange->lib->easy_getinfo(
	    exchange->curl, CURLINFO_HTTP_CONNECTCODE, &tunnel);
	if (tunnel != 0 && tunnel / 100 != 2)
		return "http.connect";
	return "http.broken";
}

static enum mun_status
take_failure(struct exchange *exchange, CURLcode code, struct mun_error *err)
{
	struct mun_http_answer *answer = exchange->answer;
	size_t body_max = answer->body.max;

	if (code == CURLE_OUT_OF_MEMORY || answer->body.status == MUN_ERR_NOMEM)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for the server's answer");
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return mun_error_set(err, MUN_ERR_CANCELED,
		    "canceled while asking '%s'", exchange->request->url);
	answer->rule = rule_of(exchange, code);
	/* Half an answer is none. */
	mun_buffer_free(&answer->body);
	answer->body.max = body_max;
	mun_buffer_append_text(&answer->detail,
	    exchange->has_too_much ? "the server's answer is larger than "
				     "allowed"
		: exchange->reason[0] != '\0'
		? exchange->reason
		: exchange->lib->easy_strerror(code));
	return MUN_OK;
}

static void
take_answer(struct exchange *exchange)
{
	struct mun_http_answer *answer = exchange->answer;
	const char *type = NULL;
	long status = 0;
	size_t len = 0;

	(void)exchange->lib->easy_getinfo(
	    exchange->curl, CURLINFO_RESPONSE_CODE, &status);
	(void)exchange->lib->easy_getinfo(
	    exchange->curl, CURLINFO_CONTENT_TYPE, &type);
	answer->status = status < 0 || status > 999 ? 0 : (uint32_t)status;
	while (type != NULL && type[len] != '\0' && len < MUN_HTTP_TYPE_MAX) {
		answer->type[len] = type[len];
		len++;
	}
}

enum mun_status
mun_http_exchange(struct mun_http_answer *answer,
    const struct mun_http_request *settled, struct mun_error *err)
{
	struct exchange exchange = { .request = settled, .answer = answer };
	enum mun_status status;
	CURLcode code;

	MUN_TRY(prepare(&exchange, err));
	code = exchange.lib->easy_perform(exchange.curl);
	if (code == CURLE_OK)
		take_answer(&exchange);
	else
		status = take_failure(&exchange, code, err);
out:
	if (exchange.curl != NULL) {
		exchange.lib->easy_cleanup(exchange.curl);
		exchange.lib->slist_free_all(exchange.headers);
	}
	mun_openssl_forget();
	return status;
}
