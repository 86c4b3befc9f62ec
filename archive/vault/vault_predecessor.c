/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_predecessor.c - what a successor says of the vault before it: which
 * one that was, and up to where.
 *
 * It is said for ever, and signed: of a vault that is there, nothing is taken
 * but what its log's keys signed.
 *
 * Spec: docs/format/log.md, vault-created, `continues`.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "custody/custody.h"
#include "digest/digest.h"
#include "vault/vault.h"

enum mun_status
mun_vault_predecessor_kept(struct mun_vault_predecessor *out,
    const void *checkpoint, size_t len, struct mun_error *err)
{
	struct mun_checkpoint read;
	enum mun_status status;

	MUN_TRY(mun_checkpoint_parse(&read, checkpoint, len, err));
	mun_sha256_of(out->checkpoint, checkpoint, len);
out:
	return status;
}

enum mun_status
mun_vault_predecessor_named(struct mun_vault_predecessor *out,
    const char *fingerprint, struct mun_error *err)
{
	if (mun_hex_decode(
		out->vault, MUN_SHA256_LEN, fingerprint, strlen(fingerprint)))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is no vault fingerprint: 64 hex digits", fingerprint);
}

/* ---- a vault that is there ---- */

/* Its log, read once: the tree over it, and the keys that it gives. */
struct reading {
	const struct mun_vault *vault;
	struct mun_log *log;
	struct mun_vault_info info;
	struct mun_merkle_frontier tree;
	struct mun_custody *custody;
};

static enum mun_status
take_event(struct reading *reading, const struct mun_entry *entry,
    struct mun_error *err)
{
	struct mun_detail detail;
	enum mun_status status;

	if (entry->event.seq == 0)
		return mun_custody_found(
		    reading->custody, mun_vault_founding(reading->vault), err);
	MUN_TRY(mun_detail_read(&detail, &entry->event, err));
	if (detail.subject.archive[0] == '\0') /* who acts, with which keys */
		status = mun_custody_apply(reading->custody, &entry->event,
		    entry->sha256, &detail, err);
	mun_detail_clear(&detail);
out:
	return status;
}

static enum mun_status
take_entry(struct reading *reading, uint64_t seq, const struct mun_buffer *der,
    struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_hash leaf;
	enum mun_status status;
	const char *rule;

	mun_merkle_leaf(&leaf, der->data, der->len);
	mun_merkle_add(&reading->tree, &leaf);
	MUN_TRY(mun_entry_unverified(&entry, der->data, der->len, err));
	rule = mun_entry_check(&entry, der->data, der->len);
	if (rule == NULL && entry.event.seq != seq)
		rule = "event.order";
	if (rule == NULL && seq != 0 &&
	    !mun_bytes_equal(
		entry.event.vault, reading->info.fingerprint, MUN_SHA256_LEN))
		rule = "event.vault";
	if (rule != NULL) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "log entry %llu is not what its signer signed here (%s)",
		    (unsigned long long)seq, rule);
		goto out;
	}
	MUN_TRY(take_event(reading, &entry, err));
out:
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
read_log(struct reading *reading, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	enum mun_status status;
	uint64_t size;

	MUN_TRY(
	    mun_log_open(&reading->log, mun_vault_store(reading->vault), err));
	MUN_TRY(mun_custody_new(&reading->custody, NULL, NULL, err));
	size = mun_log_checkpoint(reading->log)->size;
	for (uint64_t seq = 0; seq < size; seq++) {
		MUN_TRY(mun_log_entry(reading->log, seq, &der, err));
		MUN_TRY(take_entry(reading, seq, &der, err));
	}
out:
	mun_buffer_free(&der);
	return status;
}

/* Whether that log's keys of its size signed it. */
static bool
is_signed(const struct reading *reading, const struct mun_checkpoint *head,
    const void *bytes)
{
	const struct mun_log_key_fact *key =
	    mun_custody_log_key_at(reading->custody, head->size);
	const struct mun_log_key_fact *before = head->size < 2
	    ? NULL
	    : mun_custody_log_key_at(reading->custody, head->size - 1);

	if (key == NULL || strcmp(head->origin, reading->info.origin) != 0 ||
	    !mun_checkpoint_verify(head, bytes, key->key))
		return false;
	return !head->has_outgoing ||
	    (before != NULL &&
		mun_checkpoint_verify_outgoing(head, bytes, before->key));
}

static enum mun_status
judge_head(const struct reading *reading, struct mun_error *err)
{
	const struct mun_checkpoint *head = mun_log_checkpoint(reading->log);
	struct mun_hash root;
	size_t len;

	mun_merkle_root(&reading->tree, &root);
	if (mun_bytes_equal(root.bytes, head->root.bytes, sizeof(root.bytes)) &&
	    is_signed(
		reading, head, mun_log_checkpoint_bytes(reading->log, &len)))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_CRYPTO,
	    "its head is not the signed one of its entries, so that it cannot "
	    "be named; give the last one known to be good, and the fingerprint "
	    "alone: --continues vault:FINGERPRINT --last-checkpoint FILE");
}

static enum mun_status
judge_kept(const struct reading *reading, const struct mun_buffer *kept,
    const char *reason, struct mun_error *err)
{
	struct mun_checkpoint head;
	enum mun_status status;
	bool extends = true;

	MUN_TRY(mun_checkpoint_parse(&head, kept->data, kept->len, err));
	if (!is_signed(reading, &head, kept->data)) {
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "the last checkpoint given is not one of that vault: its "
		    "origin or its key is another");
		goto out;
	}
	/* of a log that was cut back, the later head is the one to name */
	if (head.size <= mun_log_checkpoint(reading->log)->size)
		MUN_TRY(mun_log_extends(
		    reading->log, head.size, &head.root, &extends, err));
	if (!extends && (reason == NULL || strcmp(reason, "forked") != 0))
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "that vault's log does not extend the last checkpoint "
		    "given; if there are two histories, say --reason forked");
out:
	return status;
}

enum mun_status
mun_vault_predecessor_at(struct mun_vault_predecessor *out, const char *path,
    const struct mun_buffer *kept, struct mun_error *err)
{
	struct reading reading = { .tree = MUN_MERKLE_FRONTIER_INIT };
	struct mun_vault *vault = NULL;
	enum mun_status status;
	const void *head;
	size_t len;

	MUN_TRY(mun_vault_open(&vault, path, err));
	reading.vault = vault;
	mun_vault_get_info(vault, &reading.info);
	status = read_log(&reading, err);
	if (status == MUN_OK)
		status = judge_head(&reading, err);
	if (status == MUN_OK && kept != NULL)
		status = judge_kept(&reading, kept, out->reason, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "'%s'", path);
		goto out;
	}
	head = mun_log_checkpoint_bytes(reading.log, &len);
	memcpy(out->vault, reading.info.fingerprint, MUN_SHA256_LEN);
	if (kept != NULL)
		mun_sha256_of(out->checkpoint, kept->data, kept->len);
	else
		mun_sha256_of(out->checkpoint, head, len);
out:
	mun_custody_free(reading.custody);
	mun_log_close(reading.log);
	mun_vault_close(vault);
	return status;
}
