/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_rotate.c - a key replaced by one that lies prepared beside it.
 *
 * The log decides whether a rotation happened: one that was cut off between
 * its event and the change-over of the keys folder is found done.
 */
#include "record/record_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

static enum mun_status
append_actor(struct mun_record *record, struct mun_detail *detail,
    struct mun_recorded *recorded, struct mun_error *err)
{
	const char *pem = mun_signer_certificate_pem(record->signer);
	struct mun_certificate *own = NULL;
	enum mun_status status;

	MUN_TRY(mun_record_load(record, NULL, err));
	if (mun_custody_find_actor(record->state.custody,
		mun_certificate_sha256(detail->certificate)) != NULL)
		goto out; /* done before */
	MUN_TRY(mun_certificate_from_pem(&own, pem, strlen(pem), true, err));
	memcpy(detail->actor, mun_certificate_sha256(own), MUN_SHA256_LEN);
	mun_detail_give(detail, MUN_DETAIL_ACTOR);
	MUN_TRY(mun_record_append_locked(record,
	    &(struct mun_record_parts){ .detail = detail }, recorded, err));
out:
	mun_certificate_free(own);
	return status;
}

enum mun_status
mun_record_rotate_actor(struct mun_record *record, const char *certificate_pem,
    struct mun_recorded *recorded, struct mun_error *err)
{
	struct mun_detail detail = { .type = MUN_EVENT_KEY_ROTATED };
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	*recorded = (struct mun_recorded){ .head_kept = true };
	MUN_TRY(mun_certificate_from_pem(&detail.certificate, certificate_pem,
	    strlen(certificate_pem), true, err));
	mun_detail_give(&detail, MUN_DETAIL_CERTIFICATE);
	MUN_TRY(mun_record_lock(record, &lock, err));
	status = append_actor(record, &detail, recorded, err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		mun_record_update_index(record, recorded);
out:
	mun_detail_clear(&detail);
	return status;
}

/* Whether the log has that key already. */
static bool
is_log_key(const struct mun_custody *custody, const uint8_t key[32])
{
	for (size_t i = 0; i < mun_custody_log_key_count(custody); i++)
		if (mun_bytes_equal(
			mun_custody_log_key(custody, i)->key, key, 32))
			return true;
	return false;
}

enum mun_status
mun_record_rotate_log_key(struct mun_record *record,
    struct mun_recorded *recorded, struct mun_error *err)
{
	const uint8_t *next = mun_signer_next_log_key(record->signer);
	struct mun_detail detail = { .type = MUN_EVENT_KEY_ROTATED };
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	*recorded = (struct mun_recorded){ .head_kept = true };
	if (next == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "no next log key lies prepared beside the one in use");
	memcpy(detail.log_key, next, sizeof(detail.log_key));
	mun_detail_give(&detail, MUN_DETAIL_LOG_KEY);
	MUN_TRY(mun_record_lock(record, &lock, err));
	status = mun_record_load(record, NULL, err);
	if (status == MUN_OK && !is_log_key(record->state.custody, next))
		status = mun_record_append_locked(record,
		    &(struct mun_record_parts){ .detail = &detail }, recorded,
		    err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		mun_record_update_index(record, recorded);
out:
	return status;
}

/* Without recovery: what that would remove was never committed. */
enum mun_status
mun_record_rotation_stands(struct mun_record *record,
    const char *certificate_pem, bool *stands, struct mun_error *err)
{
	const uint8_t *next = mun_signer_next_log_key(record->signer);
	struct mun_store *store = mun_vault_store(record->vault);
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	*stands = false;
	if (certificate_pem != NULL)
		MUN_TRY(mun_certificate_from_pem(&certificate, certificate_pem,
		    strlen(certificate_pem), true, err));
	MUN_TRY(mun_store_lock(store, &lock, MUN_RECORD_LOCK_WAIT_S, err));
	mun_record_state_clear(&record->state);
	MUN_TRY(mun_record_load(record, NULL, err));
	*stands = certificate != NULL
	    ? mun_custody_find_actor(record->state.custody,
		  mun_certificate_sha256(certificate)) != NULL
	    : next == NULL || is_log_key(record->state.custody, next);
out:
	mun_store_unlock(&lock);
	mun_certificate_free(certificate);
	return status;
}
