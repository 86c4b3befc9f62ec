/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * http_ask.c - ask, wait, ask again; and judge what came as the caller wants
 * it.  No network in here.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/macros.h"
#include "http/http_internal.h"

enum {
	SLICE_MS = 100 /* how long a cancel may go unnoticed */
};

static bool
is_canceled(const struct mun_http_request *request)
{
	return request->is_canceled != NULL &&
	    request->is_canceled(request->ctx);
}

static enum mun_status
wait_for(const struct mun_http_request *request, uint32_t wait_ms,
    struct mun_error *err)
{
	while (wait_ms > 0) {
		uint32_t slice_ms = wait_ms < SLICE_MS ? wait_ms : SLICE_MS;
		struct timespec slice = { .tv_nsec = (long)slice_ms * 1000000 };

		if (is_canceled(request))
			return mun_error_set(err, MUN_ERR_CANCELED,
			    "canceled while waiting to ask again");
		/* A signal that cuts it short only makes us look sooner. */
		(void)nanosleep(&slice, NULL);
		wait_ms -= slice_ms;
	}
	return MUN_OK;
}

static void
begin(struct mun_http_answer *answer, const struct mun_http_request *settled)
{
	const struct mun_http_answer empty = {
		.body = MUN_BUFFER_INIT(settled->limits.body_max_bytes),
		.detail = MUN_BUFFER_INIT(MUN_ERROR_TEXT_MAX),
	};

	*answer = empty;
}

enum mun_status
mun_http_ask(struct mun_http_answer *answer,
    const struct mun_http_request *request, struct mun_error *err)
{
	struct mun_http_request settled = { 0 };
	enum mun_status status;
	uint32_t tries = 0, wait_ms;

	begin(answer, &settled);
	MUN_TRY(mun_http_settle(&settled, request, err));
	wait_ms = settled.patience.wait_ms;
	for (;;) {
		mun_http_answer_clear(answer);
		begin(answer, &settled);
		answer->tries = ++tries;
		MUN_TRY(mun_http_exchange(answer, &settled, err));
		if (tries == settled.patience.tries ||
		    !mun_http_may_pass(answer))
			break;
		if (wait_ms > settled.patience.wait_max_ms)
			wait_ms = settled.patience.wait_max_ms;
		MUN_TRY(wait_for(&settled, wait_ms, err));
		wait_ms *= 2; /* at most two hours: no overflow */
	}
out:
	return status;
}

static bool
is_type(const char *found, const char *wanted)
{
	size_t len = strcspn(found, "; \t");

	return len == strlen(wanted) && strncasecmp(found, wanted, len) == 0;
}

void
mun_http_expect(
    struct mun_http_answer *answer, uint32_t status, const char *type)
{
	if (answer->rule != NULL)
		return;
	if (answer->status != status) {
		answer->rule = "http.status";
		mun_buffer_append_format(&answer->detail,
		    "the server answered with HTTP status %u, not %u",
		    answer->status, status);
	} else if (type != NULL && !is_type(answer->type, type)) {
		answer->rule = "http.type";
		mun_buffer_append_format(&answer->detail,
		    "the server's answer is of type '%s', not %s", answer->type,
		    type);
	}
}

bool
mun_http_may_pass(const struct mun_http_answer *answer)
{
	static const char *const passing[] = { "http.resolve", "http.connect",
		"http.timeout", "http.slow", "http.broken" };

	if (answer->rule == NULL || strcmp(answer->rule, "http.status") == 0)
		return answer->status == 408 || answer->status == 429 ||
		    (answer->status >= 500 && answer->status <= 599);
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (strcmp(answer->rule, passing[i]) == 0)
			return true;
	}
	return false;
}

void
mun_http_answer_clear(struct mun_http_answer *answer)
{
	mun_buffer_free(&answer->body);
	mun_buffer_free(&answer->detail);
}
