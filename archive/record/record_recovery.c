/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_recovery.c - the recovery certificate: which one the log has now, and
 * whether a signer signs with its key.
 *
 * What that key may sign is custody's to judge, as of any other.
 */
#include "record/record_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

enum {
	PEM_MAX = 2 * MUN_CERTIFICATE_MAX,
	NAME_MAX_LEN = sizeof("certs/.pem") + 2 * MUN_SHA256_LEN
};

bool
mun_record_is_recovery(const struct mun_record *record)
{
	const char *pem = mun_signer_certificate_pem(record->signer);
	struct mun_certificate *own = NULL;
	const struct mun_actor *actor = NULL;

	if (mun_certificate_from_pem(&own, pem, strlen(pem), true, NULL) ==
	    MUN_OK)
		actor = mun_custody_find_actor(
		    record->state.custody, mun_certificate_sha256(own));
	mun_certificate_free(own);
	return actor != NULL && actor->is_recovery;
}

static const struct mun_actor *
find(const struct mun_custody *custody)
{
	for (size_t i = 0; i < mun_custody_actor_count(custody); i++)
		if (mun_custody_actor(custody, i)->is_recovery)
			return mun_custody_actor(custody, i);
	return NULL;
}

/* From beside the log; that it is the one meant, its digest says. */
static enum mun_status
read_certificate(struct mun_vault *vault, const struct mun_actor *actor,
    struct mun_buffer *pem, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	struct mun_buffer bytes = MUN_BUFFER_INIT(PEM_MAX);
	char hex[2 * MUN_SHA256_LEN + 1], name[NAME_MAX_LEN];
	enum mun_status status;

	mun_hex_encode(hex, actor->sha256, MUN_SHA256_LEN);
	(void)snprintf(name, sizeof(name), "certs/%s.pem", hex);
	MUN_TRY(mun_store_read(mun_vault_store(vault), name, &bytes, err));
	MUN_TRY(mun_certificate_from_pem(
	    &certificate, bytes.data, bytes.len, true, err));
	if (!mun_bytes_equal(mun_certificate_sha256(certificate), actor->sha256,
		MUN_SHA256_LEN)) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' is another certificate than its name says", name);
		goto out;
	}
	mun_buffer_append(pem, bytes.data, bytes.len);
	status = mun_buffer_status(pem, "a certificate", err);
out:
	mun_certificate_free(certificate);
	mun_buffer_free(&bytes);
	return status;
}

enum mun_status
mun_record_recovery_certificate(
    struct mun_vault *vault, struct mun_buffer *pem, struct mun_error *err)
{
	struct mun_record_state state = { .custody = NULL };
	const struct mun_actor *actor;
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, mun_vault_store(vault), err));
	MUN_TRY(mun_record_state_load(&state, log, NULL, err));
	actor = find(state.custody);
	if (actor == NULL) {
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "this vault was made without a recovery key; make a "
		    "successor with 'muniment init DIR --continues VAULT'");
		goto out;
	}
	status = read_certificate(vault, actor, pem, err);
out:
	mun_record_state_clear(&state);
	mun_log_close(log);
	return status;
}
