/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp_due.c - which entries no time-stamp covers, and how long what covers
 * the others will last.
 *
 * From the newest entry back to the first that is covered: an event stands at
 * the size that it stamps or later, so what is covered has no later news.
 * Where an index of the whole log knows no time-stamp, nothing is read.
 */
#include "stamp/stamp_internal.h"

#include <string.h>

#include "base/macros.h"
#include "base/system.h"
#include "base/time.h"
#include "log/detail.h"
#include "muniment/index.h"

enum {
	DAY_S = 86400
};

struct due {
	struct mun_stamp_due *out;
	struct mun_log *log;
	size_t stamp_count; /* of the event over the largest head */
	uint64_t stamps; /* time-stamp events met */
};

static enum mun_status
take_event(struct due *due, uint64_t seq, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail;
	enum mun_status status;

	MUN_TRY(mun_stamp_read_event(due->log, seq, &entry, err));
	if (mun_event_type_of(entry.event.type) != MUN_EVENT_TIME_STAMP)
		goto out;
	MUN_TRY(mun_detail_read(&detail, &entry.event, err));
	due->stamps++;
	if (detail.checkpoint_size > due->out->covered) {
		due->out->covered = detail.checkpoint_size;
		due->stamp_count = detail.stamp_count;
	}
	mun_detail_clear(&detail);
out:
	mun_entry_clear(&entry);
	return status;
}

/* ---- how long ---- */

static int64_t
expiry(struct mun_store *store, uint64_t size, unsigned number)
{
	struct mun_certificate *chain[MUN_STAMP_TRUST_MAX];
	struct mun_buffer pem =
	    MUN_BUFFER_INIT(mun_stamp_file_max(MUN_STAMP_CERTIFICATES));
	char name[MUN_TILE_NAME_MAX];
	int64_t first_utc_s = 0;
	size_t count = 0;

	mun_stamp_name(name, size, number, MUN_STAMP_CERTIFICATES);
	if (mun_store_read(store, name, &pem, NULL) == MUN_OK &&
	    mun_certificates_from_bundle(chain, MUN_STAMP_TRUST_MAX, &count,
		pem.data, pem.len, NULL) == MUN_OK)
		first_utc_s = mun_certificate_not_after(chain[0]);
	for (size_t i = 0; i < count; i++)
		mun_certificate_free(chain[i]);
	mun_buffer_free(&pem);
	return first_utc_s;
}

/* Of the authorities' own certificates, which are the first to go. */
static enum mun_status
find_expiry(struct due *due, struct mun_store *store, uint32_t days_ahead,
    struct mun_error *err)
{
	struct mun_stamp_due *out = due->out;
	int64_t now_utc_s;
	enum mun_status status;

	for (size_t i = 0; i < due->stamp_count; i++) {
		int64_t one = expiry(store, out->covered, (unsigned)i + 1);

		if (one != 0 &&
		    (out->expires_utc_s == 0 || one < out->expires_utc_s))
			out->expires_utc_s = one;
	}
	MUN_TRY(mun_system_clock(&now_utc_s, err));
	if (out->expires_utc_s != 0) {
		(void)mun_time_format(out->expires, out->expires_utc_s);
		out->expires_within = out->expires_utc_s <=
		    now_utc_s + (int64_t)days_ahead * DAY_S;
	}
out:
	return status;
}

/* ---- the whole ---- */

static enum mun_status
stop(void *ctx, const struct mun_index_event *event, struct mun_error *err)
{
	(void)event;
	*(bool *)ctx = true;
	return mun_error_set(err, MUN_ERR_CANCELED, "enough");
}

static bool
is_known_to_be_none(struct mun_vault *vault, uint64_t log_size)
{
	const struct mun_index_event_filter filter = { .type = "time-stamp" };
	struct mun_index *index = NULL;
	bool met = false, none;

	none = mun_index_open(&index, vault, NULL) == MUN_OK &&
	    mun_index_log_size(index) == log_size &&
	    mun_index_events(index, &filter, stop, &met, NULL) == MUN_OK &&
	    !met;
	mun_index_close(index);
	return none;
}

enum mun_status
mun_stamp_get_due(struct mun_vault *vault, uint32_t days_ahead,
    struct mun_stamp_due *out, struct mun_error *err)
{
	struct due due = { .out = out };
	enum mun_status status;

	*out = (struct mun_stamp_due){ .log_size = 0 };
	MUN_TRY(mun_log_open(&due.log, mun_vault_store(vault), err));
	out->log_size = mun_log_checkpoint(due.log)->size;
	out->pending = out->log_size;
	if (is_known_to_be_none(vault, out->log_size))
		goto out;
	for (uint64_t seq = out->log_size; seq > out->covered; seq--)
		MUN_TRY(take_event(&due, seq - 1, err));
	out->pending = out->log_size - out->covered - due.stamps;
	status = find_expiry(&due, mun_vault_store(vault), days_ahead, err);
out:
	mun_log_close(due.log);
	return status;
}
