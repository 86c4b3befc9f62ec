/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_key_rotate.c - muniment key rotate: a new key in the place of the old. */
#include <inttypes.h>
#include <stdio.h>

#include "muniment/cmd_key.h"
#include "muniment/recorder.h"

enum {
	PEM_MAX = 65536
};

struct rotation {
	struct keeper *keeper;
	const char *kind, *pseudonym;
	bool log_key;
	struct mun_buffer certificate;
	struct mun_passphrase passphrase;
	struct recorder recorder;
	struct mun_recorded recorded;
};

/* What an earlier try prepared is used; else something new. */
static enum mun_status
prepare(struct rotation *rotation, struct mun_error *err)
{
	const char *folder = mun_buffer_text(&rotation->keeper->keys);
	enum mun_keys_kind kind = MUN_KEYS_P256;
	enum mun_status status = MUN_OK;
	uint8_t key[32];

	if (rotation->log_key) {
		status = mun_keys_prepare_log(
		    folder, &rotation->passphrase, key, err);
		return status == MUN_ERR_EXISTS ? MUN_OK : status;
	}
	if (rotation->kind != NULL)
		status = mun_keys_kind_from_text(&kind, rotation->kind, err);
	if (status == MUN_OK)
		status =
		    mun_keys_prepare_actor(folder, kind, rotation->pseudonym,
			&rotation->passphrase, &rotation->certificate, err);
	if (status == MUN_ERR_EXISTS) {
		mun_buffer_reset(&rotation->certificate);
		status = mun_keys_read_next_actor(
		    folder, &rotation->certificate, err);
	}
	return status;
}

static enum mun_status
open_signer(struct rotation *rotation, struct mun_error *err)
{
	const struct mun_signer_options options = {
		.folder = mun_buffer_text(&rotation->keeper->keys),
		.passphrase = rotation->passphrase,
		.with_next_log = rotation->log_key,
		.environment = tool_module_environment(),
	};
	struct recorder *recorder = &rotation->recorder;
	enum mun_status status =
	    mun_signer_open_with(&recorder->signer, &options, err);

	if (status == MUN_OK)
		status =
		    mun_record_open(&recorder->record, rotation->keeper->vault,
			recorder->signer, options.folder, err);
	return status;
}

static enum mun_status
log_and_adopt(struct rotation *rotation, struct mun_error *err)
{
	const char *folder = mun_buffer_text(&rotation->keeper->keys);
	struct mun_record *record = rotation->recorder.record;
	enum mun_status status;

	status = rotation->log_key
	    ? mun_record_rotate_log_key(record, &rotation->recorded, err)
	    : mun_record_rotate_actor(record,
		  mun_buffer_text(&rotation->certificate), &rotation->recorded,
		  err);
	if (status != MUN_OK)
		return status;
	/* the old key is not needed by a process that still has it open */
	recorder_close(&rotation->recorder);
	status = rotation->log_key ? mun_keys_adopt_log(folder, err)
				   : mun_keys_adopt_actor(folder, err);
	if (status != MUN_OK)
		mun_error_wrap(err,
		    "the rotation is logged; say the same again to change "
		    "over");
	return status;
}

static enum mun_status
rotate(struct rotation *rotation, struct mun_error *err)
{
	struct keeper *keeper = rotation->keeper;
	enum mun_status status = keeper_open(keeper, err);

	if (status == MUN_OK)
		status = keeper_find_keys(keeper, keeper->info.origin, err);
	if (status == MUN_OK)
		status = keeper_passphrase(&keeper->passphrase,
		    "Passphrase of the keys: ", &rotation->passphrase, err);
	if (status == MUN_OK)
		status = prepare(rotation, err);
	if (status == MUN_OK)
		status = open_signer(rotation, err);
	if (status == MUN_OK)
		status = log_and_adopt(rotation, err);
	return status;
}

static void
say(const struct rotation *rotation)
{
	struct tool *tool = &rotation->keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	if (!tool->json) {
		tool_print(tool,
		    "Entry %" PRIu64 ": the %s key is replaced. Make a backup "
		    "of the keys folder now.\n",
		    rotation->recorded.seq,
		    rotation->log_key ? "log" : "signing");
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "seq");
	mun_json_unsigned(&json, rotation->recorded.seq);
	mun_json_key(&json, "rotated");
	mun_json_text(&json, rotation->log_key ? "log" : "actor");
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

int
cmd_key_rotate(struct keeper *keeper, int argc, char **argv)
{
	struct rotation rotation = { .keeper = keeper,
		.pseudonym = "custodian",
		.certificate = MUN_BUFFER_INIT(PEM_MAX),
		.recorder = { .keeper = keeper } };
	const struct tool_option options[] = {
		{ "log-key", 0, TOOL_FLAG, &rotation.log_key, NULL,
		    "the log's key instead of yours; others who write to this\n"
		    "log need a copy of the new one" },
		{ "as", 0, TOOL_TEXT, &rotation.pseudonym, "PSEUDONYM",
		    "the name in the new certificate (else: custodian)" },
		{ "kind", 0, TOOL_TEXT, &rotation.kind, "KIND",
		    "p256 (else), p384 or rsa3072" },
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Make a new key, have the old one sign it in, and change "
		    "over.\nOnly a custodian may. What the old key signed "
		    "stands.",
		.example = "muniment key rotate --as 'Archive signer 2027-A'",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status = TOOL_DONE;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (rotate(&rotation, &err) == MUN_OK)
		say(&rotation);
	else
		exit_status = tool_fail(&keeper->tool, &err);
	recorder_close(&rotation.recorder);
	mun_buffer_free(&rotation.certificate);
	return exit_status;
}
