/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_stamps.c - a time-stamp event: its files first, then the entry that
 * binds them, then the mark that told them apart from litter goes.
 *
 * Spec: docs/format/time-stamp.md, Files.
 */
#include "record/record_internal.h"

#include <string.h>

#include "base/macros.h"
#include "digest/digest.h"

static void
digest_of(uint8_t out[MUN_SHA256_LEN], const struct mun_buffer *bytes)
{
	mun_sha256_of(
	    out, bytes->len == 0 ? (const void *)"" : bytes->data, bytes->len);
}

static void
bind(struct mun_stamp *stamp, const struct mun_stamp_bytes *bytes)
{
	digest_of(stamp->query, bytes->files[0]);
	digest_of(stamp->token, bytes->files[1]);
	digest_of(stamp->certificates, bytes->files[2]);
	digest_of(stamp->crls, bytes->files[3]);
}

static enum mun_status
append(struct mun_record *record, const struct mun_detail *detail,
    const struct mun_buffer *checkpoint, const struct mun_stamp_bytes *stamps,
    struct mun_recorded *recorded, struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(record->vault);
	enum mun_status status;

	MUN_TRY(mun_log_put_stamps(store, detail->checkpoint_size, checkpoint,
	    stamps, detail->stamp_count, err));
	status = mun_record_append_locked(record,
	    &(struct mun_record_parts){ .detail = detail }, recorded, err);
	/* what this cannot do, the next writer does */
	if (mun_log_settle_stamps(store, NULL) != MUN_OK)
		return status;
out:
	return status;
}

enum mun_status
mun_record_stamps(struct mun_record *record, uint64_t size,
    const struct mun_buffer *checkpoint, const struct mun_stamp_bytes *stamps,
    size_t stamp_count, struct mun_recorded *recorded, struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	struct mun_stamp digests[MUN_STAMPS_MAX];
	struct mun_detail detail = { .type = MUN_EVENT_TIME_STAMP,
		.checkpoint_size = size,
		.stamps = digests,
		.stamp_count = stamp_count };
	enum mun_status status;

	MUN_ASSERT(stamp_count >= 1 && stamp_count <= MUN_STAMPS_MAX);
	*recorded = (struct mun_recorded){ .seq = 0 };
	digest_of(detail.checkpoint_sha256, checkpoint);
	for (size_t i = 0; i < stamp_count; i++)
		bind(&digests[i], &stamps[i]);
	mun_detail_give(&detail, MUN_DETAIL_CHECKPOINT);
	mun_detail_give(&detail, MUN_DETAIL_STAMPS);
	MUN_TRY(mun_record_lock(record, &lock, err));
	status = append(record, &detail, checkpoint, stamps, recorded, err);
	mun_store_unlock(&lock);
	if (status == MUN_OK)
		mun_record_update_index(record, recorded);
out:
	return status;
}
