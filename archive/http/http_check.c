/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_check.c - what of a request may go out at all.
 *
 * Everything that libcurl would understand in more ways than one is refused
 * before it sees it: other protocols, credentials in an address, fragments,
 * bytes that would end a header line, proxies that look names up here.
 */
#include <string.h>
#include <strings.h>

#include "base/macros.h"
#include "http/http_curl.h"
#include "http/http_internal.h"

enum {
	HOUR_MS = 3600000,
	BODY_MAX_BYTES = 1 << 30,
	PROXY_MAX = 512 /* bytes of a proxy's address */
};

/* Visible ASCII only: neither a blank nor a control byte means anything good
 * in an address, and other letters would be rewritten by locale. */
static bool
is_visible(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len == 0 || len > max)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] <= 0x20 || text[i] >= 0x7f)
			return false;
	}
	return true;
}

static bool
begins_with(const char *text, const char *start)
{
	return strncasecmp(text, start, strlen(start)) == 0;
}

/* Whether libcurl can read it as an address. */
static bool
is_address(const struct mun_http_curl *lib, const char *url, unsigned int flags)
{
	CURLU *parsed = lib->url();
	bool is_read = parsed != NULL &&
	    lib->url_set(parsed, CURLUPART_URL, url, flags) == CURLUE_OK;

	lib->url_cleanup(parsed);
	return is_read;
}

enum mun_status
mun_http_check_url(const char *url, struct mun_error *err)
{
	const struct mun_http_curl *lib = NULL;
	enum mun_status status;

	if (url == NULL || !is_visible(url, MUN_HTTP_URL_MAX))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the address is empty, longer than %d bytes, or not "
		    "written in visible ASCII",
		    MUN_HTTP_URL_MAX);
	if (!begins_with(url, "http://") && !begins_with(url, "https://"))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the address '%s' does not begin with http:// or https://",
		    url);
	MUN_TRY(mun_http_curl(&lib, err));
	if (strchr(url, '#') != NULL ||
	    !is_address(lib, url, CURLU_DISALLOW_USER))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "the address '%s' cannot be used: it needs a host, and "
		    "may have neither a user name nor a '#'",
		    url);
out:
	return status;
}

/* The address is not repeated: it may hold a password. */
enum mun_status
mun_http_check_proxy(const char *proxy, struct mun_error *err)
{
	const struct mun_http_curl *lib = NULL;
	enum mun_status status;

	MUN_TRY(mun_http_curl(&lib, err));
	if (proxy == NULL || !is_visible(proxy, PROXY_MAX) ||
	    (!begins_with(proxy, "socks5h://") &&
		!begins_with(proxy, "http://")) ||
	    !is_address(lib, proxy, CURLU_NON_SUPPORT_SCHEME))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "the proxy has to be socks5h://host:port (the proxy looks "
		    "names up, as Tor does) or http://host:port");
out:
	return status;
}

/* "Name: value", the name a token of RFC 9110 s5.1. */
static bool
is_header(const char *line)
{
	static const char *const ours[] = { "Host", "Content-Length",
		"Transfer-Encoding", "Connection", "Expect" };
	size_t name_len = strcspn(line, ":");

	if (name_len == 0 || line[name_len] != ':' ||
	    line[name_len + 1] != ' ' || line[name_len + 2] == '\0')
		return false;
	for (size_t i = 0; line[i] != '\0'; i++) {
		if (line[i] < 0x20 || line[i] >= 0x7f)
			return false;
		if (i < name_len && strchr("\"(),/;<=>?@[\\]{} ", line[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (strlen(ours[i]) == name_len &&
		    strncasecmp(line, ours[i], name_len) == 0)
			return false;
	}
	return true;
}

static enum mun_status
check_headers(const struct mun_http_request *request, struct mun_error *err)
{
	if (request->header_count > MUN_HTTP_HEADERS_MAX)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a request has at most %d headers", MUN_HTTP_HEADERS_MAX);
	for (size_t i = 0; i < request->header_count; i++) {
		if (!is_header(request->headers[i]))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "header %zu is not 'Name: value', or is one that "
			    "the client sets itself",
			    i + 1);
	}
	return MUN_OK;
}

static bool
settle_number(uint32_t *number, uint32_t otherwise, uint32_t max)
{
	if (*number == 0)
		*number = otherwise;
	return *number <= max;
}

static bool
settle_limits(struct mun_http_limits *limits)
{
	if (limits->body_max_bytes == 0)
		limits->body_max_bytes = 65536;
	return limits->body_max_bytes <= BODY_MAX_BYTES &&
	    settle_number(&limits->connect_ms, 15000, HOUR_MS) &&
	    settle_number(&limits->total_ms, 60000, HOUR_MS) &&
	    settle_number(&limits->slow_bytes_per_s, 16, BODY_MAX_BYTES) &&
	    settle_number(&limits->slow_ms, 20000, HOUR_MS);
}

static bool
settle_patience(struct mun_http_patience *patience)
{
	return settle_number(&patience->tries, 1, 100) &&
	    settle_number(&patience->wait_ms, 1000, HOUR_MS) &&
	    settle_number(&patience->wait_max_ms, 60000, HOUR_MS);
}

enum mun_status
mun_http_settle(struct mun_http_request *settled,
    const struct mun_http_request *request, struct mun_error *err)
{
	enum mun_status status;

	*settled = *request;
	MUN_TRY(mun_http_check_url(request->url, err));
	if (request->proxy != NULL)
		MUN_TRY(mun_http_check_proxy(request->proxy, err));
	MUN_TRY(check_headers(request, err));
	if ((request->method != MUN_HTTP_GET &&
		request->method != MUN_HTTP_POST) ||
	    !settle_limits(&settled->limits) ||
	    !settle_patience(&settled->patience))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "a limit of the request is out of its range");
out:
	return status;
}
