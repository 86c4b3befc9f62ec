/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_key_replace.c - muniment key rotate --actor, --new-recovery: a key that
 * somebody else's signature replaces, because the old one is lost.
 */
#include <stdio.h>
#include <unistd.h>

#include "muniment/cmd_key.h"
#include "muniment/recorder.h"

enum {
	ABOUT_MAX = 256,
	PEM_MAX = 65536,
	HEX_LEN = 64
};

static int
replace(struct keeper *keeper, const char *actor, const char *pem,
    const char *about)
{
	struct recorder_words fields = { .count = 0 };
	struct mun_record_request request = { .type = "key-rotated",
		.certificate_pem = pem };

	recorder_add(&fields, "actor", actor);
	request.fields = fields.list;
	request.field_count = fields.count;
	return record_one(keeper, &request, about);
}

int
key_replace_actor(
    struct keeper *keeper, const char *actor, const char *certificate_path)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	char about[ABOUT_MAX];
	int exit_status;

	(void)snprintf(about, sizeof(about),
	    "the key of %s is replaced; the new certificate is %s", actor,
	    certificate_path);
	if (tool_read_file(certificate_path, &pem, &err) != MUN_OK)
		exit_status = tool_fail(&keeper->tool, &err);
	else
		exit_status =
		    replace(keeper, actor, mun_buffer_text(&pem), about);
	mun_buffer_free(&pem);
	return exit_status;
}

/* ---- the recovery key by itself ---- */

static enum mun_status
see_recovery(
    void *ctx, const struct mun_record_actor *actor, struct mun_error *err)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = ctx;

	(void)err;
	if (actor->enrolled_seq != 0 || actor->role[0] != 'r')
		return MUN_OK;
	for (size_t i = 0; i < sizeof(actor->certificate); i++) {
		hex[2 * i] = digits[actor->certificate[i] >> 4];
		hex[2 * i + 1] = digits[actor->certificate[i] & 15];
	}
	return MUN_OK;
}

static enum mun_status
make_recovery(struct keeper *keeper, const char *path, struct mun_buffer *pem,
    struct mun_error *err)
{
	struct mun_passphrase passphrase;
	enum mun_status status = keeper_check_new(path, err);

	if (status == MUN_OK)
		status = keeper_passphrase(&keeper->recovery.passphrase,
		    "Passphrase for the new recovery key: ", &passphrase, err);
	if (status == MUN_OK)
		status = mun_keys_create_recovery(path, &passphrase, pem, err);
	return status;
}

int
key_replace_recovery(struct keeper *keeper, const char *path)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(PEM_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	char hex[HEX_LEN + 1] = "", about[ABOUT_MAX];
	enum mun_status status = keeper_open(keeper, &err);
	int exit_status;

	if (status == MUN_OK)
		status =
		    mun_record_actors(keeper->vault, see_recovery, hex, &err);
	if (status == MUN_OK)
		status = make_recovery(keeper, path, &pem, &err);
	if (status != MUN_OK) {
		mun_buffer_free(&pem);
		return tool_fail(&keeper->tool, &err);
	}
	(void)snprintf(about, sizeof(about),
	    "the recovery key is replaced; take the new one off this machine: "
	    "%s",
	    path);
	exit_status = replace(keeper, hex, mun_buffer_text(&pem), about);
	if (exit_status != TOOL_DONE)
		(void)unlink(path);
	mun_buffer_free(&pem);
	return exit_status;
}
