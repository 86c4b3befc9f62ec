/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_key.c - which key signs the log's head: that of entry 0, until a
 * key-rotated entry replaces it.
 *
 * Looked for in the log itself, at a glance: an index that leaves out a
 * replaced key would have a stolen one believed.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "vault/vault_opened.h"

/* What does not fit is for the verifier to say; it has no effect here. */
static void
hear_nothing(void *ctx, const struct mun_remark *remark)
{
	(void)ctx;
	(void)remark;
}

/* Who may replace a key depends on who was enrolled and revoked. */
static bool
is_about_keys(const struct mun_buffer *der)
{
	struct mun_entry_glance glance;

	return !mun_entry_glance(&glance, der->data, der->len) ||
	    glance.type == MUN_EVENT_ACTOR_ENROLLED ||
	    glance.type == MUN_EVENT_ACTOR_REVOKED ||
	    glance.type == MUN_EVENT_KEY_ROTATED;
}

static enum mun_status
judge(const struct mun_vault *vault, const struct mun_entry *entry,
    uint64_t seq, const struct mun_buffer *der, struct mun_error *err)
{
	const struct mun_event *event = &entry->event;
	const char *rule = mun_entry_check(entry, der->data, der->len);

	if (rule == NULL &&
	    (event->seq != seq || strcmp(event->origin, vault->origin) != 0 ||
		!event->has_vault ||
		!mun_bytes_equal(
		    event->vault, vault->fingerprint, MUN_SHA256_LEN)))
		rule = "it is of another place or vault";
	if (rule == NULL)
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "log entry %llu is not what its signer signed (%s): run "
	    "'muniment verify'",
	    (unsigned long long)seq, rule);
}

static enum mun_status
follow(struct mun_vault *vault, uint64_t seq, const struct mun_buffer *der,
    struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail = { .type = MUN_EVENT_UNKNOWN };
	enum mun_status status;

	MUN_TRY(mun_entry_unverified(&entry, der->data, der->len, err));
	MUN_TRY(judge(vault, &entry, seq, der, err));
	MUN_TRY(mun_detail_read(&detail, &entry.event, err));
	status = mun_custody_apply(
	    vault->custody, &entry.event, entry.sha256, &detail, err);
out:
	mun_detail_clear(&detail);
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
begin(struct mun_vault *vault, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_custody_new(&vault->custody, hear_nothing, NULL, err));
	MUN_TRY(mun_custody_found(vault->custody, &vault->created, err));
	vault->custody_size = 1;
out:
	return status;
}

static enum mun_status
follow_log(struct mun_vault *vault, struct mun_log *log, uint64_t size,
    struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	enum mun_status status = MUN_OK;

	if (vault->custody == NULL)
		MUN_TRY(begin(vault, err));
	for (uint64_t seq = vault->custody_size; seq < size; seq++) {
		MUN_TRY(mun_log_entry(log, seq, &der, err));
		if (is_about_keys(&der))
			MUN_TRY(follow(vault, seq, &der, err));
		vault->custody_size = seq + 1;
	}
out:
	/* half of a log gives no key */
	if (status != MUN_OK) {
		mun_custody_free(vault->custody);
		vault->custody = NULL;
	}
	mun_buffer_free(&der);
	return status;
}

enum mun_status
mun_vault_log_key_at(struct mun_vault *vault, struct mun_log *log,
    uint64_t size, uint8_t key[32], struct mun_error *err)
{
	uint64_t known = mun_log_checkpoint(log)->size;
	const struct mun_log_key_fact *fact;
	enum mun_status status;

	MUN_TRY(follow_log(vault, log, size < known ? size : known, err));
	fact = mun_custody_log_key_at(vault->custody, size == 0 ? 1 : size);
	memcpy(key, fact->key, sizeof(fact->key));
out:
	return status;
}

enum mun_status
mun_vault_log_vkey(
    struct mun_vault *vault, struct mun_buffer *vkey, struct mun_error *err)
{
	struct mun_log *log = NULL;
	enum mun_status status;
	uint8_t key[32];

	MUN_TRY(mun_log_open(&log, vault->store, err));
	MUN_TRY(mun_vault_log_key_at(
	    vault, log, mun_log_checkpoint(log)->size, key, err));
	mun_vkey_write(vkey, vault->origin, key);
	status = mun_buffer_status(vkey, "log key", err);
out:
	mun_log_close(log);
	return status;
}
