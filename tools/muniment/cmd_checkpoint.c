/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_checkpoint.c - muniment checkpoint: the head, printed, kept in a file,
 * cosigned by witnesses.
 *
 * Witnesses are asked one after another; one that refuses keeps none of the
 * others from being asked, and its sentence is said.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "muniment/keeper.h"
#include "muniment/witness.h"

/* What became of one witness. */
struct answer {
	char *url; /* owned */
	struct mun_witness_result result;
	struct mun_error err; /* MUN_OK: it cosigned */
};

struct request {
	struct keeper *keeper;
	struct tool_texts witnesses;
	const char *policy, *save, *proxy, *ca_file;
	bool is_dry; /* only look at what was typed */
	size_t asked;
	int exit_status;
	struct answer *answers; /* owned */
};

static bool
is_interrupted(void *ctx)
{
	(void)ctx;
	return tool_is_interrupted();
}

/* ---- witnesses ---- */

static struct answer *
add_answer(struct request *request, const char *url)
{
	size_t count = request->asked + 1;
	struct answer *longer =
	    realloc(request->answers, count * sizeof(*longer));
	char *copy = strdup(url);

	if (longer != NULL)
		request->answers = longer;
	if (longer == NULL || copy == NULL) {
		free(copy);
		return NULL;
	}
	longer[request->asked] = (struct answer){ .url = copy };
	return &longer[request->asked++];
}

static enum mun_status
ask(struct request *request, const char *url, const char *key,
    struct mun_error *err)
{
	const struct mun_witness_options options = { .url = url,
		.key = key,
		.proxy = request->proxy,
		.ca_file = request->ca_file,
		.is_canceled = is_interrupted };
	struct tool *tool = &request->keeper->tool;
	struct answer *answer;
	enum mun_status status;

	if (request->is_dry)
		return mun_witness_check(&options, err);
	answer = add_answer(request, url);
	if (answer == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	status = mun_witness_ask(
	    request->keeper->vault, &options, &answer->result, err);
	if (status == MUN_ERR_CANCELED || status == MUN_ERR_NOMEM)
		return status;
	if (status == MUN_OK) {
		tool_warn(tool,
		    "witness '%s' has cosigned the head of %" PRIu64 " entries",
		    url, answer->result.size);
	} else {
		answer->err = *err;
		tool_warn(tool, "%s", err->text);
		request->exit_status = TOOL_COULD_NOT;
	}
	return MUN_OK;
}

static void
json_answers(const struct request *request, struct mun_json_writer *json)
{
	mun_json_key(json, "witnesses");
	mun_json_begin_array(json);
	for (size_t i = 0; i < request->asked; i++) {
		const struct answer *answer = &request->answers[i];

		mun_json_begin_object(json);
		mun_json_key(json, "url");
		tool_json_text(json, answer->url);
		mun_json_key(json, "cosigned");
		mun_json_boolean(json, answer->err.status == MUN_OK);
		if (answer->err.status == MUN_OK) {
			mun_json_key(json, "tree_size");
			mun_json_unsigned(json, answer->result.size);
			mun_json_key(json, "time_utc_s");
			mun_json_signed(json, answer->result.time_utc_s);
		} else {
			mun_json_key(json, "error");
			tool_json_text(json, answer->err.text);
		}
		mun_json_end_object(json);
	}
	mun_json_end_array(json);
}

/* --witness URL,KEY: a key holds no comma, a URL may. */
static enum mun_status
ask_typed(struct request *request, const char *typed, struct mun_error *err)
{
	struct mun_buffer url = MUN_BUFFER_INIT(65536);
	const char *comma = strrchr(typed, ',');
	enum mun_status status;

	if (comma == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s': a cosignature is stored only when it was checked; "
		    "say --witness URL,KEY with the witness's key "
		    "(name+hex+base64)",
		    typed);
	mun_buffer_append(&url, typed, (size_t)(comma - typed));
	status = mun_buffer_status(&url, "the witness's URL", err);
	if (status == MUN_OK)
		status = ask(request, mun_buffer_text(&url), comma + 1, err);
	mun_buffer_free(&url);
	return status;
}

static enum mun_status
ask_named(void *ctx, const char *name, const char *url, const char *key,
    struct mun_error *err)
{
	(void)name;
	return ask(ctx, url, key, err);
}

static enum mun_status
ask_all(struct request *request, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < request->witnesses.count && status == MUN_OK;
	     i++)
		status = ask_typed(request, request->witnesses.text[i], err);
	if (request->policy != NULL && status == MUN_OK)
		status = mun_witness_from_policy(
		    request->policy, ask_named, request, err);
	return status;
}

/* ---- the head ---- */

static enum mun_status
say(struct request *request, bool saved, struct mun_error *err)
{
	struct keeper *keeper = request->keeper;
	struct tool *tool = &keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	struct mun_buffer text = MUN_BUFFER_INIT(65536);
	struct mun_buffer vkey = MUN_BUFFER_INIT(65536);
	enum mun_status status = mun_vault_head(keeper->vault, &text, err);

	if (status == MUN_OK)
		status = mun_vault_log_vkey(keeper->vault, &vkey, err);
	if (status != MUN_OK)
		goto out;
	/* As it is, to be kept as it is: names in it were typed as keys, and
	 * are on a terminal escaped like all else. */
	if (!tool->json) {
		if (tool_is_terminal(1) && request->asked > 0)
			tool_print_bytes(tool, text.data, text.len);
		else
			mun_buffer_append(&tool->out, text.data, text.len);
		goto out;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "vault");
	mun_json_hex(
	    &json, keeper->info.fingerprint, sizeof(keeper->info.fingerprint));
	mun_json_key(&json, "tree_size");
	mun_json_unsigned(&json, keeper->info.log_size);
	mun_json_key(&json, "log_key");
	mun_json_text(&json, mun_buffer_text(&vkey));
	mun_json_key(&json, "checkpoint");
	tool_json_text(&json, mun_buffer_text(&text));
	if (request->save != NULL) {
		mun_json_key(&json, "saved");
		mun_json_boolean(&json, saved);
	}
	if (request->asked > 0)
		json_answers(request, &json);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
out:
	mun_buffer_free(&text);
	mun_buffer_free(&vkey);
	return status;
}

static int
work(struct request *request)
{
	struct keeper *keeper = request->keeper;
	struct mun_error err = MUN_ERROR_INIT;
	bool saved = false;

	/* what was typed wrongly is said before anybody is asked */
	request->is_dry = true;
	if ((request->save != NULL &&
		mun_vault_expect_outside(request->save, &err) != MUN_OK) ||
	    ask_all(request, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	request->is_dry = false;
	if (keeper_open(keeper, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	tool_catch_interrupts();
	if (ask_all(request, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	if (request->save != NULL &&
	    mun_vault_save_head(keeper->vault, request->save, &saved, &err) !=
		MUN_OK)
		return tool_fail(&keeper->tool, &err);
	if (say(request, saved, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return request->exit_status;
}

int
cmd_checkpoint(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper, .exit_status = TOOL_DONE };
	const struct tool_option options[] = {
		{ "save", 0, TOOL_TEXT, &request.save, "FILE",
		    "also keep it in FILE: a new file, or one that holds an\n"
		    "older head of this log, which it must extend" },
		{ "witness", 0, TOOL_TEXTS, &request.witnesses, "URL,KEY",
		    "have this witness cosign it first (C2SP tlog-witness);\n"
		    "KEY is the witness's, name+hex+base64; may be repeated" },
		{ "policy", 0, TOOL_TEXT, &request.policy, "FILE",
		    "ask every witness that this C2SP tlog-policy names with\n"
		    "a URL" },
		{ "proxy", 0, TOOL_TEXT, &request.proxy, "URL",
		    "reach witnesses through this proxy:\n"
		    "socks5h://127.0.0.1:9050 is Tor" },
		{ "ca-file", 0, TOOL_TEXT, &request.ca_file, "FILE",
		    "PEM file of the authorities that vouch for https hosts\n"
		    "(else the system's)" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Print the log's signed head, safe to publish. Whoever\n"
		    "keeps it can prove later that nothing was taken out of\n"
		    "the history before it (muniment-verify --checkpoint).\n"
		    "A witness that is asked learns the log's origin, its\n"
		    "size, and from where it is asked; nothing else.",
		.example =
		    "muniment checkpoint --save /media/stick/vault.checkpoint",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	char **operands;
	size_t count;
	int exit_status;

	if (tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		exit_status = work(&request);
	for (size_t i = 0; i < request.asked; i++)
		free(request.answers[i].url);
	free(request.answers);
	free(request.witnesses.text);
	return exit_status;
}
