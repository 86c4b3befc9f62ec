/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_open.c - a vault is what entry 0 of its log says; vault.json is a copy
 * of that and has to agree.
 */
#include "vault/vault.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "vault/vault_opened.h"

/* Take origin, prefix and keys from entry 0, which has to be properly signed
 * by the certificate that it brings. */
static enum mun_status
read_founding(
    struct mun_vault *vault, struct mun_log *log, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	const char *rule;
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, 0, &der, err));
	MUN_TRY(mun_entry_unverified(&entry, der.data, der.len, err));
	rule = mun_entry_check(&entry, der.data, der.len);
	if (rule != NULL) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry 0 is not what its signer signed (%s)", rule);
		goto out;
	}
	MUN_TRY(mun_event_vault_created(&vault->created, &entry.event, err));
	memcpy(vault->origin, entry.event.origin, sizeof(vault->origin));
	memcpy(vault->fingerprint, entry.sha256, MUN_SHA256_LEN);
	mun_vkey_write(&vault->vkey, vault->origin, vault->created.log_key);
	status = mun_buffer_status(&vault->vkey, "log key", err);
out:
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	return status;
}

static enum mun_status
compare_copy(struct mun_vault *vault, struct mun_error *err)
{
	struct mun_buffer found = MUN_BUFFER_INIT(MUN_VAULT_JSON_MAX);
	struct mun_buffer wanted = MUN_BUFFER_INIT(MUN_VAULT_JSON_MAX);
	enum mun_status status;

	MUN_TRY(mun_store_read(vault->store, MUN_VAULT_JSON, &found, err));
	mun_vault_json_write(&wanted, vault->origin, vault->created.prefix,
	    vault->fingerprint, vault->created.log_key);
	MUN_TRY(mun_buffer_status(&wanted, MUN_VAULT_JSON, err));
	if (found.len != wanted.len ||
	    memcmp(found.data, wanted.data, wanted.len) != 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "'" MUN_VAULT_JSON "' does not say what log entry 0 says");
out:
	mun_buffer_free(&found);
	mun_buffer_free(&wanted);
	return status;
}

static enum mun_status
open_parts(struct mun_vault *vault, const char *path, struct mun_error *err)
{
	struct mun_log *log = NULL;
	enum mun_status status;
	bool has;

	MUN_TRY(mun_store_open(&vault->store, path, err));
	MUN_TRY(mun_store_has(vault->store, MUN_VAULT_JSON, &has, err));
	if (!has) {
		status = mun_error_set(
		    err, MUN_ERR_NOT_FOUND, "there is no vault here");
		goto out;
	}
	MUN_TRY(mun_log_open(&log, vault->store, err));
	vault->log_size = mun_log_checkpoint(log)->size;
	MUN_TRY(read_founding(vault, log, err));
	MUN_TRY(compare_copy(vault, err));
out:
	mun_log_close(log);
	return status;
}

enum mun_status
mun_vault_open(struct mun_vault **out, const char *path, struct mun_error *err)
{
	struct mun_vault *vault = calloc(1, sizeof(*vault));
	enum mun_status status;

	*out = NULL;
	if (vault == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	vault->vkey = (struct mun_buffer)MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	status = open_parts(vault, path, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "vault '%s'", path);
		mun_vault_close(vault);
		return status;
	}
	*out = vault;
	return MUN_OK;
}

void
mun_vault_close(struct mun_vault *vault)
{
	if (vault == NULL)
		return;
	mun_custody_free(vault->custody);
	mun_vault_created_clear(&vault->created);
	mun_buffer_free(&vault->vkey);
	mun_store_close(vault->store);
	free(vault);
}

void
mun_vault_get_info(const struct mun_vault *vault, struct mun_vault_info *info)
{
	info->path = mun_store_path(vault->store);
	info->origin = vault->origin;
	info->prefix = vault->created.prefix;
	memcpy(info->fingerprint, vault->fingerprint, MUN_SHA256_LEN);
	info->vkey = mun_buffer_text(&vault->vkey);
	info->log_size = vault->log_size;
}

struct mun_store *
mun_vault_store(const struct mun_vault *vault)
{
	return vault->store;
}

const struct mun_vault_created *
mun_vault_founding(const struct mun_vault *vault)
{
	return &vault->created;
}

enum mun_status
mun_vault_checkpoint(struct mun_vault *vault, struct mun_buffer *checkpoint,
    struct mun_error *err)
{
	struct mun_log *log = NULL;
	const void *bytes;
	enum mun_status status;
	size_t len;

	MUN_TRY(mun_log_open(&log, vault->store, err));
	bytes = mun_log_checkpoint_bytes(log, &len);
	mun_buffer_append(checkpoint, bytes, len);
	status = mun_buffer_status(checkpoint, "checkpoint", err);
out:
	mun_log_close(log);
	return status;
}
