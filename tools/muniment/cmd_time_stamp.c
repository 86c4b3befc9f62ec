/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_time_stamp.c - muniment time-stamp: the head of the log, stamped by
 * authorities that do not know each other.
 *
 * Authorities are asked one after another; one that fails keeps none of the
 * others from being asked, and its sentence is said.  The keys are opened
 * before anybody is asked: who asks in vain has told something for nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/recorder.h"
#include "muniment/stamp.h"

enum {
	RESPONSE_MAX = 1 << 20,
	QUERY_MAX = 1024,
	DAYS_MAX = 36525, /* a century */
	TRIES_MAX = 100,
	TIMEOUT_MAX_S = 3600
};

/* What became of one authority. */
struct told {
	struct mun_buffer from, sentence, authority;
	char time[24], valid_until[24];
	const char *rule;
};

struct request {
	struct keeper *keeper;
	struct tool_texts urls, trust, requests, responses;
	const char *renew, *tries, *timeout;
	bool is_pending_only;
	uint32_t days;
	struct mun_stamp_options options;
	struct mun_stamp_due due;
	struct told *told; /* owned */
	size_t told_count;
	bool is_out_of_memory;
};

static bool
is_interrupted(void *ctx)
{
	(void)ctx;
	return tool_is_interrupted();
}

/* ---- what was typed ---- */

static bool
take_number(uint32_t *out, const char *text, uint32_t max)
{
	uint32_t value = 0;

	if (text == NULL)
		return true;
	if (text[0] == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || value > max)
			return false;
		value = value * 10 + (uint32_t)(*text - '0');
	}
	*out = value;
	return value >= 1 && value <= max;
}

static enum mun_status
take_typed(struct request *request, struct mun_error *err)
{
	struct mun_stamp_options *options = &request->options;
	int ways = (request->urls.count > 0) + (request->requests.count > 0) +
	    (request->responses.count > 0);

	options->trust = request->trust.text;
	options->trust_count = request->trust.count;
	options->is_canceled = is_interrupted;
	if (ways != 1)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "say one of: whom to ask (--tsa URL), a request to be "
		    "carried (--request FILE), an answer that came back "
		    "(--response FILE)");
	if (!take_number(&request->days, request->renew, DAYS_MAX))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "--renew takes days, 1 to %d", DAYS_MAX);
	if (!take_number(&options->tries, request->tries, TRIES_MAX))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "--tries is 1 to %d", TRIES_MAX);
	if (!take_number(&options->timeout_s, request->timeout, TIMEOUT_MAX_S))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "--timeout takes seconds, 1 to %d", TIMEOUT_MAX_S);
	if (request->requests.count > 0)
		return MUN_OK;
	return mun_stamp_check(
	    options, request->urls.text, request->urls.count, err);
}

/* ---- what is due ---- */

static bool
is_due(const struct request *request)
{
	if (!request->is_pending_only && request->renew == NULL)
		return true;
	return (request->is_pending_only && request->due.pending > 0) ||
	    (request->renew != NULL &&
		(request->due.expires_within ||
		    request->due.expires_utc_s == 0));
}

static void
say_not_due(const struct request *request)
{
	struct tool *tool = &request->keeper->tool;
	const struct mun_stamp_due *due = &request->due;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	if (!tool->json) {
		if (request->is_pending_only)
			tool_print(tool,
			    "Nothing is due: every event is covered by a "
			    "time-stamp.\n");
		if (request->renew != NULL)
			tool_print(tool,
			    "Nothing is to be renewed: the first authority's "
			    "certificate expires %s.\n",
			    due->expires);
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "stamped");
	mun_json_boolean(&json, false);
	mun_json_key(&json, "due");
	mun_json_boolean(&json, false);
	mun_json_key(&json, "pending");
	mun_json_unsigned(&json, due->pending);
	mun_json_key(&json, "expires");
	mun_json_text(&json, due->expires[0] == '\0' ? NULL : due->expires);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

/* ---- authorities ---- */

static void
hear(void *ctx, const struct mun_stamp_outcome *outcome)
{
	struct request *request = ctx;
	struct tool *tool = &request->keeper->tool;
	struct told *longer =
	    realloc(request->told, (request->told_count + 1) * sizeof(*longer));
	struct told *told;

	if (outcome->rule != NULL)
		tool_warn(tool, "'%s': %s (%s); nothing of it is stored",
		    outcome->from, outcome->sentence, outcome->rule);
	if (longer == NULL) {
		request->is_out_of_memory = true;
		return;
	}
	request->told = longer;
	told = &longer[request->told_count++];
	*told = (struct told){ .from = MUN_BUFFER_INIT(65536),
		.sentence = MUN_BUFFER_INIT(65536),
		.authority = MUN_BUFFER_INIT(65536),
		.rule = outcome->rule };
	mun_buffer_append_text(&told->from, outcome->from);
	mun_buffer_append_text(&told->sentence, outcome->sentence);
	mun_buffer_append_text(&told->authority, outcome->authority);
	(void)snprintf(told->time, sizeof(told->time), "%s", outcome->time);
	(void)snprintf(told->valid_until, sizeof(told->valid_until), "%s",
	    outcome->valid_until);
}

static enum mun_status
take_file(struct request *request, struct mun_stamping *stamping,
    const char *path, struct mun_error *err)
{
	struct mun_buffer response = MUN_BUFFER_INIT(RESPONSE_MAX);
	enum mun_status status = tool_read_file(path, &response, err);

	if (status == MUN_OK)
		status = mun_stamp_take(stamping,
		    mun_buffer_text(&request->keeper->keys), path,
		    response.data, response.len, hear, request, err);
	mun_buffer_free(&response);
	return status;
}

static enum mun_status
gather(struct request *request, struct mun_stamping *stamping,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < request->urls.count && status == MUN_OK; i++)
		status = mun_stamp_ask(
		    stamping, request->urls.text[i], hear, request, err);
	for (size_t i = 0; i < request->responses.count && status == MUN_OK;
	     i++)
		status = take_file(
		    request, stamping, request->responses.text[i], err);
	if (status == MUN_OK && request->is_out_of_memory)
		status = mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	return status;
}

/* ---- what is said ---- */

static void
json_told(struct mun_json_writer *json, struct told *told)
{
	mun_json_begin_object(json);
	mun_json_key(json, "from");
	tool_json_text(json, mun_buffer_text(&told->from));
	mun_json_key(json, "stamped");
	mun_json_boolean(json, told->rule == NULL);
	mun_json_key(json, "authority");
	tool_json_text(json, mun_buffer_text(&told->authority));
	mun_json_key(json, "time");
	mun_json_text(json, told->time[0] == '\0' ? NULL : told->time);
	mun_json_key(json, "valid_until");
	mun_json_text(
	    json, told->valid_until[0] == '\0' ? NULL : told->valid_until);
	mun_json_key(json, "rule");
	mun_json_text(json, told->rule);
	mun_json_key(json, "error");
	tool_json_text(
	    json, told->rule == NULL ? NULL : mun_buffer_text(&told->sentence));
	mun_json_end_object(json);
}

static void
say_json(
    struct request *request, uint64_t size, const struct mun_recorded *recorded)
{
	struct mun_json_writer json =
	    MUN_JSON_WRITER_INIT(&request->keeper->tool.out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "stamped");
	mun_json_boolean(&json, recorded != NULL);
	mun_json_key(&json, "seq");
	if (recorded == NULL)
		mun_json_null(&json);
	else
		mun_json_unsigned(&json, recorded->seq);
	mun_json_key(&json, "tree_size");
	mun_json_unsigned(&json, size);
	mun_json_key(&json, "authorities");
	mun_json_begin_array(&json);
	for (size_t i = 0; i < request->told_count; i++)
		json_told(&json, &request->told[i]);
	mun_json_end_array(&json);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&request->keeper->tool.out, '\n');
}

static void
say(struct request *request, const struct mun_stamping *stamping,
    const struct mun_recorded *recorded)
{
	struct tool *tool = &request->keeper->tool;
	size_t count = mun_stamp_authorities(stamping);

	recorder_warn(tool, recorded);
	if (count < mun_stamp_count(stamping))
		tool_warn(tool,
		    "of the %zu time-stamps some share an issuer or a key: "
		    "they count as %zu %s",
		    mun_stamp_count(stamping), count,
		    tool_plural(count, "authority", "authorities"));
	else if (count == 1)
		tool_warn(tool,
		    "only one authority has stamped this head; two that do "
		    "not know each other prove more");
	if (tool->json) {
		say_json(request, mun_stamp_size(stamping), recorded);
		return;
	}
	for (size_t i = 0; i < request->told_count; i++) {
		struct told *told = &request->told[i];

		if (told->rule != NULL)
			continue;
		tool_print_text(tool, mun_buffer_text(&told->authority));
		tool_print(tool, ": %s (valid until %s)\n", told->time,
		    told->valid_until);
	}
	tool_print(tool,
	    "Entry %" PRIu64 ": the first %" PRIu64
	    " events are time-stamped by %zu %s.\n",
	    recorded->seq, mun_stamp_size(stamping), count,
	    tool_plural(count, "authority", "authorities"));
}

/* ---- the ways ---- */

static enum mun_status
store(struct request *request, struct mun_stamping *stamping,
    struct recorder *recorder, struct mun_error *err)
{
	struct mun_recorded recorded;
	enum mun_status status = mun_stamp_store(stamping, recorder->record,
	    mun_buffer_text(&request->keeper->keys), &recorded, err);

	if (status == MUN_OK)
		say(request, stamping, &recorded);
	else if (status == MUN_ERR_NOT_FOUND && request->keeper->tool.json)
		say_json(request, mun_stamp_size(stamping), NULL);
	return status;
}

static int
exit_of(const struct request *request)
{
	for (size_t i = 0; i < request->told_count; i++)
		if (request->told[i].rule != NULL)
			return TOOL_COULD_NOT;
	return TOOL_DONE;
}

static int
stamp(struct request *request)
{
	struct keeper *keeper = request->keeper;
	struct mun_stamping *stamping = NULL;
	struct mun_error err = MUN_ERROR_INIT;
	struct recorder recorder;
	enum mun_status status = recorder_open(&recorder, keeper, &err);

	tool_catch_interrupts();
	if (status == MUN_OK)
		status = mun_stamp_open(
		    &stamping, keeper->vault, &request->options, &err);
	if (status == MUN_OK)
		status = gather(request, stamping, &err);
	if (status == MUN_OK)
		status = store(request, stamping, &recorder, &err);
	mun_stamp_close(stamping);
	recorder_close(&recorder);
	if (status == MUN_OK)
		return exit_of(request);
	/* said already, authority by authority */
	if (keeper->tool.json && keeper->tool.out.len > 0)
		return TOOL_COULD_NOT;
	return tool_fail(&keeper->tool, &err);
}

static enum mun_status
write_request(struct request *request, const char *path, struct mun_error *err)
{
	struct keeper *keeper = request->keeper;
	struct mun_buffer query = MUN_BUFFER_INIT(QUERY_MAX);
	enum mun_status status;
	uint64_t size = 0;

	status =
	    mun_stamp_request(keeper->vault, mun_buffer_text(&keeper->keys),
		request->options.policy, &query, &size, err);
	if (status == MUN_OK)
		status = keeper_write_new(path, &query, err);
	if (status == MUN_OK && !keeper->tool.json) {
		tool_print_text(&keeper->tool, path);
		tool_print(&keeper->tool,
		    ": a request over the first %" PRIu64
		    " events, for one authority.\n",
		    size);
	}
	mun_buffer_free(&query);
	return status;
}

static int
write_requests(struct request *request)
{
	struct keeper *keeper = request->keeper;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&keeper->tool.out);
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status =
	    keeper_find_keys(keeper, keeper->info.origin, &err);

	for (size_t i = 0; i < request->requests.count && status == MUN_OK; i++)
		status = keeper_check_new(request->requests.text[i], &err);
	for (size_t i = 0; i < request->requests.count && status == MUN_OK; i++)
		status =
		    write_request(request, request->requests.text[i], &err);
	if (status != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	if (keeper->tool.json) {
		mun_json_begin_object(&json);
		mun_json_key(&json, "requests");
		mun_json_unsigned(&json, request->requests.count);
		mun_json_end_object(&json);
		mun_buffer_append_byte(&keeper->tool.out, '\n');
	} else {
		tool_print(&keeper->tool,
		    "Have each answered, for example:\n"
		    "  curl --data-binary @FILE -H 'Content-Type: "
		    "application/timestamp-query' URL -o ANSWER\n"
		    "and bring all answers back together, --response once for "
		    "each:\n"
		    "  muniment time-stamp --tsa-trust ROOTS --response "
		    "ANSWER\n");
	}
	return TOOL_DONE;
}

static int
work(struct request *request)
{
	struct keeper *keeper = request->keeper;
	struct mun_error err = MUN_ERROR_INIT;

	/* what was typed wrongly is said before anybody is asked */
	if (take_typed(request, &err) != MUN_OK ||
	    keeper_open(keeper, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	if (request->is_pending_only || request->renew != NULL) {
		if (mun_stamp_get_due(keeper->vault, request->days,
			&request->due, &err) != MUN_OK)
			return tool_fail(&keeper->tool, &err);
		if (!is_due(request)) {
			say_not_due(request);
			return TOOL_DONE;
		}
	}
	return request->requests.count > 0 ? write_requests(request)
					   : stamp(request);
}

static void
clear(struct request *request)
{
	for (size_t i = 0; i < request->told_count; i++) {
		mun_buffer_free(&request->told[i].from);
		mun_buffer_free(&request->told[i].sentence);
		mun_buffer_free(&request->told[i].authority);
	}
	free(request->told);
	free(request->urls.text);
	free(request->trust.text);
	free(request->requests.text);
	free(request->responses.text);
}

int
cmd_time_stamp(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper };
	const struct tool_option options[] = {
		{ "tsa", 0, TOOL_TEXTS, &request.urls, "URL",
		    "ask this authority (RFC 3161); repeat it for others, at\n"
		    "least two that do not know each other" },
		{ "tsa-trust", 0, TOOL_TEXTS, &request.trust, "PEM",
		    "the authorities' root certificates; others in it "
		    "complete\n"
		    "their chains; may be repeated" },
		{ "tsa-policy", 0, TOOL_TEXT, &request.options.policy, "OID",
		    "ask for this policy" },
		{ "pending", 0, TOOL_FLAG, &request.is_pending_only, NULL,
		    "only if there are events that no time-stamp covers" },
		{ "renew", 0, TOOL_TEXT, &request.renew, "DAYS",
		    "only if a certificate of the authorities over the newest\n"
		    "stamped head expires within DAYS" },
		{ "request", 0, TOOL_TEXTS, &request.requests, "FILE",
		    "ask nobody: write a query to a new file, to be carried\n"
		    "to a machine with a network; one for each authority" },
		{ "response", 0, TOOL_TEXTS, &request.responses, "FILE",
		    "take in the answer to such a query; all answers over one\n"
		    "head together" },
		{ "proxy", 0, TOOL_TEXT, &request.options.proxy, "URL",
		    "reach authorities through this proxy:\n"
		    "socks5h://127.0.0.1:9050 is Tor" },
		{ "ca-file", 0, TOOL_TEXT, &request.options.ca_file, "FILE",
		    "PEM file of those who vouch for https hosts (else the\n"
		    "system's)" },
		{ "tries", 0, TOOL_TEXT, &request.tries, "N",
		    "how often each exchange is tried (3)" },
		{ "timeout", 0, TOOL_TEXT, &request.timeout, "SECONDS",
		    "how long each try may take (60)" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Have the log's head, and so everything in it, proven to "
		    "exist by\nnow, by authorities that you name. Each is sent "
		    "a digest of the\nsigned head and a random number, and "
		    "learns from where it is asked;\nwhoever publishes the "
		    "revocation lists of its certificates learns\nthat too. "
		    "What fails is said and not stored, and holds nothing up.",
		.example = "muniment time-stamp --tsa http://tsa.example.org/ "
			   "--tsa http://stamp.example.net/tsr\\\n"
			   "    --tsa-trust roots.pem --pending",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	char **operands;
	size_t count;
	int exit_status;

	if (tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		exit_status = work(&request);
	clear(&request);
	return exit_status;
}
