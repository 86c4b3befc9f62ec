/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_key.c - muniment key: its verbs; muniment key list. */
#include "muniment/cmd_key.h"

#include <string.h>
#include <time.h>

#include "muniment/dispatch.h"

enum {
	DATE_MAX = 32
};

enum mun_status
key_folder(struct keeper *keeper, const char **folder, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	/* Only the default folder has the vault's name. */
	if (keeper->keys_given == NULL && tool_env("MUNIMENT_KEYS") == NULL)
		status = keeper_open(keeper, err);
	if (status == MUN_OK)
		status = keeper_find_keys(keeper,
		    keeper->vault == NULL ? "" : keeper->info.origin, err);
	*folder = mun_buffer_text(&keeper->keys);
	return status;
}

/* 2026-11-23 */
static const char *
date_of(int64_t utc_s, char text[DATE_MAX])
{
	const time_t time = (time_t)utc_s;
	struct tm parts;

	if (gmtime_r(&time, &parts) == NULL ||
	    strftime(text, DATE_MAX, "%Y-%m-%d", &parts) == 0)
		text[0] = '\0';
	return text;
}

static const char *
place_of(const struct mun_keys_info *info)
{
	if (info->is_on_token)
		return "on a token";
	return info->actor_is_encrypted
	    ? "behind a passphrase"
	    : "NOT ENCRYPTED: whoever has the file can sign";
}

static const char *
log_of(const struct mun_keys_info *info)
{
	if (!info->has_log_key)
		return "none: this actor cannot write to a log";
	return info->log_is_encrypted ? "there, behind a passphrase"
				      : "there, NOT ENCRYPTED";
}

void
key_say_info(struct tool *tool, const struct mun_keys_info *info)
{
	char from[DATE_MAX], to[DATE_MAX];

	tool_print(tool, "  actor        ");
	tool_print_bytes(tool, info->name.data, info->name.len);
	tool_print(tool, "\n  certificate  ");
	print_hex(
	    tool, info->certificate_sha256, sizeof(info->certificate_sha256));
	tool_print(tool, "\n  valid        %s to %s\n",
	    date_of(info->not_before_utc_s, from),
	    date_of(info->not_after_utc_s, to));
	tool_print(tool, "  key          %s, %s\n",
	    mun_keys_kind_text(info->kind), place_of(info));
	if (info->is_on_token) {
		tool_print(tool, "  token        ");
		tool_print_bytes(
		    tool, info->token_uri.data, info->token_uri.len);
		tool_print(tool, "\n");
	}
	tool_print(tool, "  log key      %s\n", log_of(info));
	if (info->has_next_actor || info->has_next_log)
		tool_print(tool,
		    "  under way    a rotation: a new %s%s%s lies beside\n",
		    info->has_next_actor ? "signing key" : "",
		    info->has_next_actor && info->has_next_log ? " and a new "
							       : "",
		    info->has_next_log ? "log key" : "");
	tool_print(tool, "  heads kept   of %zu %s\n", info->heads,
	    tool_plural(info->heads, "log", "logs"));
}

void
key_json_info(struct mun_json_writer *json, const struct mun_keys_info *info)
{
	mun_json_key(json, "actor");
	tool_json_text(json, mun_buffer_text(&info->name));
	mun_json_key(json, "certificate_sha256");
	mun_json_hex(
	    json, info->certificate_sha256, sizeof(info->certificate_sha256));
	mun_json_key(json, "kind");
	mun_json_text(json, mun_keys_kind_text(info->kind));
	mun_json_key(json, "not_before_utc_s");
	mun_json_signed(json, info->not_before_utc_s);
	mun_json_key(json, "not_after_utc_s");
	mun_json_signed(json, info->not_after_utc_s);
	mun_json_key(json, "encrypted");
	mun_json_boolean(json, info->actor_is_encrypted);
	mun_json_key(json, "token");
	tool_json_text(
	    json, info->is_on_token ? mun_buffer_text(&info->token_uri) : NULL);
	mun_json_key(json, "log_key");
	mun_json_boolean(json, info->has_log_key);
	mun_json_key(json, "log_key_encrypted");
	mun_json_boolean(json, info->log_is_encrypted);
	mun_json_key(json, "next_actor");
	mun_json_boolean(json, info->has_next_actor);
	mun_json_key(json, "next_log_key");
	mun_json_boolean(json, info->has_next_log);
	mun_json_key(json, "heads");
	mun_json_unsigned(json, info->heads);
}

static void
say_list(
    struct tool *tool, const char *folder, const struct mun_keys_info *info)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	if (!tool->json) {
		tool_print(tool, "Keys folder: ");
		tool_print_text(tool, folder);
		tool_print(tool, "\n");
		key_say_info(tool, info);
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "keys");
	tool_json_text(&json, folder);
	key_json_info(&json, info);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

int
cmd_key_list(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "",
		.summary = "Say whose keys a keys folder holds, and how they "
			   "are kept. No passphrase is\nneeded.",
		.example = "muniment key list --keys ~/keys/heron",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct mun_keys_info info = { .heads = 0 };
	struct mun_error err = MUN_ERROR_INIT;
	const char *folder;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (key_folder(keeper, &folder, &err) != MUN_OK ||
	    mun_keys_describe(folder, &info, &err) != MUN_OK) {
		exit_status = tool_fail(&keeper->tool, &err);
	} else {
		say_list(&keeper->tool, folder, &info);
		exit_status = TOOL_DONE;
	}
	mun_keys_info_free(&info);
	return exit_status;
}

int
cmd_key(struct keeper *keeper, int argc, char **argv)
{
	static const struct command list[] = {
		{ "new", "make keys for an actor", cmd_key_new },
		{ "import", "bring a key: PEM, PKCS#12, or a token's",
		    cmd_key_import },
		{ "rotate", "a new key in the place of the old",
		    cmd_key_rotate },
		{ "list", "whose keys these are, and how they are kept",
		    cmd_key_list },
		{ "backup", "all of them in one file, and on paper",
		    cmd_key_backup },
		{ "restore", "a keys folder from a backup", cmd_key_restore },
	};
	const struct verbs verbs = { .command = "key",
		.summary =
		    "Signing keys lie in a keys folder, one for each actor, "
		    "outside of the\nvault. --keys DIR says who acts.",
		.list = list,
		.count = sizeof(list) / sizeof(list[0]) };

	return dispatch_verb(keeper, &verbs, argc, argv);
}
