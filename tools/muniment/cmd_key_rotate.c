/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_key_rotate.c - muniment key rotate: a new key in the place of the old.
 *
 * The new key is prepared before the log names it, so that no crash can lose
 * it.  One that this run made and the log refused is taken back; one that was
 * there before may be named by a newer copy of the vault, and stays.
 */
#define _DEFAULT_SOURCE /* flock */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "muniment/cmd_key.h"
#include "muniment/recorder.h"

enum {
	PEM_MAX = 65536
};

struct rotation {
	struct keeper *keeper;
	const char *kind, *pseudonym, *actor, *certificate_path, *new_recovery;
	bool log_key;
	bool is_made; /* the new key, by this run */
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
		rotation->is_made = status == MUN_OK;
		return status == MUN_ERR_EXISTS ? MUN_OK : status;
	}
	if (rotation->kind != NULL)
		status = mun_keys_kind_from_text(&kind, rotation->kind, err);
	if (status == MUN_OK)
		status =
		    mun_keys_prepare_actor(folder, kind, rotation->pseudonym,
			&rotation->passphrase, &rotation->certificate, err);
	rotation->is_made = status == MUN_OK;
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
	const struct mun_signer_options more = {
		.with_next_log = rotation->log_key,
		.log_is_optional = rotation->log_key &&
		    rotation->keeper->recovery.file != NULL,
	};
	struct recorder *recorder = &rotation->recorder;
	enum mun_status status = keeper_open_signer_with(
	    rotation->keeper, more, &recorder->signer, err);

	if (status == MUN_OK)
		status = mun_record_open(&recorder->record,
		    rotation->keeper->vault, recorder->signer,
		    mun_buffer_text(&rotation->keeper->keys), err);
	return status;
}

static enum mun_status
log_it(struct rotation *rotation, struct mun_error *err)
{
	struct mun_record *record = rotation->recorder.record;

	return rotation->log_key
	    ? mun_record_rotate_log_key(record, &rotation->recorded, err)
	    : mun_record_rotate_actor(record,
		  mun_buffer_text(&rotation->certificate), &rotation->recorded,
		  err);
}

/* After a refusal: a key that lies prepared would be asked about for ever. */
static void
take_back(struct rotation *rotation)
{
	struct mun_record *record = rotation->recorder.record;
	bool stands = false;

	if (!rotation->is_made)
		return;
	if (record != NULL &&
	    mun_record_rotation_stands(record,
		rotation->log_key ? NULL
				  : mun_buffer_text(&rotation->certificate),
		&stands, NULL) != MUN_OK)
		return;
	if (!stands)
		(void)!mun_keys_discard_next(
		    mun_buffer_text(&rotation->keeper->keys), rotation->log_key,
		    NULL);
}

static enum mun_status
adopt(struct rotation *rotation, struct mun_error *err)
{
	const char *folder = mun_buffer_text(&rotation->keeper->keys);
	enum mun_status status;

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

/* Nobody else is to use a key that is taken back.  Where a folder cannot be
 * locked, whoever uses it twice at once is asking for it. */
static enum mun_status
lock_keys(const char *folder, int *fd, struct mun_error *err)
{
	*fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd >= 0 && flock(*fd, LOCK_EX | LOCK_NB) != 0 &&
	    errno == EWOULDBLOCK)
		return mun_error_set(err, MUN_ERR_BUSY,
		    "another 'key rotate' is at work in '%s'", folder);
	return MUN_OK;
}

static enum mun_status
prepare_and_log(struct rotation *rotation, struct mun_error *err)
{
	enum mun_status status = prepare(rotation, err);

	if (status == MUN_OK)
		status = open_signer(rotation, err);
	if (status == MUN_OK)
		status = log_it(rotation, err);
	if (status != MUN_OK)
		take_back(rotation);
	return status;
}

static enum mun_status
rotate(struct rotation *rotation, struct mun_error *err)
{
	struct keeper *keeper = rotation->keeper;
	enum mun_status status = keeper_open(keeper, err);
	int lock = -1;

	if (status == MUN_OK)
		status = keeper_find_keys(keeper, keeper->info.origin, err);
	if (status == MUN_OK)
		status = keeper_passphrase(&keeper->passphrase,
		    "Passphrase of the keys: ", &rotation->passphrase, err);
	if (status == MUN_OK)
		status = lock_keys(mun_buffer_text(&keeper->keys), &lock, err);
	if (status == MUN_OK)
		status = prepare_and_log(rotation, err);
	if (status == MUN_OK)
		status = adopt(rotation, err);
	if (lock >= 0)
		(void)close(lock);
	return status;
}

/* An earlier try may have logged it: then seq is 0. */
static void
say(const struct rotation *rotation)
{
	struct tool *tool = &rotation->keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	const bool is_new = rotation->recorded.seq != 0;

	if (is_new)
		recorder_warn(tool, &rotation->recorded);
	if (!tool->json) {
		if (is_new)
			tool_print(tool, "Entry %" PRIu64 ": ",
			    rotation->recorded.seq);
		else
			tool_print(tool, "Logged by an earlier try: ");
		tool_print(tool,
		    "the %s key is replaced. Make a backup of the keys folder "
		    "now.\n",
		    rotation->log_key ? "log" : "signing");
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "seq");
	if (is_new)
		mun_json_unsigned(&json, rotation->recorded.seq);
	else
		mun_json_null(&json);
	mun_json_key(&json, "rotated");
	mun_json_text(&json, rotation->log_key ? "log" : "actor");
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

/* NULL, or why the options do not go together. */
static const char *
disagree(const struct rotation *rotation)
{
	const bool by_recovery = rotation->keeper->recovery.file != NULL;

	if ((rotation->actor != NULL) + (rotation->new_recovery != NULL) +
		rotation->log_key >
	    1)
		return "one key at a time: --actor, --log-key or "
		       "--new-recovery";
	if ((rotation->actor != NULL) != (rotation->certificate_path != NULL))
		return "--actor and --certificate go together: whose key is "
		       "lost, and the certificate of the new one";
	if (rotation->new_recovery != NULL && !by_recovery)
		return "only the recovery key replaces itself: give it with "
		       "--recovery";
	if (by_recovery && rotation->actor == NULL && !rotation->log_key &&
	    rotation->new_recovery == NULL)
		return "say which lost key the recovery key is to replace: "
		       "--actor with --certificate, --log-key or "
		       "--new-recovery";
	return NULL;
}

/* The exit status. */
static int
run(struct rotation *rotation)
{
	struct keeper *keeper = rotation->keeper;
	const char *wrong = disagree(rotation);
	struct mun_error err = MUN_ERROR_INIT;

	if (wrong != NULL)
		return tool_fail_with(
		    &keeper->tool, MUN_ERR_USAGE, "%s", wrong);
	if (rotation->actor != NULL)
		return key_replace_actor(
		    keeper, rotation->actor, rotation->certificate_path);
	if (rotation->new_recovery != NULL)
		return key_replace_recovery(keeper, rotation->new_recovery);
	if (rotate(rotation, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	say(rotation);
	return TOOL_DONE;
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
		{ "actor", 0, TOOL_TEXT, &rotation.actor, "ACTOR",
		    "replace a lost key: this actor's, by name or "
		    "fingerprint,\n"
		    "signed by you or the recovery key" },
		{ "certificate", 0, TOOL_TEXT, &rotation.certificate_path,
		    "FILE",
		    "with that: the new certificate, as 'key new' makes it" },
		{ "new-recovery", 0, TOOL_TEXT, &rotation.new_recovery, "FILE",
		    "replace the recovery key itself by a new one, made "
		    "there" },
		RECOVERY_OPTIONS(keeper),
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary =
		    "Make a new key, have the old one sign it in, and change "
		    "over.\nOnly a custodian may. What the old key signed "
		    "stands. A lost key is\nreplaced by a custodian or the "
		    "recovery key, the log's by that alone.",
		.example = "muniment key rotate --as 'Archive signer 2027-A'\n"
			   "muniment key rotate --log-key --recovery "
			   "/media/safe/recovery.key",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	exit_status = run(&rotation);
	recorder_close(&rotation.recorder);
	mun_buffer_free(&rotation.certificate);
	return exit_status;
}
