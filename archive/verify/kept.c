/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kept.c - holds today's log against what somebody kept of an earlier one: a
 * checkpoint, or the receipt of a deposit.
 *
 * This is what excludes a rollback or a fork.
 */
#include "verify/verify_internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

/* A receipt begins as no checkpoint does: its first line is no origin. */
static bool
is_like_receipt(const struct mun_buffer *bytes)
{
	static const char first[] = "c2sp.org/tlog-proof@v1\n";
	const size_t len = sizeof(first) - 1;

	return bytes->len >= len && mun_bytes_equal(bytes->data, first, len);
}

/* What was brought to compare with and is none says nothing of the evidence:
 * the one who brought it has to hear of that, and nothing else. */
static enum mun_status
refuse(const struct mun_kept *kept, const struct mun_buffer *bytes,
    struct mun_error *err)
{
	struct mun_error ignored = MUN_ERROR_INIT;

	if (kept->is_receipt &&
	    mun_checkpoint_check_kept(bytes->data, bytes->len, &ignored) ==
		MUN_OK)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is a checkpoint, not a receipt: give it with "
		    "--checkpoint; nothing was judged",
		    kept->path);
	if (!kept->is_receipt && is_like_receipt(bytes))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is a receipt, not a checkpoint: give it with "
		    "--receipt; nothing was judged",
		    kept->path);
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is no %s, or not whole: give the file as it was kept, byte "
	    "for byte, or leave it out; nothing was judged",
	    kept->path, kept->is_receipt ? "receipt" : "checkpoint");
}

/* Whoever signed it: that is judged, once there is a log. */
static enum mun_status
take(struct mun_kept *kept, const struct mun_buffer *bytes,
    struct mun_error *err)
{
	struct mun_buffer *note = &kept->receipt.checkpoint;
	enum mun_status status;

	if (kept->is_receipt) {
		MUN_TRY(mun_receipt_parse(
		    &kept->receipt, bytes->data, bytes->len, err));
	} else {
		mun_buffer_append(note, bytes->data, bytes->len);
		MUN_TRY(mun_buffer_status(note, "a checkpoint", err));
	}
	status = mun_checkpoint_check_kept(note->data, note->len, err);
out:
	return status;
}

static enum mun_status
load(struct mun_kept *kept, const char *path, bool is_receipt,
    struct mun_error *err)
{
	struct mun_buffer bytes =
	    MUN_BUFFER_INIT(is_receipt ? MUN_RECEIPT_MAX : MUN_NOTE_MAX);
	enum mun_status status;

	kept->path = path;
	kept->is_receipt = is_receipt;
	kept->receipt = (struct mun_receipt)MUN_RECEIPT_INIT;
	status = mun_file_read_whole(AT_FDCWD, path, &bytes, err);
	if (status == MUN_OK)
		status = take(kept, &bytes, err);
	if (mun_is_bad_data(status))
		status = refuse(kept, &bytes, err);
	else if (status != MUN_OK)
		mun_error_wrap(err, "%s '%s'",
		    is_receipt ? "receipt" : "checkpoint", path);
	mun_buffer_free(&bytes);
	return status;
}

enum mun_status
mun_kept_load(struct mun_kept_list *list,
    const struct mun_verify_options *options, struct mun_error *err)
{
	size_t count = options->checkpoint_count + options->receipt_count;
	enum mun_status status = MUN_OK;

	if (count == 0)
		return MUN_OK;
	list->items = calloc(count, sizeof(*list->items));
	if (list->items == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for receipts");
	for (size_t i = 0; i < options->checkpoint_count; i++)
		MUN_TRY(load(&list->items[list->count++],
		    options->checkpoints[i], false, err));
	for (size_t i = 0; i < options->receipt_count; i++)
		MUN_TRY(load(&list->items[list->count++], options->receipts[i],
		    true, err));
out:
	return status;
}

void
mun_kept_clear(struct mun_kept_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mun_receipt_clear(&list->items[i].receipt);
	free(list->items);
	list->items = NULL;
	list->count = 0;
}

const char *
mun_kept_fault(const struct mun_buffer *bytes, const struct mun_log_facts *log)
{
	struct mun_checkpoint checkpoint;
	struct mun_hash root;

	if (!mun_log_facts_take_kept(log, &checkpoint, bytes))
		return "it is not a checkpoint signed by this log's key";
	if (!mun_log_facts_root(log, checkpoint.size, &root))
		return "it has more entries than today's log: the log was "
		       "rolled back";
	if (!mun_bytes_equal(&root, &checkpoint.root, sizeof(root)))
		return "it is over other entries: the log was rewritten or "
		       "forked";
	return NULL;
}

/* NULL if the receipt's deposit is where it says. */
static const char *
receipt_fault(
    const struct mun_receipt *receipt, const struct mun_log_facts *log)
{
	const struct mun_entry_fact *entry;
	struct mun_checkpoint checkpoint;

	if (receipt->index >= log->entry_count)
		return "its entry is not in the log";
	entry = &log->entries[receipt->index];
	if (!mun_bytes_equal(entry->sha256, receipt->entry, MUN_SHA256_LEN))
		return "the log has another entry there";
	if (!mun_log_facts_take_kept(log, &checkpoint, &receipt->checkpoint))
		return "its checkpoint is not signed by this log's key";
	if (!mun_merkle_verify_inclusion(&entry->leaf, receipt->index,
		checkpoint.size, receipt->proof, receipt->proof_count,
		&checkpoint.root))
		return "its proof does not hold";
	for (size_t i = 0; i < log->deposit_count; i++)
		if (log->deposits[i].seq == receipt->index)
			return strcmp(log->deposits[i].subject.archive,
				   receipt->archive) == 0
			    ? NULL
			    : "its entry is of another archive";
	return "its entry is no deposit";
}

/* What a dossier cannot say: it was made before, or is of other archives. */
static bool
is_beyond(const struct mun_kept *kept, const struct mun_log_facts *log)
{
	struct mun_checkpoint checkpoint;

	if (!mun_log_facts_take_kept(
		log, &checkpoint, &kept->receipt.checkpoint))
		return false;
	return checkpoint.size > log->entry_count ||
	    (kept->is_receipt && kept->receipt.index < log->entry_count &&
		!log->entries[kept->receipt.index].known);
}

/* A receipt names its vault; a checkpoint is of the log whose key signed it. */
static bool
is_of(const struct mun_kept *kept, const struct mun_log_facts *log)
{
	struct mun_checkpoint checkpoint;

	return kept->is_receipt ? mun_bytes_equal(kept->receipt.vault,
				      log->fingerprint, MUN_SHA256_LEN)
				: mun_log_facts_take_kept(log, &checkpoint,
				      &kept->receipt.checkpoint);
}

/* Its checkpoint says that it is of the log of that name. */
static bool
has_origin(const struct mun_kept *kept, const char *origin)
{
	const struct mun_buffer *note = &kept->receipt.checkpoint;
	size_t len = strlen(origin);

	return !kept->is_receipt && note->len > len &&
	    note->data[len] == '\n' && mun_bytes_equal(note->data, origin, len);
}

void
mun_kept_judge(struct mun_verification *v, struct mun_kept_list *list,
    const struct mun_log_facts *log)
{
	for (size_t i = 0; i < list->count; i++) {
		struct mun_kept *kept = &list->items[i];
		const char *fault;

		if (!is_of(kept, log)) {
			kept->is_foreign = true;
			kept->is_unsigned |= has_origin(kept, log->origin);
			continue; /* another log may be its own */
		}
		if (log->is_part && is_beyond(kept, log)) {
			mun_judge(v, MUN_RULE_KEPT_UNUSED, false, kept->path,
			    "%s", "the dossier does not reach there");
			kept->judged = true;
			continue;
		}
		fault = mun_kept_fault(&kept->receipt.checkpoint, log);
		mun_judge(v, MUN_RULE_KEPT_EXTENDS, fault == NULL, kept->path,
		    "%s", fault == NULL ? "" : fault);
		if (kept->is_receipt) {
			fault = receipt_fault(&kept->receipt, log);
			mun_judge(v, MUN_RULE_RECEIPT_HOLDS, fault == NULL,
			    kept->path, "%s", fault == NULL ? "" : fault);
		}
		kept->judged = true;
	}
}

/* A receipt names its vault; a checkpoint begins with the origin of its log, up
 * to the line's end. */
static void
judge_foreign(struct mun_verification *v, const struct mun_kept *kept)
{
	const struct mun_buffer *note = &kept->receipt.checkpoint;
	char hex[2 * MUN_SHA256_LEN + 1];
	const uint8_t *end = memchr(note->data, '\n', note->len);

	mun_hex_encode(hex, kept->receipt.vault, MUN_SHA256_LEN);
	if (kept->is_receipt)
		mun_judge(v, MUN_RULE_KEPT_FOREIGN, false, kept->path,
		    "it is of vault:%s", hex);
	else
		mun_judge(v, MUN_RULE_KEPT_FOREIGN, false, kept->path,
		    "its log is '%.*s', with another key than a log given here",
		    end == NULL ? 0 : (int)(end - note->data),
		    (const char *)note->data);
}

void
mun_kept_judge_unused(
    struct mun_verification *v, const struct mun_kept_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct mun_kept *kept = &list->items[i];

		if (!kept->judged && kept->is_unsigned)
			mun_judge(v, MUN_RULE_KEPT_EXTENDS, false, kept->path,
			    "%s",
			    "the log of that name did not sign it: it is "
			    "damaged, or the log was replaced by another");
		else if (!kept->judged && kept->is_foreign)
			judge_foreign(v, kept);
		else if (!kept->judged)
			mun_judge(v, MUN_RULE_KEPT_UNUSED, false, kept->path,
			    "%s",
			    v->has_log
				? ""
				: "no log was given: an archive has none in "
				  "it, a vault and a dossier have");
	}
}
