/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_fingerprint.c - muniment fingerprint. */
#include "muniment/card.h"
#include "muniment/keeper.h"

static void
say_fingerprint(struct keeper *keeper)
{
	struct tool *tool = &keeper->tool;
	const struct mun_vault_info *info = &keeper->info;

	tool_print(tool, "vault:");
	print_hex(tool, info->fingerprint, sizeof(info->fingerprint));
	tool_print(tool,
	    "\n\nThe same for writing down and reading "
	    "aloud:\n");
	tool_print_fingerprint(tool, info->fingerprint, "  ");
}

/* The key that others are to be given is the one in force; the founding one
 * stands in entry 0 for ever, and may be a thief's by now. */
static enum mun_status
json_fingerprint(struct keeper *keeper, struct mun_error *err)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&keeper->tool.out);
	struct mun_buffer vkey = MUN_BUFFER_INIT(TOOL_TEXT_MAX);
	const struct mun_vault_info *info = &keeper->info;
	enum mun_status status = mun_vault_log_vkey(keeper->vault, &vkey, err);

	if (status != MUN_OK)
		goto out;
	mun_json_begin_object(&json);
	mun_json_key(&json, "vault");
	mun_json_hex(&json, info->fingerprint, sizeof(info->fingerprint));
	mun_json_key(&json, "origin");
	mun_json_text(&json, info->origin);
	mun_json_key(&json, "prefix");
	mun_json_text(&json, info->prefix);
	mun_json_key(&json, "log_key");
	mun_json_text(&json, mun_buffer_text(&vkey));
	mun_json_key(&json, "founding_log_key");
	mun_json_text(&json, info->vkey);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&keeper->tool.out, '\n');
out:
	mun_buffer_free(&vkey);
	return status;
}

static enum mun_status
write_card(struct keeper *keeper, const char *path, struct mun_error *err)
{
	struct mun_buffer page = MUN_BUFFER_INIT(TOOL_TEXT_MAX);
	enum mun_status status = keeper_check_new(path, err);

	if (status == MUN_OK)
		status = mun_card_fingerprint(
		    &page, keeper->info.fingerprint, keeper->info.origin, err);
	if (status == MUN_OK)
		status = keeper_write_new(path, &page, err);
	mun_buffer_free(&page);
	return status;
}

int
cmd_fingerprint(struct keeper *keeper, int argc, char **argv)
{
	const char *card = NULL;
	const struct tool_option options[] = {
		{ "card", 0, TOOL_TEXT, &card, "FILE.html",
		    "also write it as a card to print, with a code to scan" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Print the vault fingerprint: the one number by which\n"
		    "others can tell this vault from any imitation. Print it,\n"
		    "read it aloud, lodge it with a notary.",
		.example = "muniment fingerprint --card card.html",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (keeper_open(keeper, &err) != MUN_OK ||
	    (card != NULL && write_card(keeper, card, &err) != MUN_OK))
		return tool_fail(&keeper->tool, &err);
	if (!keeper->tool.json)
		say_fingerprint(keeper);
	else if (json_fingerprint(keeper, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return TOOL_DONE;
}
