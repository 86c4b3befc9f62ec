/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_create.c - a whole vault in a folder that was taken for it: folders,
 * log with entry 0, certificates, and last vault.json, by which it is seen.
 */
#include "vault/vault_draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/system.h"
#include "manifest/manifest.h"
#include "muniment/keys.h"

/* ---- names nobody chose ---- */

enum mun_status
mun_vault_random_origin(char *out, size_t size, struct mun_error *err)
{
	uint8_t bytes[8];
	char digits[2 * sizeof(bytes) + 1];
	enum mun_status status;

	MUN_TRY(mun_system_random(bytes, sizeof(bytes), err));
	mun_hex_encode(digits, bytes, sizeof(bytes));
	(void)snprintf(out, size, "muniment.invalid/%s", digits);
out:
	return status;
}

static enum mun_status
random_prefix(char out[MUN_PREFIX_MAX + 1], struct mun_error *err)
{
	unsigned count = 0;

	while (count < 3) {
		enum mun_status status;
		uint8_t byte;

		status = mun_system_random(&byte, 1, err);
		if (status != MUN_OK)
			return status;
		if (byte < 26 * 9) /* no letter more likely than another */
			out[count++] = (char)('A' + byte % 26);
	}
	out[count] = '\0';
	return MUN_OK;
}

static enum mun_status
choose_names(const struct mun_vault_create_options *options,
    char origin[MUN_ORIGIN_MAX + 1], char prefix[MUN_PREFIX_MAX + 1],
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (options->origin == NULL)
		MUN_TRY(
		    mun_vault_random_origin(origin, MUN_ORIGIN_MAX + 1, err));
	else
		(void)snprintf(
		    origin, MUN_ORIGIN_MAX + 1, "%s", options->origin);
	if (options->prefix == NULL)
		MUN_TRY(random_prefix(prefix, err));
	else
		(void)snprintf(
		    prefix, MUN_PREFIX_MAX + 1, "%s", options->prefix);
out:
	return status;
}

static enum mun_status
check_names(
    const struct mun_vault_create_options *options, struct mun_error *err)
{
	if (options->origin != NULL && !mun_origin_is_valid(options->origin))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "origin '%s' is not 1 to %d of A-Z a-z 0-9 . _ / -",
		    options->origin, MUN_ORIGIN_MAX);
	if (options->continues != NULL &&
	    !mun_continues_reason_is_known(options->continues->reason))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no reason for a successor: it is key-lost, "
		    "log-lost, forked, migrated or merged",
		    options->continues->reason);
	if (options->prefix != NULL && !mun_prefix_is_valid(options->prefix))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "prefix '%s' is not a capital letter and 1 to %d more of "
		    "A-Z 0-9",
		    options->prefix, MUN_PREFIX_MAX - 1);
	return MUN_OK;
}

/* ---- parts ---- */

static enum mun_status
make_folders(int vault_fd, struct mun_error *err)
{
	static const char *const folders[] = { "archives", "incoming", "log",
		"certs", "crls" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (mkdirat(vault_fd, folders[i], 0700) != 0)
			return mun_error_system(
			    err, errno, "make folder '%s'", folders[i]);
	}
	if (fsync(vault_fd) != 0)
		return mun_error_system(err, errno, "sync folder");
	return MUN_OK;
}

static enum mun_status
put_certificate(struct mun_store *store,
    const struct mun_certificate *certificate, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(2 * MUN_CERTIFICATE_MAX);
	char digits[2 * MUN_SHA256_LEN + 1], name[128];
	enum mun_status status;

	mun_hex_encode(
	    digits, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	(void)snprintf(name, sizeof(name), "certs/%s.pem", digits);
	mun_certificate_write_pem(certificate, &pem);
	MUN_TRY(mun_buffer_status(&pem, name, err));
	status = mun_store_put_new(store, name, pem.data, pem.len, err);
out:
	mun_buffer_free(&pem);
	return status;
}

static enum mun_status
read_certificates(struct mun_vault_created *created,
    const struct mun_vault_draft *draft, const struct mun_signer *signer,
    struct mun_error *err)
{
	const char *pem = mun_signer_certificate_pem(signer);
	const char *recovery = draft->options.recovery_pem;
	enum mun_status status;

	MUN_TRY(mun_certificate_from_pem(
	    &created->certificate, pem, strlen(pem), true, err));
	if (recovery != NULL)
		MUN_TRY(mun_certificate_from_pem(
		    &created->recovery, recovery, strlen(recovery), true, err));
	memcpy(created->log_key, mun_signer_log_key(signer),
	    sizeof(created->log_key));
out:
	return status;
}

static void
take_predecessor(struct mun_vault_created *created,
    const struct mun_vault_predecessor *predecessor)
{
	created->continues = predecessor != NULL;
	if (predecessor == NULL)
		return;
	memcpy(created->continues_vault, predecessor->vault, MUN_SHA256_LEN);
	memcpy(created->continues_checkpoint, predecessor->checkpoint,
	    MUN_SHA256_LEN);
	(void)snprintf(created->continues_reason,
	    sizeof(created->continues_reason), "%s", predecessor->reason);
}

static enum mun_status
put_parts(struct mun_store *store, struct mun_vault_draft *draft,
    struct mun_signer *signer, struct mun_vault_created *created,
    uint8_t fingerprint[MUN_SHA256_LEN], struct mun_error *err)
{
	struct mun_buffer json = MUN_BUFFER_INIT(MUN_VAULT_JSON_MAX);
	struct mun_log_appended appended;
	char origin[MUN_ORIGIN_MAX + 1];
	enum mun_status status;

	MUN_TRY(choose_names(&draft->options, origin, created->prefix, err));
	MUN_TRY(put_certificate(store, created->certificate, err));
	if (created->recovery != NULL)
		MUN_TRY(put_certificate(store, created->recovery, err));
	MUN_TRY(mun_log_create(
	    store, signer, draft->keys, origin, created, &appended, err));
	memcpy(fingerprint, appended.sha256, MUN_SHA256_LEN);
	mun_vault_json_write(
	    &json, origin, created->prefix, fingerprint, created->log_key);
	MUN_TRY(mun_buffer_status(&json, MUN_VAULT_JSON, err));
	status =
	    mun_store_put_new(store, MUN_VAULT_JSON, json.data, json.len, err);
out:
	mun_buffer_free(&json);
	return status;
}

/* ---- the calls ---- */

static enum mun_status
draft_new(struct mun_vault_draft **out,
    const struct mun_vault_create_options *options, bool keys_are_new,
    struct mun_error *err)
{
	struct mun_vault_draft *draft;
	enum mun_status status;

	*out = NULL;
	MUN_TRY(check_names(options, err));
	draft = calloc(1, sizeof(*draft));
	if (draft == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	draft->options = *options;
	draft->fd = draft->mark = -1;
	draft->path = strdup(options->path);
	draft->keys = strdup(options->keys_folder);
	if (draft->path == NULL || draft->keys == NULL)
		status = mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	else
		status = mun_vault_draft_take(draft, keys_are_new, err);
	if (status != MUN_OK) {
		mun_vault_draft_close(draft);
		goto out;
	}
	*out = draft;
out:
	return status;
}

enum mun_status
mun_vault_draft_open(struct mun_vault_draft **out,
    const struct mun_vault_create_options *options, struct mun_error *err)
{
	return draft_new(out, options, true, err);
}

enum mun_status
mun_vault_draft_finish(struct mun_vault_draft *draft, struct mun_signer *signer,
    uint8_t fingerprint[MUN_SHA256_LEN], struct mun_error *err)
{
	struct mun_vault_created created = { .certificate = NULL };
	struct mun_store *store = NULL;
	enum mun_status status;

	MUN_TRY(make_folders(draft->fd, err));
	MUN_TRY(mun_store_open(&store, draft->path, err));
	MUN_TRY(read_certificates(&created, draft, signer, err));
	created.time_stamp_authorities = draft->options.time_stamp_authorities;
	take_predecessor(&created, draft->options.continues);
	MUN_TRY(put_parts(store, draft, signer, &created, fingerprint, err));
	MUN_TRY(mun_file_sync_parent(AT_FDCWD, draft->path, err));
	draft->is_finished = true;
	(void)unlinkat(draft->fd, MUN_VAULT_UNFINISHED, 0);
	(void)fsync(draft->fd);
	if (draft->keys_marked)
		mun_vault_unmark_keys(draft->keys);
out:
	mun_store_close(store);
	mun_vault_created_clear(&created);
	return status;
}

enum mun_status
mun_vault_create(const struct mun_vault_create_options *options,
    struct mun_signer *signer, uint8_t fingerprint[MUN_SHA256_LEN],
    struct mun_error *err)
{
	struct mun_vault_draft *draft = NULL;
	enum mun_status status;

	MUN_TRY(draft_new(&draft, options, false, err));
	status = mun_vault_draft_finish(draft, signer, fingerprint, err);
out:
	mun_vault_draft_close(draft);
	return status;
}

void
mun_vault_remove_marks(struct mun_vault *vault, const char *keys_folder)
{
	int fd = mun_store_fd(mun_vault_store(vault));

	(void)unlinkat(fd, MUN_VAULT_UNFINISHED, 0);
	mun_vault_unmark_keys(keys_folder);
}
