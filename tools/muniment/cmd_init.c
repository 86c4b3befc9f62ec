/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_init.c - muniment init DIR. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "muniment/keeper.h"
#include "muniment/record.h"

enum {
	RECOVERY_PEM_MAX = 32768,
	CHECKPOINT_MAX = 65536,
	ORIGIN_MAX = 256
};

struct request {
	struct keeper *keeper;
	struct mun_vault_create_options options;
	const char *pseudonym, *recovery_file, *kind;
	bool no_passphrase, existing_keys;
	bool is_plain; /* the actor's key lies there unencrypted */
	struct mun_keys_options keys;
	char origin[ORIGIN_MAX];
	char recovery[RECOVERY_PEM_MAX]; /* its certificate */
	struct mun_buffer vault_path, keys_path;
	uint8_t fingerprint[32];
	bool made_recovery;
	const char *continues, *last_checkpoint, *authorities;
	struct mun_vault_predecessor predecessor;
};

/* The default keys folder has the origin's name, so it has to be known first.
 */
static enum mun_status
choose_origin(struct request *request, struct mun_error *err)
{
	enum mun_status status;

	if (request->options.origin != NULL)
		return MUN_OK;
	status = mun_vault_random_origin(
	    request->origin, sizeof(request->origin), err);
	request->options.origin = request->origin;
	return status;
}

static enum mun_status
choose_keys(struct request *request, struct mun_error *err)
{
	struct mun_keys_options *keys = &request->keys;
	enum mun_status status;

	keys->folder = request->options.keys_folder;
	keys->pseudonym = request->pseudonym;
	keys->allow_volatile = request->options.allow_volatile;
	keys->recovery_path = request->recovery_file;
	status = keeper_passphrase(&request->keeper->passphrase,
	    "New passphrase for the keys: ", &keys->passphrase, err);
	if (status == MUN_OK)
		status =
		    keeper_passphrase(&request->keeper->recovery.passphrase,
			"Passphrase for the recovery key: ",
			&keys->recovery_passphrase, err);
	keys->passphrase.none = request->no_passphrase;
	if (status == MUN_OK && request->kind != NULL)
		status =
		    mun_keys_kind_from_text(&keys->kind, request->kind, err);
	if (status == MUN_OK)
		status = keeper_check_new(request->recovery_file, err);
	return status;
}

/* Keys and, with them, the recovery key, whose certificate the drafted vault
 * has been waiting for. */
static enum mun_status
make_keys(
    struct request *request, struct mun_signer **signer, struct mun_error *err)
{
	struct mun_buffer recovery = MUN_BUFFER_INIT(RECOVERY_PEM_MAX - 1);
	enum mun_status status;

	request->made_recovery = request->recovery_file != NULL;
	status = mun_signer_create(signer, &request->keys, &recovery, err);
	(void)snprintf(request->recovery, sizeof(request->recovery), "%s",
	    mun_buffer_text(&recovery));
	mun_buffer_free(&recovery);
	return status;
}

static enum mun_status
make_vault(struct request *request, struct mun_error *err)
{
	struct mun_vault_draft *draft = NULL;
	struct mun_signer *signer = NULL;
	enum mun_status status;

	if (request->recovery_file != NULL)
		request->options.recovery_pem = request->recovery;
	request->options.recovery_path = request->recovery_file;
	status = mun_vault_draft_open(&draft, &request->options, err);
	if (status == MUN_OK)
		status = make_keys(request, &signer, err);
	if (status == MUN_OK)
		status = mun_vault_draft_finish(
		    draft, signer, request->fingerprint, err);
	mun_signer_close(signer);
	mun_vault_draft_close(draft);
	if (status != MUN_OK && request->made_recovery &&
	    request->recovery_file != NULL)
		(void)unlink(request->recovery_file);
	return status;
}

/* A vault for keys that 'key new' or 'key import' made. */
static enum mun_status
make_vault_for_keys(struct request *request, struct mun_error *err)
{
	struct mun_signer *signer = NULL;
	enum mun_status status;

	if (request->recovery_file != NULL || request->kind != NULL ||
	    request->no_passphrase)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "with --existing-keys no key is made, so that --recovery, "
		    "--key-kind and --no-passphrase mean nothing");
	status = keeper_open_signer(request->keeper, &signer, err);
	if (status == MUN_OK)
		status = mun_vault_create(
		    &request->options, signer, request->fingerprint, err);
	mun_signer_close(signer);
	return status;
}

/* Without an answer, the worse one. */
static void
look_at_keys(struct request *request)
{
	struct mun_keys_info info;

	request->is_plain = mun_keys_describe(request->options.keys_folder,
				&info, NULL) != MUN_OK ||
	    !(info.actor_is_encrypted || info.is_on_token);
	mun_keys_info_free(&info);
}

/* ---- a predecessor ---- */

/* Of a vault that is there, a kept head is held against it. */
static enum mun_status
read_predecessor(
    struct request *request, const char *path, struct mun_error *err)
{
	struct mun_buffer kept = MUN_BUFFER_INIT(CHECKPOINT_MAX);
	enum mun_status status = MUN_OK;

	if (request->last_checkpoint != NULL) {
		status = tool_read_file(request->last_checkpoint, &kept, err);
		if (status == MUN_OK)
			status = mun_vault_predecessor_kept(
			    &request->predecessor, kept.data, kept.len, err);
		if (status == MUN_ERR_FORMAT)
			mun_error_wrap(err, "'%s'", request->last_checkpoint);
	}
	if (status == MUN_OK && path != NULL)
		status = mun_vault_predecessor_at(&request->predecessor, path,
		    request->last_checkpoint != NULL ? &kept : NULL, err);
	mun_buffer_free(&kept);
	return status;
}

/* NULL, or why the options do not go together. */
static const char *
disagree(const struct request *request)
{
	const bool has_reason = request->predecessor.reason != NULL;

	if (request->continues == NULL &&
	    (has_reason || request->last_checkpoint != NULL))
		return "--reason and --last-checkpoint are of a vault that is "
		       "continued: name it with --continues";
	if (request->continues != NULL && !has_reason)
		return "say why the vault is continued, with --reason "
		       "key-lost, log-lost, forked, migrated or merged";
	return NULL;
}

/* Of a vault that is lost altogether, its fingerprint and a kept head. */
static enum mun_status
find_predecessor(struct request *request, struct mun_error *err)
{
	const char *wrong = disagree(request), *given = request->continues;
	enum mun_status status;

	if (wrong != NULL)
		return mun_error_set(err, MUN_ERR_USAGE, "%s", wrong);
	if (given == NULL)
		return MUN_OK;
	request->options.continues = &request->predecessor;
	if (strncmp(given, "vault:", 6) != 0)
		return read_predecessor(request, given, err);
	if (request->last_checkpoint == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "of a vault that is not there, its last known checkpoint "
		    "is needed: --last-checkpoint FILE");
	status =
	    mun_vault_predecessor_named(&request->predecessor, given + 6, err);
	if (status == MUN_OK)
		status = read_predecessor(request, NULL, err);
	return status;
}

/* Neither the vault nor its keys in another vault. */
static enum mun_status
check_places(const struct request *request, struct mun_error *err)
{
	struct mun_buffer above = MUN_BUFFER_INIT(65536);
	enum mun_status status;

	/* what is a vault already is said later */
	mun_buffer_append_text(&above, request->options.path);
	mun_buffer_append_text(&above, "/..");
	status = mun_buffer_status(&above, "the vault's path", err);
	if (status == MUN_OK)
		status = mun_vault_expect_outside(mun_buffer_text(&above), err);
	if (status == MUN_OK && !request->existing_keys)
		status =
		    mun_vault_expect_outside(request->options.keys_folder, err);
	mun_buffer_free(&above);
	return status;
}

static enum mun_status
make_all(struct request *request, struct mun_error *err)
{
	struct keeper *keeper = request->keeper;
	enum mun_status status = find_predecessor(request, err);

	if (status == MUN_OK && request->authorities != NULL)
		status = mun_record_read_authorities(
		    &request->options.time_stamp_authorities,
		    request->authorities, err);
	if (status == MUN_OK)
		status = choose_origin(request, err);
	if (status == MUN_OK)
		status = keeper_find_keys(keeper, request->options.origin, err);
	request->options.keys_folder = mun_buffer_text(&keeper->keys);
	if (status == MUN_OK)
		status = check_places(request, err);
	if (status == MUN_OK && request->existing_keys)
		return make_vault_for_keys(request, err);
	if (status == MUN_OK)
		status = choose_keys(request, err);
	if (status == MUN_OK)
		status = make_vault(request, err);
	return status;
}

/* Whoever reads it tomorrow stands elsewhere. */
static const char *
whole_path(const char *path, struct mun_buffer *storage)
{
	char *real = realpath(path, NULL);

	if (real == NULL)
		return path;
	mun_buffer_append_text(storage, real);
	free(real);
	return mun_buffer_text(storage);
}

/* An empty index, so that everything works at once.  Without it the vault is
 * one all the same. */
static void
make_index(struct request *request)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_vault *vault = NULL;
	enum mun_status status =
	    mun_vault_open(&vault, request->options.path, &err);

	if (status == MUN_OK)
		status = mun_index_rebuild(vault, &err);
	if (status != MUN_OK)
		tool_warn(&request->keeper->tool,
		    "the vault is made, but it has no index yet ('muniment "
		    "index rebuild' makes it): %s",
		    err.text);
	mun_vault_close(vault);
}

static void
say_json(const struct request *request)
{
	struct mun_json_writer json =
	    MUN_JSON_WRITER_INIT(&request->keeper->tool.out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "vault");
	mun_json_hex(&json, request->fingerprint, sizeof(request->fingerprint));
	mun_json_key(&json, "path");
	tool_json_text(&json, request->options.path);
	mun_json_key(&json, "origin");
	mun_json_text(&json, request->options.origin);
	mun_json_key(&json, "keys");
	tool_json_text(&json, request->options.keys_folder);
	mun_json_key(&json, "encrypted_keys");
	mun_json_boolean(&json, !request->is_plain);
	mun_json_key(&json, "recovery");
	tool_json_text(&json, request->recovery_file);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&request->keeper->tool.out, '\n');
}

static const char *
about_recovery(const struct request *request)
{
	const struct mun_passphrase *keys = &request->keys.passphrase;

	if (request->keys.recovery_passphrase.file != NULL)
		return "and keep its passphrase away from that of the keys.";
	if (keys->none)
		return "IT HAS NO PASSPHRASE.";
	if (keys->file != NULL || keys->has_fd)
		return "It has the passphrase of the keys, and is lost with "
		       "that (--recovery-passphrase-file).";
	return "and keep its passphrase away from that of the keys.";
}

static void
say(const struct request *request)
{
	struct tool *tool = &request->keeper->tool;

	if (tool->json) {
		say_json(request);
		return;
	}
	tool_print(tool, "The vault is made: ");
	tool_print_text(tool, request->options.path);
	tool_print(tool,
	    "\n\nWrite this down, on paper, away from this machine. It is the "
	    "vault\nfingerprint: by it alone others can tell this vault from "
	    "an imitation.\n\n");
	tool_print_fingerprint(tool, request->fingerprint, "    ");
	tool_print(tool, "\nYour keys are in ");
	tool_print_text(tool, request->options.keys_folder);
	tool_print(tool,
	    "\nWhoever has them can sign as you; without them nothing more can "
	    "be deposited\nhere. Copy the folder to a place that is not beside "
	    "the vault%s.\n",
	    request->is_plain ? ".\nTHE KEYS HAVE NO PASSPHRASE" : "");
	if (request->recovery_file != NULL) {
		tool_print(tool, "Take the recovery key off this machine: ");
		tool_print_text(tool, request->recovery_file);
		tool_print(tool, "\n%s\n", about_recovery(request));
	}
	tool_print(tool,
	    "\nThis vault is one copy, and it is not encrypted: keep more "
	    "copies, and put\nthem on encrypted disks.\n\nNext:\n"
	    "  muniment -C ");
	tool_print_word(tool, request->options.path);
	if (request->keeper->keys_given != NULL ||
	    tool_env("MUNIMENT_KEYS") != NULL) {
		tool_print(tool, " --keys ");
		tool_print_word(tool, request->options.keys_folder);
	}
	tool_print(tool, " deposit PATH...\n");
}

static int
parse(struct request *request, int argc, char **argv)
{
	struct keeper *keeper = request->keeper;
	const struct tool_option options[] = {
		{ "origin", 0, TOOL_TEXT, &request->options.origin, "NAME",
		    "a name for the log (else a random one)" },
		{ "prefix", 0, TOOL_TEXT, &request->options.prefix, "XPF",
		    "what archive names begin with (else random letters)" },
		{ "as", 0, TOOL_TEXT, &request->pseudonym, "PSEUDONYM",
		    "the name in your certificate (else: custodian)" },
		{ "recovery", 0, TOOL_TEXT, &request->recovery_file, "FILE",
		    "also make a recovery key, which may only replace keys,\n"
		    "enrol and revoke actors and change the policy, and put\n"
		    "it there: take it off this machine" },
		{ "recovery-passphrase-file", 0, TOOL_TEXT,
		    &keeper->recovery.passphrase.file, "FILE",
		    "its first line is the recovery key's passphrase (else it\n"
		    "is asked for, or is that of --passphrase-file)" },
		{ "keys", 0, TOOL_TEXT, &keeper->keys_given, "DIR",
		    "where the keys go (else $MUNIMENT_KEYS, else a folder\n"
		    "of this vault's own in your data folder)" },
		SIGNER_OPTIONS(keeper),
		{ "key-kind", 0, TOOL_TEXT, &request->kind, "KIND",
		    "of the signing key: p256 (else this), p384, rsa3072" },
		{ "existing-keys", 0, TOOL_FLAG, &request->existing_keys, NULL,
		    "make no keys: --keys holds some, with a log key of\n"
		    "their own, by 'key new' or 'key import'" },
		{ "no-passphrase", 0, TOOL_FLAG, &request->no_passphrase, NULL,
		    "do not encrypt the keys" },
		{ "time-stamp-authorities", 0, TOOL_TEXT, &request->authorities,
		    "N",
		    "by how many authorities heads are to be stamped (else "
		    "0)" },
		{ "continues", 0, TOOL_TEXT, &request->continues, "VAULT",
		    "be the successor of that vault, which is named for ever;\n"
		    "of one that is gone: vault:FINGERPRINT" },
		{ "last-checkpoint", 0, TOOL_TEXT, &request->last_checkpoint,
		    "FILE", "its last known head (else the one that it has)" },
		{ "reason", 0, TOOL_TEXT, &request->predecessor.reason,
		    "REASON",
		    "key-lost, log-lost, forked, migrated or merged" },
		{ "volatile", 0, TOOL_FLAG, &request->options.allow_volatile,
		    NULL, "accept folders that are lost at power-off" },
		TOOL_COMMON_OPTIONS(&keeper->tool),
	};
	const struct tool_usage usage = { .operands = "DIR",
		.summary = "Make a vault in a new or empty folder, its keys "
			   "elsewhere, and its first log\nentry.",
		.example = "muniment init /srv/vault --as Heron "
			   "--recovery /media/stick/recovery.key",
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
	request->options.path = operands[0];
	if (make_all(request, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	(void)snprintf(
	    keeper->tool.done, sizeof(keeper->tool.done), "the vault is made");
	make_index(request);
	look_at_keys(request);
	request->options.path =
	    whole_path(request->options.path, &request->vault_path);
	request->options.keys_folder =
	    whole_path(request->options.keys_folder, &request->keys_path);
	say(request);
	return TOOL_DONE;
}

int
cmd_init(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper,
		.pseudonym = "custodian",
		.vault_path = MUN_BUFFER_INIT(65536),
		.keys_path = MUN_BUFFER_INIT(65536) };
	int exit_status = parse(&request, argc, argv);

	mun_buffer_free(&request.vault_path);
	mun_buffer_free(&request.keys_path);
	return exit_status;
}
