/* SPDX-License-Identifier: BSD-2-Clause */
/* record_actors.c - the actors of a vault, as its log has them. */
#include "record/record_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/time.h"

/* Room for as many as there are certificates. */
static size_t
list_before(const struct mun_custody *custody, const struct mun_actor *actor,
    struct mun_record_certificate *before)
{
	size_t all = mun_custody_certificate_count(custody), count = 0;

	for (size_t i = 0; i < all; i++) {
		const struct mun_actor_key *key = mun_custody_key(custody, i);

		if (key->actor != actor || !key->is_replaced)
			continue;
		before[count] = (struct mun_record_certificate){
			.name = key->name,
			.first_seq = key->first_seq,
			.last_seq = key->replaced_seq,
		};
		memcpy(
		    before[count++].certificate, key->sha256, MUN_SHA256_LEN);
	}
	return count;
}

static enum mun_status
tell(const struct mun_actor *actor, const struct mun_record_certificate *before,
    size_t before_count, mun_record_actor_visit *visit, void *ctx,
    struct mun_error *err)
{
	char since[MUN_TIME_TEXT_LEN + 1] = "";
	struct mun_record_actor told = {
		.name = actor->name,
		.before = before,
		.before_count = before_count,
		.role = actor->is_recovery
		    ? "recovery"
		    : mun_detail_word(MUN_DETAIL_ROLE, actor->role),
		.enrolled_seq = actor->seq,
		.is_revoked = actor->is_revoked,
		.reason = actor->is_revoked
		    ? mun_detail_word(MUN_DETAIL_REASON, actor->reason)
		    : "",
		.revoked_seq = actor->revoked_seq,
		.contested = actor->is_contested
		    ? mun_detail_word(MUN_DETAIL_REASON, actor->contested)
		    : "",
		.contested_seq = actor->contested_seq,
		.since = since,
	};

	if (actor->is_contested)
		(void)mun_time_format(since, actor->since_utc_s);
	for (size_t i = 0; i < sizeof(told.certificate); i++)
		told.certificate[i] = actor->sha256[i];
	return visit(ctx, &told, err);
}

enum mun_status
mun_record_actors(struct mun_vault *vault, mun_record_actor_visit *visit,
    void *ctx, struct mun_error *err)
{
	struct mun_record_state state = { .custody = NULL };
	struct mun_record_certificate *before = NULL;
	const struct mun_actor *actor;
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, mun_vault_store(vault), err));
	MUN_TRY(mun_record_state_load(&state, log, NULL, err));
	before = calloc(
	    mun_custody_certificate_count(state.custody), sizeof(*before));
	if (before == NULL)
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the actors");
	MUN_TRY(status);
	for (size_t i = 0; i < mun_custody_actor_count(state.custody); i++) {
		actor = mun_custody_actor(state.custody, i);
		MUN_TRY(tell(actor, before,
		    list_before(state.custody, actor, before), visit, ctx,
		    err));
	}
out:
	free(before);
	mun_record_state_clear(&state);
	mun_log_close(log);
	return status;
}
