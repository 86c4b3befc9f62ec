/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers that answer too much, too slowly, half or not at all. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/harness.h"
#include "harness/loopback.h"
#include "http/http.h"

static struct mun_loopback server;

static int
start_server(void **state)
{
	(void)state;
	mun_loopback_start(&server, NULL, NULL);
	return 0;
}

static int
stop_server(void **state)
{
	(void)state;
	mun_loopback_stop(&server);
	return 0;
}

static void
expect_rule(const struct mun_http_request *request, const char *rule)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_http_answer answer;

	MUN_EXPECT_OK(mun_http_ask(&answer, request, &err), &err);
	if (rule == NULL) {
		assert_null(answer.rule);
	} else {
		assert_non_null(answer.rule);
		assert_string_equal(answer.rule, rule);
		assert_true(answer.detail.len > 0);
		assert_int_equal(answer.body.len, 0);
		/* What went wrong before is still wrong afterwards. */
		mun_http_expect(&answer, 200, NULL);
		assert_string_equal(answer.rule, rule);
	}
	mun_http_answer_clear(&answer);
}

static void
test_each_bad_answer_has_its_rule(void **state)
{
	static const struct {
		const char *path, *rule;
		struct mun_http_limits limits;
	} cases[] = {
		{ "/bytes/1000", NULL, { .body_max_bytes = 1000 } },
		{ "/bytes/1001", "http.too-large", { .body_max_bytes = 1000 } },
		{ "/chunked/1", NULL, { .body_max_bytes = 65536 } },
		{ "/chunked/1", "http.too-large", { .body_max_bytes = 65535 } },
		{ "/chunked/1600", "http.too-large", { 0 } }, /* 100 MB */
		{ "/endless", "http.too-large", { 0 } },
		{ "/endless", "http.too-large", { .body_max_bytes = 1 << 20 } },
		{ "/headers", "http.too-large", { 0 } },
		{ "/drip", "http.slow",
		    { .slow_bytes_per_s = 1000, .slow_ms = 1000 } },
		{ "/drip", "http.timeout", { .total_ms = 700 } },
		{ "/silent", "http.timeout", { .total_ms = 300 } },
		{ "/silent", "http.slow", { .slow_ms = 1000 } },
		{ "/cut", "http.broken", { 0 } },
		{ "/garbage", "http.broken", { 0 } },
		{ "/close", "http.broken", { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_http_request request = { .url = mun_loopback_url(
							&server, cases[i].path),
			.limits = cases[i].limits };

		print_message("%s\n", cases[i].path);
		expect_rule(&request, cases[i].rule);
	}
}

static void
test_nobody_there(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	struct mun_http_request request = { 0 };
	int held = socket(AF_INET, SOCK_STREAM, 0);
	char url[64];

	(void)state;
	/* A port that is taken, so that nobody else listens on it. */
	assert_int_equal(
	    bind(held, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(
	    getsockname(held, (struct sockaddr *)&address, &len), 0);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
	    (unsigned int)ntohs(address.sin_port));
	request.url = url;
	expect_rule(&request, "http.connect");
	request.url = "http://nobody.invalid/";
	expect_rule(&request, "http.resolve");
	(void)close(held);
}

static bool
cancel_later(void *ctx)
{
	unsigned int *left = ctx;

	return (*left)-- == 1;
}

static void
test_canceled_while_waiting_for_an_answer(void **state)
{
	unsigned int left = 2;
	struct mun_http_request request = { .url = mun_loopback_url(
						&server, "/silent"),
		.is_canceled = cancel_later,
		.ctx = &left };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_http_answer answer;

	(void)state;
	MUN_EXPECT_STATUS(
	    mun_http_ask(&answer, &request, &err), MUN_ERR_CANCELED, &err);
	mun_http_answer_clear(&answer);
}

static bool
cancel_once_told(void *ctx)
{
	return *(const bool *)ctx;
}

static void
test_canceled_between_tries(void **state)
{
	bool is_told = false;
	struct mun_http_request request = {
		.url = "http://127.0.0.1:1/",
		.patience = { .tries = 2, .wait_ms = 3600000 },
		.is_canceled = cancel_once_told,
		.ctx = &is_told,
	};
	struct mun_http_answer answer;

	(void)state;
	request.url = mun_loopback_url(&server, "/close");
	request.patience.wait_max_ms = 300; /* not an hour */
	MUN_EXPECT_OK(mun_http_ask(&answer, &request, NULL), NULL);
	assert_int_equal(answer.tries, 2);
	mun_http_answer_clear(&answer);
	is_told = true;
	MUN_EXPECT_STATUS(
	    mun_http_ask(&answer, &request, NULL), MUN_ERR_CANCELED, NULL);
	mun_http_answer_clear(&answer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_bad_answer_has_its_rule),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_canceled_while_waiting_for_an_answer),
		cmocka_unit_test(test_canceled_between_tries),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
