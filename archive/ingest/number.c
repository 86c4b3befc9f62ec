/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * number.c - under the writer's lock: finish what a dead writer began, clear
 * what it left, and take the lowest number that nobody has or had.
 *
 * An archive is removed only if the log does not name it and the folder of the
 * deposit that made it is still in incoming/ without a living owner: it was
 * published by a deposit that died before its commit.  Any other archive
 * unknown to the log stays, and muniment-verify names it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "ingest/ingest_internal.h"
#include "muniment/keys.h"

enum {
	LOCK_WAIT_S = 60
};

struct numbers {
	const char *prefix;
	uint64_t *items; /* owned */
	size_t count, capacity;
};

static enum mun_status
add_number(struct numbers *numbers, uint64_t number, struct mun_error *err)
{
	if (numbers->count == numbers->capacity) {
		size_t capacity = numbers->capacity * 2 + 64;
		uint64_t *grown =
		    realloc(numbers->items, capacity * sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
		numbers->items = grown;
		numbers->capacity = capacity;
	}
	numbers->items[numbers->count++] = number;
	return MUN_OK;
}

static bool
has_number(const struct numbers *numbers, uint64_t number)
{
	for (size_t i = 0; i < numbers->count; i++) {
		if (numbers->items[i] == number)
			return true;
	}
	return false;
}

/* The number in an id of this vault's prefix; 0 if it is none. */
static uint64_t
number_of(const char *prefix, const char *id, size_t len)
{
	char found[MUN_PREFIX_MAX + 1];
	uint64_t number;

	if (!mun_archive_id_parse(id, len, found, &number) ||
	    strcmp(found, prefix) != 0)
		return 0;
	return number;
}

/* ---- what the log names ---- */

static enum mun_status
add_logged_entry(struct numbers *numbers, struct mun_log *log, uint64_t seq,
    struct mun_buffer *der, struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_deposit_subject subject;
	enum mun_status status;
	uint64_t number;

	MUN_TRY(mun_log_entry(log, seq, der, err));
	MUN_TRY(mun_entry_unverified(&entry, der->data, der->len, err));
	if (strcmp(entry.event.type, "deposit") != 0)
		goto out;
	MUN_TRY(mun_event_deposit(&subject, &entry.event, err));
	number = number_of(
	    numbers->prefix, subject.archive, strlen(subject.archive));
	if (number != 0)
		status = add_number(numbers, number, err);
out:
	mun_entry_clear(&entry);
	return status;
}

static enum mun_status
add_logged(
    struct numbers *numbers, struct mun_store *store, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_log *log = NULL;
	enum mun_status status;
	uint64_t size;

	MUN_TRY(mun_log_open(&log, store, err));
	size = mun_log_checkpoint(log)->size;
	for (uint64_t seq = 1; seq < size; seq++)
		MUN_TRY(add_logged_entry(numbers, log, seq, &der, err));
out:
	mun_log_close(log);
	mun_buffer_free(&der);
	return status;
}

/* ---- what dead deposits left ---- */

struct sweeping {
	struct mun_store *store;
	const struct numbers *logged;
};

static enum mun_status
remove_orphan(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct sweeping *sweeping = ctx;
	const char *id = name + strlen("incoming/");
	char archive[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status = MUN_OK;
	uint64_t number;
	bool live;

	(void)size;
	number = number_of(sweeping->logged->prefix, id, strlen(id));
	if (kind != MUN_STORE_FOLDER || number == 0 ||
	    has_number(sweeping->logged, number))
		return MUN_OK;
	MUN_TRY(mun_store_incoming_live(sweeping->store, id, &live, err));
	if (live)
		goto out;
	mun_vault_archive_name(archive, id);
	status = mun_store_remove(sweeping->store, archive, err);
out:
	return status;
}

/* ---- what is there ---- */

static enum mun_status
add_archive(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct numbers *numbers = ctx;
	const char *base = name + strlen("archives/");
	size_t len = strlen(base);
	uint64_t number;

	(void)kind;
	(void)size;
	if (len <= 4 || strcmp(base + len - 4, ".tar") != 0)
		return MUN_OK;
	number = number_of(numbers->prefix, base, len - 4);
	return number == 0 ? MUN_OK : add_number(numbers, number, err);
}

static enum mun_status
add_incoming(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct numbers *numbers = ctx;
	const char *id = name + strlen("incoming/");
	uint64_t number = number_of(numbers->prefix, id, strlen(id));

	(void)kind;
	(void)size;
	return number == 0 ? MUN_OK : add_number(numbers, number, err);
}

static int
compare_numbers(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static uint64_t
lowest_free(struct numbers *numbers)
{
	uint64_t free_number = 1;

	if (numbers->count > 0)
		qsort(numbers->items, numbers->count, sizeof(uint64_t),
		    compare_numbers);
	for (size_t i = 0; i < numbers->count; i++) {
		if (numbers->items[i] == free_number)
			free_number++;
	}
	return free_number;
}

/* ---- the signer's own head ---- */

/* Whether the log extends what this signer signed last.  The same is asked
 * again when the event is signed; asked here, a restored backup is refused
 * before anything is touched and before hours of packing. */
static enum mun_status
check_head(struct mun_ingest *run, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer vkey = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	const struct mun_checkpoint *now;
	struct mun_checkpoint head;
	struct mun_merkle_source source;
	struct mun_log *log = NULL;
	struct mun_hash root;
	enum mun_status status;

	MUN_TRY(mun_vault_log_vkey(run->deposit->vault, &vkey, err));
	status = mun_keys_read_head(run->deposit->options.keys_folder,
	    mun_buffer_text(&vkey), &bytes, err);
	if (status == MUN_ERR_NOT_FOUND) {
		status = MUN_OK;
		goto out;
	}
	if (status != MUN_OK)
		goto out;
	MUN_TRY(mun_checkpoint_parse(&head, bytes.data, bytes.len, err));
	MUN_TRY(mun_log_open(&log, run->store, err));
	now = mun_log_checkpoint(log);
	if (head.size <= now->size) {
		source = mun_log_source(log);
		MUN_TRY(mun_merkle_root_of(&source, &root, head.size, err));
		if (memcmp(&root, &head.root, sizeof(root)) == 0)
			goto out;
	}
	status = mun_error_set(err, MUN_ERR_FORMAT,
	    "log.stale: this vault's log does not hold what was signed last "
	    "with these keys (entry %llu); it looks like an older copy put "
	    "back: put back the newest copy of its log/ and archives/, then "
	    "try again",
	    (unsigned long long)(head.size - 1));
out:
	mun_log_close(log);
	mun_buffer_free(&vkey);
	mun_buffer_free(&bytes);
	return status;
}

static enum mun_status
take_free_number(
    struct mun_ingest *run, struct numbers *numbers, struct mun_error *err)
{
	struct sweeping sweeping = { run->store, numbers };
	enum mun_status status;

	MUN_TRY(mun_log_recover(run->store, err));
	MUN_TRY(check_head(run, err));
	mun_vault_remove_marks(
	    run->deposit->vault, run->deposit->options.keys_folder);
	MUN_TRY(add_logged(numbers, run->store, err));
	MUN_TRY(mun_store_list(
	    run->store, "incoming", remove_orphan, &sweeping, err));
	MUN_TRY(mun_store_incoming_sweep(run->store, err));
	MUN_TRY(
	    mun_store_list(run->store, "archives", add_archive, numbers, err));
	MUN_TRY(
	    mun_store_list(run->store, "incoming", add_incoming, numbers, err));
	mun_archive_id_format(run->id, numbers->prefix, lowest_free(numbers));
	status = mun_store_or_unwritable(
	    mun_store_incoming_make(run->store, &run->incoming, run->id, err),
	    err);
out:
	return status;
}

enum mun_status
mun_ingest_take_number(struct mun_ingest *run, struct mun_error *err)
{
	struct numbers numbers = { .prefix = run->vault.prefix };
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	enum mun_status status;

	MUN_TRY(mun_store_lock(run->store, &lock, LOCK_WAIT_S, err));
	status = take_free_number(run, &numbers, err);
out:
	mun_store_unlock(&lock);
	free(numbers.items);
	return status;
}
