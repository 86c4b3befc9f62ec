/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * save.c - the head as a file that somebody keeps, and witnesses by policy.
 *
 * A kept head is only ever replaced by one that extends it: whoever rolls the
 * vault back does not roll back with it what was kept of it.
 */
#define _DEFAULT_SOURCE /* flock(2) */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "muniment/witness.h"
#include "vault/vault.h"
#include "witness/policy.h"
#include "witness/witness_internal.h"

enum mun_status
mun_witness_append_head(struct mun_store *store, const struct mun_log *log,
    struct mun_buffer *note, struct mun_error *err)
{
	struct mun_buffer cosigned = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	const struct mun_checkpoint *head = mun_log_checkpoint(log);
	struct mun_checkpoint found;
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;
	const void *bytes;
	size_t len;

	bytes = mun_log_checkpoint_bytes(log, &len);
	mun_witness_name(name, sizeof(name), head->size);
	status = mun_store_read(store, name, &cosigned, err);
	if (status == MUN_OK)
		status = mun_cosigned_parse(
		    &found, cosigned.data, cosigned.len, err);
	/* a damaged one is for the verifier to report */
	if (status == MUN_OK && found.body_len == head->body_len &&
	    mun_bytes_equal(cosigned.data, bytes, head->body_len))
		mun_buffer_append(note, cosigned.data, cosigned.len);
	else if (status == MUN_OK || status == MUN_ERR_NOT_FOUND ||
	    status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT)
		mun_buffer_append(note, bytes, len);
	else
		goto out;
	status = mun_buffer_status(note, "checkpoint", err);
out:
	mun_buffer_free(&cosigned);
	return status;
}

enum mun_status
mun_vault_head(
    struct mun_vault *vault, struct mun_buffer *note, struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(vault);
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, store, err));
	status = mun_witness_append_head(store, log, note, err);
out:
	mun_log_close(log);
	return status;
}

enum mun_status
mun_witness_check_extends(struct mun_vault *vault, struct mun_log *log,
    const struct mun_buffer *kept, struct mun_checkpoint *old,
    struct mun_error *err)
{
	const struct mun_checkpoint *head = mun_log_checkpoint(log);
	enum mun_status status;
	uint8_t key[32];
	uint64_t size = 0;
	bool extends;

	*old = (struct mun_checkpoint){ .size = 0 };
	status = mun_checkpoint_size(&size, kept->data, kept->len, err);
	/* a replaced key signs no later head, and a new one no earlier */
	if (status == MUN_OK) {
		MUN_TRY(mun_vault_log_key_at(vault, log, size, key, err));
		status = mun_checkpoint_parse_kept(
		    old, kept->data, kept->len, key, err);
	}
	if (status == MUN_ERR_FORMAT && size > head->size &&
	    strcmp(old->origin, head->origin) == 0)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: it holds a head of %llu entries, by a key that "
		    "this log (of %llu) does not have: this vault is an older "
		    "copy, from before its log key was replaced; keep that "
		    "head",
		    (unsigned long long)size, (unsigned long long)head->size);
	if (status == MUN_ERR_FORMAT ||
	    (status == MUN_OK &&
		(strcmp(old->origin, head->origin) != 0 ||
		    !mun_checkpoint_verify(old, kept->data, key))))
		return mun_error_set(err, MUN_ERR_EXISTS,
		    "it holds something else than a head of this log");
	MUN_TRY(status);
	MUN_TRY(mun_log_extends(log, old->size, &old->root, &extends, err));
	if (!extends)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log.stale: it holds a head of %llu entries that this log "
		    "(of %llu) does not extend: this vault is an older copy, "
		    "or its history was rewritten; keep that head",
		    (unsigned long long)old->size,
		    (unsigned long long)head->size);
out:
	return status;
}

/* Open and lock the folder that holds path, until the descriptor is closed:
 * two who save at once must not undo each other. */
static enum mun_status
lock_parent(const char *path, int *fd, const char **base, struct mun_error *err)
{
	struct mun_buffer folder = MUN_BUFFER_INIT(MUN_PATH_MAX);
	const char *slash = strrchr(path, '/');
	enum mun_status status;

	*base = slash == NULL ? path : slash + 1;
	if (slash == NULL)
		mun_buffer_append_text(&folder, ".");
	else
		mun_buffer_append(&folder, path, (size_t)(slash + 1 - path));
	MUN_TRY(mun_buffer_status(&folder, "path", err));
	*fd =
	    open(mun_buffer_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0 || flock(*fd, LOCK_EX) != 0)
		status = mun_error_system(
		    err, errno, "lock folder '%s'", mun_buffer_text(&folder));
out:
	mun_buffer_free(&folder);
	return status;
}

enum mun_status
mun_vault_save_head(struct mun_vault *vault, const char *path, bool *written,
    struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(vault);
	struct mun_buffer kept = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_checkpoint old = { .size = 0 };
	struct mun_log *log = NULL;
	const char *base;
	enum mun_status status;
	int fd = -1;

	*written = false;
	MUN_TRY(lock_parent(path, &fd, &base, err));
	MUN_TRY(mun_log_open(&log, store, err));
	MUN_TRY(mun_witness_append_head(store, log, &note, err));
	status = mun_file_read_whole(fd, base, &kept, err);
	if (status == MUN_OK)
		status =
		    mun_witness_check_extends(vault, log, &kept, &old, err);
	else if (status == MUN_ERR_NOT_FOUND)
		status = MUN_OK;
	else if (status == MUN_ERR_LIMIT)
		status = mun_error_set(err, MUN_ERR_EXISTS,
		    "it holds something else than a head of this log");
	MUN_TRY(status);
	/* of the same head, the one with more signatures stays */
	if (old.size == mun_log_checkpoint(log)->size && kept.len >= note.len)
		goto out;
	MUN_TRY(mun_file_replace(fd, base, note.data, note.len, 0644, err));
	*written = true;
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", path);
	mun_log_close(log);
	mun_buffer_free(&kept);
	mun_buffer_free(&note);
	mun_file_close(&fd);
	return status;
}

/* ---- witnesses by policy ---- */

enum mun_status
mun_witness_from_policy(const char *path, mun_witness_named *named, void *ctx,
    struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_POLICY_MAX);
	struct mun_buffer key = MUN_BUFFER_INIT(MUN_VKEY_MAX);
	struct mun_policy *policy = NULL;
	enum mun_status status;

	status = mun_file_read_whole(AT_FDCWD, path, &bytes, err);
	if (status == MUN_OK)
		status = mun_policy_parse(&policy, bytes.data, bytes.len, err);
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT) {
		status = MUN_ERR_USAGE;
		if (err != NULL)
			err->status = status;
	}
	if (status != MUN_OK)
		mun_error_wrap(err, "policy '%s'", path);
	MUN_TRY(status);
	for (size_t i = 0; i < policy->witness_count; i++) {
		const struct mun_policy_witness *witness =
		    &policy->witnesses[i];

		if (witness->url == NULL ||
		    witness->key.type != MUN_NOTE_COSIGNATURE)
			continue;
		mun_buffer_reset(&key);
		mun_note_key_write(&key, &witness->key);
		MUN_TRY(mun_buffer_status(&key, "a key", err));
		MUN_TRY(named(ctx, policy->nodes[witness->node].name,
		    witness->url, mun_buffer_text(&key), err));
	}
out:
	mun_policy_free(policy);
	mun_buffer_free(&bytes);
	mun_buffer_free(&key);
	return status;
}
