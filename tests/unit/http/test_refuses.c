/* SPDX-License-Identifier: BSD-2-Clause */
/* What never goes out. */
#include <string.h>

#include "harness/harness.h"
#include "http/http.h"

static void
refuse(const struct mun_http_request *request)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_http_answer answer;

	MUN_EXPECT_STATUS(
	    mun_http_ask(&answer, request, &err), MUN_ERR_USAGE, &err);
	mun_http_answer_clear(&answer);
}

static void
test_addresses(void **state)
{
	static const char *const bad[] = { "", "ftp://a/", "file:///etc/passwd",
		"a.example", "http:/a", "http://", "http://user@a/",
		"http://user:word@a/", "http://a/#part", "http://a/ b",
		"http://a/\r\nX: y", "http://a/\x7f",
		"http://\xc3\xa9.example/", "http://a:99999/", "gopher://a/",
		" http://a/" };
	static const char *const good[] = { "http://a.example",
		"HTTPS://a.example/x?y=z", "http://127.0.0.1:80/",
		"http://[::1]:8080/a%20b" };
	struct mun_http_request request = { 0 };
	struct mun_error err = MUN_ERROR_INIT;
	char longest[MUN_HTTP_URL_MAX + 2];

	(void)state;
	refuse(&request); /* no address at all */
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.url = bad[i];
		refuse(&request);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		MUN_EXPECT_OK(mun_http_check_url(good[i], &err), &err);
	memset(longest, 'a', sizeof(longest));
	(void)memcpy(longest, "http://", 7);
	longest[7 + 60] = '/'; /* no host name is that long */
	longest[MUN_HTTP_URL_MAX + 1] = '\0';
	MUN_EXPECT_STATUS(
	    mun_http_check_url(longest, NULL), MUN_ERR_USAGE, NULL);
	longest[MUN_HTTP_URL_MAX] = '\0';
	MUN_EXPECT_OK(mun_http_check_url(longest, &err), &err);
}

static void
test_proxies(void **state)
{
	/* socks5:// and socks4:// would look the name up here. */
	static const char *const bad[] = { "", "socks5://127.0.0.1:9050",
		"socks4a://127.0.0.1:9050", "127.0.0.1:9050",
		"https://127.0.0.1:1", "socks5h://", "socks5h://a b:1" };
	static const char *const good[] = { "socks5h://127.0.0.1:9050",
		"socks5h://one:two@127.0.0.1:9050", "http://proxy.example:3128",
		"SOCKS5H://localhost" };
	struct mun_http_request request = { .url = "http://a.example/" };
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.proxy = bad[i];
		refuse(&request);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		MUN_EXPECT_OK(mun_http_check_proxy(good[i], &err), &err);
	MUN_EXPECT_STATUS(
	    mun_http_check_proxy(NULL, NULL), MUN_ERR_USAGE, NULL);
	MUN_EXPECT_STATUS(mun_http_check_proxy("socks5://me:secret@a:1", &err),
	    MUN_ERR_USAGE, &err);
	assert_null(strstr(err.text, "secret"));
}

static void
test_headers(void **state)
{
	static const char *const bad[] = { "", "Name", "Name:value",
		"Name: ", ": value", "Na me: value", "Name: a\r\nOther: b",
		"Name: a\nOther: b", "Name: \xc3\xa9", "Host: other.example",
		"host: other.example", "Content-Length: 3",
		"Transfer-Encoding: chunked", "Connection: close",
		"Expect: 100-continue", "Name : value", "@file: value" };
	struct mun_http_request request = { .url = "http://127.0.0.1:1/" };
	const char *many[MUN_HTTP_HEADERS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.headers = &bad[i];
		request.header_count = 1;
		refuse(&request);
	}
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++)
		many[i] = "Name: value";
	request.headers = many;
	request.header_count = sizeof(many) / sizeof(many[0]);
	refuse(&request);
}

static void
test_limits(void **state)
{
	const struct mun_http_request start = { .url = "http://127.0.0.1:1/" };
	struct mun_http_request request = start;

	(void)state;
	request.limits.body_max_bytes = ((size_t)1 << 30) + 1;
	refuse(&request);
	request = start;
	request.limits.connect_ms = 3600001;
	refuse(&request);
	request = start;
	request.limits.total_ms = 3600001;
	refuse(&request);
	request = start;
	request.limits.slow_ms = 3600001;
	refuse(&request);
	request = start;
	request.patience.tries = 101;
	refuse(&request);
	request = start;
	request.patience.wait_ms = 3600001;
	refuse(&request);
	request = start;
	request.patience.wait_max_ms = 3600001;
	refuse(&request);
	request = start;
	request.method = (enum mun_http_method)7;
	refuse(&request);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_proxies),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
