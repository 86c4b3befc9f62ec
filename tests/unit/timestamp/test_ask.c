/* SPDX-License-Identifier: BSD-2-Clause */
/* Three real authorities that do not know each other, and what goes wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "harness/harness.h"
#include "harness/loopback.h"
#include "lists.h"
#include "pki/pki.h"
#include "timestamp/ask.h"

static struct mun_loopback server;
static struct mun_scratch *scratch;
static char proxy[64];
static uint8_t imprint[MUN_SHA256_LEN];
static const char stamped[] = "a checkpoint\n";

static int
start_server(void **state)
{
	assert_int_equal(mun_scratch_setup(state), 0);
	scratch = *state;
	mun_loopback_start(&server, MUN_PKI_DIR, scratch->path);
	(void)snprintf(
	    proxy, sizeof(proxy), "socks5h://127.0.0.1:%u", server.socks);
	mun_sha256_of(imprint, stamped, strlen(stamped));
	return 0;
}

static int
stop_server(void **state)
{
	mun_loopback_stop(&server);
	return mun_scratch_teardown(state);
}

static struct mun_timestamp_query
fresh_query(const char *policy)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_timestamp_query query;

	MUN_EXPECT_OK(
	    mun_timestamp_query_make(&query, imprint, policy, &err), &err);
	return query;
}

static void
write_file(const char *name, const void *bytes, size_t len)
{
	mun_scratch_write(scratch, name, bytes, len);
}

/* openssl ts -verify by a stranger's hand; its exit status. */
static int
stranger_says(const char *root, const char *options)
{
	char command[2048];

	(void)snprintf(command, sizeof(command),
	    "cd '%s' && openssl ts -verify -queryfile q.tsq -in t.tst "
	    "-token_in -CAfile '%s/%s.pem' %s >openssl.out 2>&1",
	    scratch->path, MUN_PKI_DIR, root, options);
	return system(command);
}

static void
judge_it(const struct mun_timestamp_query *query, const struct mun_buffer *der,
    const char *root)
{
	struct mun_certificate *anchor = mun_pki_certificate(root);
	struct mun_timestamp_token token;
	struct mun_timestamp_found found;
	struct mun_timestamp_wanted wanted = { .imprint = imprint,
		.query = query,
		.anchors = &anchor,
		.anchor_count = 1 };
	struct list empty[] = { { .issuer = "tsa-middle" },
		{ .issuer = "tsa-root" } };
	struct mun_crl *crls[2];

	assert_null(mun_timestamp_token_read(&token, der->data, der->len));
	wanted.proof_time_utc_s = token.time_utc_s;
	for (size_t i = 0; i < 2; i++) {
		empty[i].this_utc_s = token.time_utc_s;
		crls[i] = list_read(&empty[i]);
	}
	wanted.crls = crls;
	wanted.crl_count = 2;
	mun_timestamp_judge(&found, &token, &wanted);
	if (found.rule != NULL)
		fail_msg("%s: %s", root, found.rule);
	mun_timestamp_found_clear(&found);
	mun_crl_free(crls[0]);
	mun_crl_free(crls[1]);
	mun_certificate_free(anchor);
}

static void
test_three_authorities(void **state)
{
	static const struct {
		const char *path, *root, *policy;
	} cases[] = {
		{ "/tsa/tsa1", "tsa-root", NULL },
		{ "/tsa/tsa1", "tsa-root", "1.2.3.4.2" },
		{ "/tsa/tsa2", "tsa-root2", "1.2.3.4.1" },
		{ "/tsa/tsa3", "tsa-root3", "1.2.3.4.2" },
		{ "/tsa/tsa4", "tsa-root3", NULL },
	};
	const struct mun_timestamp_way way = { .proxy = NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_timestamp_query query = fresh_query(cases[i].policy);
		struct mun_buffer asked = MUN_BUFFER_INIT(256);
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_timestamp_answer answer;

		MUN_EXPECT_OK(
		    mun_timestamp_ask(&answer, &query,
			mun_loopback_url(&server, cases[i].path), &way, &err),
		    &err);
		if (answer.rule != NULL)
			fail_msg("%s: %s", answer.rule,
			    mun_buffer_text(&answer.detail));
		judge_it(&query, &answer.token, cases[i].root);
		mun_timestamp_query_write(&asked, &query);
		write_file("q.tsq", asked.data, asked.len);
		write_file("t.tst", answer.token.data, answer.token.len);
		assert_int_equal(stranger_says(cases[i].root, ""), 0);
		assert_int_not_equal(stranger_says("authority", ""), 0);
		mun_timestamp_answer_clear(&answer);
		mun_buffer_free(&asked);
	}
}

static void
test_each_bad_answer_has_its_rule(void **state)
{
	static const struct {
		const char *path, *policy, *rule;
		struct mun_http_limits limits;
	} cases[] = {
		/* a rejection inside HTTP 200 */
		{ "/tsa/tsa1", "1.9.9", "ts.status", { 0 } },
		{ "/tsa/tsa1/other-nonce", NULL, "ts.nonce", { 0 } },
		{ "/tsa/tsa1/no-nonce", NULL, "ts.nonce", { 0 } },
		{ "/tsa/tsa1/other-imprint", NULL, "ts.imprint", { 0 } },
		{ "/tsa/tsa1/sha1", NULL, "ts.algorithm", { 0 } },
		{ "/tsa/tsa1/no-certificate", NULL, "ts.encoding", { 0 } },
		{ "/tsa/tsa1/trailing", NULL, "ts.encoding", { 0 } },
		{ "/tsa/tsa1/token", NULL, "ts.encoding", { 0 } },
		{ "/tsa/tsa-sha1-ess", NULL, "ts.ess", { 0 } },
		{ "/tsa/tsa-sha1", NULL, "ts.algorithm", { 0 } },
		{ "/type/application/timestamp-reply", NULL, "ts.encoding",
		    { 0 } },
		{ "/type/application/timestamp-query", NULL, "http.type",
		    { 0 } },
		{ "/chunked/1600", NULL, "http.too-large", { 0 } },
		{ "/endless", NULL, "http.too-large", { 0 } },
		{ "/drip", NULL, "http.slow",
		    { .slow_bytes_per_s = 1000, .slow_ms = 1000 } },
		{ "/silent", NULL, "http.timeout", { .total_ms = 300 } },
		{ "/status/500", NULL, "http.status", { 0 } },
		{ "/status/404", NULL, "http.status", { 0 } },
		{ "/status/302", NULL, "http.status", { 0 } },
		{ "/close", NULL, "http.broken", { 0 } },
		{ "/cut", NULL, "http.broken", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_timestamp_query query = fresh_query(cases[i].policy);
		const struct mun_timestamp_way way = { .limits =
							   cases[i].limits };
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_timestamp_answer answer;

		MUN_EXPECT_OK(
		    mun_timestamp_ask(&answer, &query,
			mun_loopback_url(&server, cases[i].path), &way, &err),
		    &err);
		print_message("%s: %s: %s\n", cases[i].path,
		    answer.rule == NULL ? "accepted" : answer.rule,
		    mun_buffer_text(&answer.detail));
		assert_non_null(answer.rule);
		assert_string_equal(answer.rule, cases[i].rule);
		assert_int_equal(answer.token.len, 0);
		assert_true(answer.detail.len > 0);
		mun_timestamp_answer_clear(&answer);
	}
}

static void
test_nobody_there(void **state)
{
	struct mun_timestamp_query query = fresh_query(NULL);
	struct mun_timestamp_way way = { .proxy = NULL };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_timestamp_answer answer;

	(void)state;
	MUN_EXPECT_OK(mun_timestamp_ask(&answer, &query,
			  "http://nobody.invalid/", &way, &err),
	    &err);
	assert_string_equal(answer.rule, "http.resolve");
	mun_timestamp_answer_clear(&answer);
	MUN_EXPECT_STATUS(
	    mun_timestamp_ask(&answer, &query, "ftp://a/", &way, &err),
	    MUN_ERR_USAGE, &err);
	mun_timestamp_answer_clear(&answer);
}

/* What leaves: the query's bytes, different ones each time. */
static void
test_what_leaves_the_machine(void **state)
{
	struct mun_http_request look = { .url = mun_loopback_url(
					     &server, "/asked"),
		.limits.body_max_bytes = 1 << 20 };
	const struct mun_timestamp_way way = { .proxy = NULL };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_http_answer seen;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct mun_buffer expected = MUN_BUFFER_INIT(4096);
		struct mun_buffer raw = MUN_BUFFER_INIT(4096);
		struct mun_timestamp_query query = fresh_query(NULL);
		struct mun_timestamp_answer answer;

		MUN_EXPECT_OK(
		    mun_timestamp_ask(&answer, &query,
			mun_loopback_url(&server, "/tsa/tsa1"), &way, &err),
		    &err);
		assert_null(answer.rule);
		mun_buffer_append_format(&raw,
		    "POST /tsa/tsa1 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
		    "Content-Type: application/timestamp-query\r\n"
		    "Content-Length: 77\r\n\r\n",
		    server.http);
		mun_timestamp_query_write(&raw, &query);
		mun_buffer_append_hex(&expected, raw.data, raw.len);
		MUN_EXPECT_OK(mun_http_ask(&seen, &look, &err), &err);
		/* The last line; nonces differ, so only this one can be it. */
		assert_true(seen.body.len >= expected.len);
		assert_memory_equal(
		    seen.body.data + seen.body.len - expected.len,
		    expected.data, expected.len);
		mun_http_answer_clear(&seen);
		mun_timestamp_answer_clear(&answer);
		mun_buffer_free(&expected);
		mun_buffer_free(&raw);
	}
}

static void
serve_list(const char *file, const struct list *list)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CRL_MAX);

	list_write(&der, list);
	write_file(file, der.data, der.len);
	mun_buffer_free(&der);
}

static size_t
fetch(struct mun_buffer *pem, struct mun_buffer *detail)
{
	const struct mun_timestamp_way way = { .proxy = proxy };
	struct mun_certificate *chain[] = { mun_pki_certificate("tsa1"),
		mun_pki_certificate("tsa-middle"),
		mun_pki_certificate("tsa-root") };
	struct mun_error err = MUN_ERROR_INIT;
	size_t missing = 99;

	MUN_EXPECT_OK(mun_timestamp_fetch_crls(
			  pem, &missing, detail, chain, 3, &way, &err),
	    &err);
	for (size_t i = 0; i < 3; i++)
		mun_certificate_free(chain[i]);
	return missing;
}

static void
test_lists_are_fetched(void **state)
{
	const struct list middle = { .issuer = "tsa-middle",
		.this_utc_s = 1700000000 };
	const struct list root = { .issuer = "tsa-root",
		.this_utc_s = 1700000000 };
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_CRL_BUNDLE_MAX);
	struct mun_buffer detail = MUN_BUFFER_INIT(4096);
	struct mun_crl *crls[MUN_CRLS_MAX];
	struct mun_error err = MUN_ERROR_INIT;
	size_t count;

	(void)state;
	/* Nothing there; not a list; another issuer's. */
	assert_int_equal(fetch(&pem, &detail), 2);
	assert_int_equal(pem.len, 0);
	assert_true(detail.len > 0);
	write_file("tsa-middle.crl", "no list", 7);
	serve_list("tsa-root.crl", &middle);
	assert_int_equal(fetch(&pem, &detail), 2);
	assert_int_equal(pem.len, 0);
	serve_list("tsa-middle.crl", &middle);
	assert_int_equal(fetch(&pem, &detail), 1);
	mun_buffer_reset(&pem);
	serve_list("tsa-root.crl", &root);
	assert_int_equal(fetch(&pem, &detail), 0);
	MUN_EXPECT_OK(
	    mun_crls_from_bundle(crls, &count, pem.data, pem.len, &err), &err);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++)
		mun_crl_free(crls[i]);
	mun_buffer_free(&pem);
	mun_buffer_free(&detail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_authorities),
		cmocka_unit_test(test_each_bad_answer_has_its_rule),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_what_leaves_the_machine),
		cmocka_unit_test(test_lists_are_fetched),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
