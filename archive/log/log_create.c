/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_create.c - entry 0, whose digest is the vault's fingerprint.
 *
 * Spec: docs/format/log.md, Types written by this version.
 */
#include <stdio.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "log/log_internal.h"
#include "muniment/keys.h"

/* The vault is to be founded by the one who signs, and its log signed by the
 * key that entry 0 names: nobody could append otherwise. */
static enum mun_status
check_created(const struct mun_log_commit *commit,
    const struct mun_vault_created *created, struct mun_error *err)
{
	if (!mun_bytes_equal(mun_certificate_sha256(created->certificate),
		mun_certificate_sha256(commit->certificate), MUN_SHA256_LEN) ||
	    !mun_bytes_equal(created->log_key,
		mun_signer_log_key(commit->signer), MUN_SHA256_LEN))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "vault-created event: not of the signer's own keys");
	return MUN_OK;
}

static enum mun_status
check_absent(struct mun_store *store, struct mun_error *err)
{
	enum mun_status status;
	bool has;

	status = mun_store_has(store, "log/checkpoint", &has, err);
	if (status == MUN_OK && has)
		return mun_error_set(
		    err, MUN_ERR_EXISTS, "there is a log already");
	return status;
}

enum mun_status
mun_log_create(struct mun_store *store, struct mun_signer *signer,
    const char *keys_folder, const char *origin,
    const struct mun_vault_created *created, struct mun_log_appended *appended,
    struct mun_error *err)
{
	struct mun_log_commit commit = MUN_LOG_COMMIT_INIT;
	struct mun_event event = MUN_EVENT_INIT;
	enum mun_status status;

	*appended = (struct mun_log_appended){ .seq = 0 };
	commit.store = store;
	commit.signer = signer;
	commit.keys_folder = keys_folder;
	commit.origin = origin;
	MUN_TRY(check_absent(store, err));
	MUN_TRY(mun_log_draft_certificate(&commit, err));
	MUN_TRY(check_created(&commit, created, err));
	MUN_TRY(mun_log_check_head(NULL, &commit, err));
	(void)snprintf(event.type, sizeof(event.type), "vault-created");
	mun_vault_created_write(created, &event.detail);
	MUN_TRY(mun_buffer_status(&event.detail, "event detail", err));
	MUN_TRY(mun_log_draft_time(
	    &event, MUN_CLOCK_EPOCH_UTC_S, &appended->clock_behind, err));
	MUN_TRY(mun_log_draft_sign(&commit, &event, err));
	MUN_TRY(mun_log_commit_run(&commit, appended, err));
out:
	mun_event_clear(&event);
	mun_log_commit_clear(&commit);
	return status;
}
