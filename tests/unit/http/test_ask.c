/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes out, which way, how often; and what comes back whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "harness/loopback.h"
#include "http/http.h"
#include "pki/pki.h"

static struct mun_loopback server;

static int
start_server(void **state)
{
	(void)state;
	mun_loopback_start(&server, MUN_PKI_DIR, NULL);
	return 0;
}

static int
stop_server(void **state)
{
	(void)state;
	mun_loopback_stop(&server);
	return 0;
}

/* Ask and expect this rule (NULL: none); the body as text, to be freed. */
static char *
ask(const struct mun_http_request *request, const char *rule)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_http_answer answer;
	char *body;

	MUN_EXPECT_OK(mun_http_ask(&answer, request, &err), &err);
	if (rule == NULL && answer.rule != NULL)
		fail_msg(
		    "%s: %s", answer.rule, mun_buffer_text(&answer.detail));
	if (rule != NULL) {
		assert_non_null(answer.rule);
		assert_string_equal(answer.rule, rule);
		assert_int_equal(answer.body.len, 0);
		assert_int_equal(answer.status, 0);
		assert_true(answer.detail.len > 0);
	}
	body = strdup(mun_buffer_text(&answer.body));
	assert_non_null(body);
	mun_http_answer_clear(&answer);
	return body;
}

static void
expect_body(const struct mun_http_request *request, const char *expected)
{
	char *body = ask(request, NULL);

	assert_string_equal(body, expected);
	free(body);
}

static void
test_post_sends_the_callers_words_only(void **state)
{
	const char *const headers[] = {
		"Content-Type: application/timestamp-query"
	};
	struct mun_http_request request = { .method = MUN_HTTP_POST,
		.url = mun_loopback_url(&server, "/echo"),
		.headers = headers,
		.header_count = 1,
		.body = "the query",
		.body_len = 9 };
	char expected[512];

	(void)state;
	(void)snprintf(expected, sizeof(expected),
	    "POST /echo HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
	    "Content-Type: application/timestamp-query\r\n"
	    "Content-Length: 9\r\n\r\nthe query",
	    server.http);
	expect_body(&request, expected);
}

static void
test_get_sends_no_body(void **state)
{
	struct mun_http_request request = { .url = mun_loopback_url(
						&server, "/echo"),
		.body = "not this",
		.body_len = 8 };
	char expected[512];

	(void)state;
	(void)snprintf(expected, sizeof(expected),
	    "GET /echo HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", server.http);
	expect_body(&request, expected);
}

/* libcurl by itself asks to be told whether to go on above a megabyte. */
static void
test_large_post_does_not_ask_first(void **state)
{
	struct mun_http_request request = { .method = MUN_HTTP_POST,
		.url = mun_loopback_url(&server, "/echo"),
		.body_len = 2000000,
		.limits.body_max_bytes = 3000000 };
	char *large = malloc(request.body_len), *body;

	(void)state;
	assert_non_null(large);
	memset(large, 'q', request.body_len);
	request.body = large;
	body = ask(&request, NULL);
	assert_null(strstr(body, "Expect"));
	assert_non_null(strstr(body, "Content-Length: 2000000\r\n"));
	free(body);
	free(large);
}

static void
test_environment_is_not_asked(void **state)
{
	struct mun_http_request request = { .url = mun_loopback_url(
						&server, "/bytes/3") };

	(void)state;
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
	expect_body(&request, "xxx");
	assert_int_equal(unsetenv("http_proxy"), 0);
	assert_int_equal(unsetenv("ALL_PROXY"), 0);
}

static void
test_names_are_looked_up_by_the_proxy(void **state)
{
	struct mun_http_request request = { 0 };
	char proxy[64], *seen;

	(void)state;
	(void)snprintf(
	    proxy, sizeof(proxy), "socks5h://127.0.0.1:%u", server.socks);
	request.proxy = proxy;
	request.url = "http://hidden.example/bytes/2";
	expect_body(&request, "xx");

	request.url = mun_loopback_url(&server, "/proxied");
	request.proxy = NULL;
	seen = ask(&request, NULL);
	assert_non_null(strstr(seen, "3 hidden.example"));
	free(seen);
}

static void
test_proxy_is_never_passed_by(void **state)
{
	struct mun_http_request request = {
		.url = mun_loopback_url(&server, "/bytes/2"),
		.proxy = "socks5h://127.0.0.1:1",
	};

	(void)state;
	assert_int_equal(setenv("no_proxy", "127.0.0.1", 1), 0);
	free(ask(&request, "http.connect"));
	assert_int_equal(unsetenv("no_proxy"), 0);
}

static void
test_proxy_that_refuses(void **state)
{
	struct mun_http_request request = { .url = "http://refused.example/" };
	char proxy[64];

	(void)state;
	(void)snprintf(
	    proxy, sizeof(proxy), "socks5h://127.0.0.1:%u", server.socks);
	request.proxy = proxy;
	free(ask(&request, "http.connect"));
}

static void
test_https_by_the_cas_given(void **state)
{
	struct mun_http_request request = { .ca_file =
						MUN_PKI_DIR "/authority.pem" };
	char url[64];

	(void)state;
	(void)snprintf(
	    url, sizeof(url), "https://127.0.0.1:%u/bytes/4", server.https);
	request.url = url;
	expect_body(&request, "xxxx");
	request.ca_file = NULL; /* the system knows no such authority */
	free(ask(&request, "http.tls"));
	request.ca_file = MUN_PKI_DIR "/namesake.pem";
	free(ask(&request, "http.tls"));
	request.ca_file = MUN_PKI_DIR "/authority.pem";
	(void)snprintf(
	    url, sizeof(url), "https://localhost:%u/bytes/4", server.https);
	free(ask(&request, "http.tls")); /* another name */
}

static void
test_busy_server_is_asked_again(void **state)
{
	struct mun_http_request request = { .url = mun_loopback_url(
						&server, "/busy/2"),
		.patience = { .tries = 5, .wait_ms = 1, .wait_max_ms = 3 } };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_http_answer answer;

	(void)state;
	MUN_EXPECT_OK(mun_http_ask(&answer, &request, &err), &err);
	mun_http_expect(&answer, 200, "text/plain");
	assert_null(answer.rule);
	assert_int_equal(answer.tries, 3);
	assert_string_equal(mun_buffer_text(&answer.body), "done");
	mun_http_answer_clear(&answer);
}

static void
test_patience_ends(void **state)
{
	struct mun_http_request request = { .url = mun_loopback_url(
						&server, "/status/500"),
		.patience = { .tries = 3, .wait_ms = 1 } };
	struct mun_http_answer answer;

	(void)state;
	MUN_EXPECT_OK(mun_http_ask(&answer, &request, NULL), NULL);
	assert_int_equal(answer.tries, 3);
	assert_int_equal(answer.status, 500);
	mun_http_answer_clear(&answer);
	/* A refusal stays one. */
	request.url = mun_loopback_url(&server, "/status/404");
	MUN_EXPECT_OK(mun_http_ask(&answer, &request, NULL), NULL);
	assert_int_equal(answer.tries, 1);
	mun_http_answer_clear(&answer);
}

static void
test_status_and_type_as_wanted(void **state)
{
	static const struct {
		const char *path, *type, *rule;
		uint32_t status;
	} cases[] = {
		{ "/status/200", "text/plain", NULL, 200 },
		{ "/status/500", "text/plain", "http.status", 200 },
		{ "/status/404", "text/plain", "http.status", 200 },
		{ "/status/302", "text/plain", "http.status", 200 },
		{ "/status/404", "text/plain", NULL, 404 },
		{ "/type/a/b", "a/b", NULL, 200 },
		{ "/type/A/b;charset=x", "a/B", NULL, 200 },
		{ "/type/a/bc", "a/b", "http.type", 200 },
		{ "/type/a", "a/b", "http.type", 200 },
		{ "/type/a/bc", NULL, NULL, 200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_http_request request = {
			.url = mun_loopback_url(&server, cases[i].path)
		};
		struct mun_http_answer answer;

		MUN_EXPECT_OK(mun_http_ask(&answer, &request, NULL), NULL);
		assert_null(answer.rule);
		mun_http_expect(&answer, cases[i].status, cases[i].type);
		if (cases[i].rule == NULL)
			assert_null(answer.rule);
		else
			assert_string_equal(answer.rule, cases[i].rule);
		assert_string_equal(mun_buffer_text(&answer.body), "words");
		mun_http_answer_clear(&answer);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_post_sends_the_callers_words_only),
		cmocka_unit_test(test_get_sends_no_body),
		cmocka_unit_test(test_large_post_does_not_ask_first),
		cmocka_unit_test(test_environment_is_not_asked),
		cmocka_unit_test(test_names_are_looked_up_by_the_proxy),
		cmocka_unit_test(test_proxy_is_never_passed_by),
		cmocka_unit_test(test_proxy_that_refuses),
		cmocka_unit_test(test_https_by_the_cas_given),
		cmocka_unit_test(test_busy_server_is_asked_again),
		cmocka_unit_test(test_patience_ends),
		cmocka_unit_test(test_status_and_type_as_wanted),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
