/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_key_backup.c - muniment key backup, muniment key restore. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "muniment/card.h"
#include "muniment/cmd_key.h"

enum {
	TEXT_MAX = 262144
};

struct request {
	struct keeper *keeper;
	const char *path, *page_path;
	bool allow_plain;
};

/* The vault they belong to, if there is one at hand. */
static const uint8_t *
vault_of(struct keeper *keeper)
{
	if (keeper->vault == NULL && keeper_open(keeper, NULL) != MUN_OK)
		return NULL;
	return keeper->info.fingerprint;
}

static enum mun_status
write_page(const struct request *request, const char *folder, const char *text,
    const uint8_t *vault, struct mun_error *err)
{
	struct mun_buffer pieces = MUN_BUFFER_INIT(2 * TEXT_MAX);
	struct mun_buffer page = MUN_BUFFER_INIT(TOOL_TEXT_MAX);
	struct mun_keys_info info = { .heads = 0 };
	struct mun_card_backup card = { .vault = vault };
	enum mun_status status = mun_keys_describe(folder, &info, err);

	if (status == MUN_OK)
		status = mun_keys_split_backup(
		    text, MUN_CARD_PIECE_MAX, &pieces, &card.count, err);
	card.name = mun_buffer_text(&info.name);
	card.certificate_sha256 = info.certificate_sha256;
	card.pieces = mun_buffer_text(&pieces);
	if (status == MUN_OK)
		status = mun_card_backup(&page, &card, err);
	if (status == MUN_OK)
		status = keeper_write_new(request->page_path, &page, err);
	mun_keys_info_free(&info);
	mun_buffer_free(&page);
	mun_buffer_free(&pieces);
	return status;
}

static enum mun_status
back_up(const struct request *request, struct mun_error *err)
{
	struct mun_buffer text = MUN_BUFFER_INIT(TEXT_MAX);
	const char *folder;
	const uint8_t *vault;
	enum mun_status status = key_folder(request->keeper, &folder, err);

	if (status == MUN_OK && request->page_path != NULL &&
	    request->allow_plain)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "keys that are not encrypted are never put on paper");
	if (status == MUN_OK)
		status = keeper_check_new(request->path, err);
	if (status == MUN_OK)
		status = keeper_check_new(request->page_path, err);
	if (status != MUN_OK)
		return status;
	vault = vault_of(request->keeper);
	status = mun_keys_backup(
	    folder, request->path, vault, request->allow_plain, &text, err);
	if (status == MUN_OK && request->page_path != NULL) {
		status = write_page(
		    request, folder, mun_buffer_text(&text), vault, err);
		if (status != MUN_OK)
			(void)unlink(request->path);
	}
	mun_buffer_free(&text);
	return status;
}

static void
say_paths(
    struct tool *tool, const char *key, const char *path, const char *page_path)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	mun_json_begin_object(&json);
	mun_json_key(&json, key);
	tool_json_text(&json, path);
	mun_json_key(&json, "page");
	tool_json_text(&json, page_path);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

static void
say(const struct request *request)
{
	struct tool *tool = &request->keeper->tool;

	if (tool->json) {
		say_paths(tool, "backup", request->path, request->page_path);
		return;
	}
	tool_print(tool, "All keys of the folder are in ");
	tool_print_text(tool, request->path);
	if (request->page_path != NULL) {
		tool_print(tool, "\nand, to be printed, in ");
		tool_print_text(tool, request->page_path);
	}
	tool_print(tool,
	    "\n\nTake it off this machine. It opens with the passphrase that "
	    "the keys have now;\nkeep that elsewhere. The heads of logs are "
	    "not in it: after 'key restore', make\nsure that the vault is its "
	    "newest copy.\n");
}

int
cmd_key_backup(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper };
	const struct tool_option options[] = {
		{ "page", 0, TOOL_TEXT, &request.page_path, "FILE.html",
		    "also a page to print, with codes to scan" },
		{ "unencrypted", 0, TOOL_FLAG, &request.allow_plain, NULL,
		    "also of keys that have no passphrase" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "FILE",
		.summary = "Write all keys of a keys folder to one new file, "
			   "encrypted as they are.",
		.example = "muniment key backup /media/stick/heron.keys "
			   "--page /media/stick/heron.html",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	request.path = operands[0];
	if (back_up(&request, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	say(&request);
	return TOOL_DONE;
}

int
cmd_key_restore(struct keeper *keeper, int argc, char **argv)
{
	bool allow_volatile = false;
	const struct tool_option options[] = {
		{ "volatile", 0, TOOL_FLAG, &allow_volatile, NULL,
		    "accept a folder that is lost at power-off" },
		TOOL_COMMON_OPTIONS(&keeper->tool),
	};
	const struct tool_usage usage = { .operands = "FILE DIR",
		.summary = "Make the keys folder DIR from a backup, or from "
			   "what was scanned of a printed\none, in any order.",
		.example = "muniment key restore heron.keys ~/keys/heron",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 2,
		.operand_max = 2 };
	struct tool *tool = &keeper->tool;
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(
		tool, &usage, argc, argv, &operands, &count, &exit_status))
		return exit_status;
	if (mun_vault_expect_outside(operands[1], &err) != MUN_OK ||
	    mun_keys_restore(operands[0], operands[1], allow_volatile, &err) !=
		MUN_OK)
		return tool_fail(tool, &err);
	if (tool->json) {
		say_paths(tool, "keys", operands[1], NULL);
		return TOOL_DONE;
	}
	tool_print(tool, "The keys are restored: ");
	tool_print_text(tool, operands[1]);
	tool_print(tool,
	    "\nTheir passphrase is the one they had. Look at them with "
	    "'muniment key list'.\n");
	return TOOL_DONE;
}
