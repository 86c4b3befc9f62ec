/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http.h - one HTTP exchange with somebody who may be hostile, bounded in
 * bytes and time, telling the other side nothing but what the caller says.
 *
 * For time-stamp authorities, the CRLs their certificates name, and
 * witnesses.  What is sent besides the caller's own headers and body: Host,
 * Content-Length.  No User-Agent, Accept, Accept-Language, Accept-Encoding,
 * Expect, cookie or credentials.  No redirect is followed.  HTTP/1.1 over http
 * and https only (TLS 1.2 or better).  Nothing is read from the environment
 * (no proxy variables, no .netrc, no openssl.cnf); a connection is used once.
 * Only the keeping side has this: muniment-verify never reaches a network.
 *
 * Thread rule: any number of threads, each with its own request and answer.
 * Spec: RFC 9110, RFC 9112; RFC 1928 (SOCKS 5).
 */
#ifndef MUN_HTTP_HTTP_H
#define MUN_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

enum {
	MUN_HTTP_URL_MAX = 2048, /* longer is no address of a service */
	MUN_HTTP_HEADER_MAX = 65536, /* bytes of answer headers */
	MUN_HTTP_HEADERS_MAX = 16, /* header lines of one request */
	MUN_HTTP_TYPE_MAX = 255 /* bytes of an answer's Content-Type */
};

enum mun_http_method {
	MUN_HTTP_GET = 0, /* body is not sent */
	MUN_HTTP_POST
};

/* Bounds; 0 is the default in brackets.  Times are milliseconds, at most an
 * hour.  body_max_bytes may be anything from 1 to 1 GiB. */
struct mun_http_limits {
	size_t body_max_bytes; /* of the answer's body [65536] */
	uint32_t connect_ms; /* name look-up, connection, TLS [15000] */
	uint32_t total_ms; /* the whole exchange [60000] */
	/* Slower than this for slow_ms is given up; drips [16 bytes/s]. */
	uint32_t slow_bytes_per_s;
	uint32_t slow_ms; /* rounded up to whole seconds [20000] */
};

/* How often to try, in all; only what may pass is tried again (mun_http_may_
 * pass).  Waits wait_ms before the second try, then twice as long each time,
 * never longer than wait_max_ms.  0 is the default in brackets. */
struct mun_http_patience {
	uint32_t tries; /* [1], at most 100 */
	uint32_t wait_ms; /* [1000], at most an hour */
	uint32_t wait_max_ms; /* [60000], at most an hour */
};

struct mun_http_request {
	enum mun_http_method method;
	const char *url; /* http:// or https://, ASCII, no user, no '#' */
	/* Lines "Name: value" without CR LF; may replace none of Host,
	 * Content-Length, Transfer-Encoding, Connection, Expect. */
	const char *const *headers;
	size_t header_count;
	const void *body; /* borrowed during the call */
	size_t body_len;
	/* NULL: none.  socks5h://[user:password@]host:port (names are looked
	 * up by the proxy: Tor) or http://host:port.  Never passed by. */
	const char *proxy;
	/* PEM file of the CAs for https instead of the system's; or NULL. */
	const char *ca_file;
	struct mun_http_limits limits;
	struct mun_http_patience patience;
	/* Asked several times a second, in waits too; or NULL. */
	bool (*is_canceled)(void *ctx);
	void *ctx;
};

/*
 * What came back.  rule NULL: a whole answer arrived, whatever its status.
 * Otherwise why none did, and status, type and body are empty:
 *   "http.resolve"    the host's (or proxy's) name is not known
 *   "http.connect"    nobody answers there (closed port, proxy refuses)
 *   "http.tls"        the certificate or the TLS exchange is not acceptable
 *   "http.timeout"    not done within connect_ms or total_ms
 *   "http.slow"       slower than slow_bytes_per_s for slow_ms
 *   "http.too-large"  body above body_max_bytes, headers above
 *                     MUN_HTTP_HEADER_MAX
 *   "http.broken"     cut off, or not HTTP
 * and, from mun_http_expect:
 *   "http.status", "http.type"
 * detail is one sentence for a person; it may quote what the server sent:
 * escape it.
 */
struct mun_http_answer {
	const char *rule;
	uint32_t status; /* 100 to 999; 0 with a rule */
	char type[MUN_HTTP_TYPE_MAX + 1]; /* Content-Type as sent; hostile */
	struct mun_buffer body;
	struct mun_buffer detail;
	uint32_t tries; /* how often it was tried */
};

/*
 * mun_http_ask - send one request, again while that may help, and keep the
 * last answer.
 *
 * answer  out; overwritten, whatever it held is not freed first; clear it
 *         with mun_http_answer_clear in every case
 *
 * MUN_OK when it was tried: see answer->rule.  MUN_ERR_USAGE: url, header,
 * proxy or limit is not as above.  MUN_ERR_CANCELED, MUN_ERR_NOMEM,
 * MUN_ERR_SYSTEM (libcurl cannot start).
 */
MUN_MUST_USE enum mun_status mun_http_ask(struct mun_http_answer *answer,
    const struct mun_http_request *request, struct mun_error *err);

/*
 * mun_http_expect - hold an answer against the one status and media type
 * wanted: sets rule "http.status" or "http.type" (and detail) unless a rule is
 * set already.  type is compared without parameters and case (RFC 9110
 * s8.3.1); NULL: any.  Body and type stay for whoever wants to look.
 */
void mun_http_expect(
    struct mun_http_answer *answer, uint32_t status, const char *type);

/* Whether the same request may succeed later: rules of the network, and status
 * 408, 429 and 500 to 599.  Never for TLS, size, type and other status. */
bool mun_http_may_pass(const struct mun_http_answer *answer);

void mun_http_answer_clear(struct mun_http_answer *answer);

/* mun_http_check_url, _proxy - whether mun_http_ask would take it: MUN_OK or
 * MUN_ERR_USAGE with one sentence, so that it can be said when it is typed. */
MUN_MUST_USE enum mun_status mun_http_check_url(
    const char *url, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_http_check_proxy(
    const char *proxy, struct mun_error *err);

#endif
