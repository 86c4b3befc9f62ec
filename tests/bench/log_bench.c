/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_bench.c - grows the log of a vault with events about its first archive,
 * without waiting for a disk, and times appends and proofs; for log.sh.
 *
 *   log_bench VAULT KEYS ARCHIVE SIZE
 *
 * KEYS have no passphrase.  Three in four events are an access, the fourth an
 * annotation with its statement.  Nobody else may write meanwhile.  All but the
 * last 200 are put at once, each signed and judged as ever, but under one head:
 * the files are those that so many appends leave.  Prints
 *
 *   append_us EACH         of the last 200 events, appended one by one
 *   proof_us INCLUSION CONSISTENCY HASHES   a thousand of them, verified
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/macros.h"
#include "digest/digest.h"
#include "log/log_internal.h"
#include "merkle/merkle.h"
#include "muniment/keys.h"

enum {
	TIMED = 200,
	PROOFS = 1000
};

static struct mun_error error = MUN_ERROR_INIT;

static void
need(enum mun_status status)
{
	if (status == MUN_OK)
		return;
	(void)fprintf(stderr, "log_bench: %s\n", error.text);
	exit(3);
}

static double
now_us(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

/* ---- one event ---- */

struct drafted {
	struct mun_buffer subject, detail;
	struct mun_statement statement;
	bool annotates;
};

static char note[] = "seen by the clerk of the court";

static struct drafted
draft_of(const char *archive, uint64_t seq)
{
	struct drafted drafted = { .subject = MUN_BUFFER_INIT(MUN_EVENT_MAX),
		.detail = MUN_BUFFER_INIT(MUN_EVENT_MAX),
		.annotates = seq % 4 == 0 };

	drafted.statement.text[MUN_STATEMENT_NOTE] = note;
	mun_buffer_append_format(
	    &drafted.subject, "{\"archive\":\"%s\"}", archive);
	mun_buffer_append_text(&drafted.detail,
	    drafted.annotates ? "{\"keys\":[\"note\"]}" : "{}");
	return drafted;
}

static void
drafted_free(struct drafted *drafted)
{
	mun_buffer_free(&drafted->subject);
	mun_buffer_free(&drafted->detail);
}

static const char *
type_of(const struct drafted *drafted)
{
	return drafted->annotates ? "annotation" : "access";
}

static void
append(struct mun_store *store, struct mun_signer *signer, const char *keys,
    const char *archive, uint64_t seq)
{
	struct drafted drafted = draft_of(archive, seq);
	const struct mun_log_draft draft = { .type = type_of(&drafted),
		.subject = &drafted.subject,
		.detail = &drafted.detail,
		.statement = drafted.annotates ? &drafted.statement : NULL };
	struct mun_log_appended appended;

	need(mun_log_append(store, signer, keys, &draft, &appended, &error));
	drafted_free(&drafted);
}

/* ---- many at once ---- */

struct growing {
	struct mun_store *store;
	struct mun_log *log;
	struct mun_log_commit commit;
	struct mun_tile_builder *builder;
	uint8_t vault[MUN_SHA256_LEN], prev[MUN_SHA256_LEN];
};

static enum mun_status
put_tile(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct growing *growing = ctx;

	return mun_store_put_derived(growing->store, name, bytes, len, err);
}

static void
take(struct growing *growing, const struct mun_buffer *entry)
{
	struct mun_hash leaf;

	need(mun_tile_builder_add(
	    growing->builder, entry->data, entry->len, &error));
	mun_merkle_leaf(&leaf, entry->data, entry->len);
	mun_merkle_add(&growing->commit.frontier, &leaf);
	mun_sha256_of(growing->prev, entry->data, entry->len);
	if (growing->commit.frontier.size == 1)
		memcpy(growing->vault, growing->prev, sizeof(growing->vault));
}

static void
take_old(struct growing *growing)
{
	struct mun_buffer entry = MUN_BUFFER_INIT(MUN_CMS_MAX);
	uint64_t size = mun_log_checkpoint(growing->log)->size;

	for (uint64_t seq = 0; seq < size; seq++) {
		need(mun_log_entry(growing->log, seq, &entry, &error));
		take(growing, &entry);
	}
	mun_buffer_free(&entry);
}

static void
put_new(struct growing *growing, const char *archive, uint64_t seq)
{
	struct drafted drafted = draft_of(archive, seq);
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_log_commit *commit = &growing->commit;
	char name[MUN_TILE_NAME_MAX];

	event.has_vault = true;
	event.seq = seq;
	memcpy(event.vault, growing->vault, sizeof(event.vault));
	memcpy(event.prev, growing->prev, sizeof(event.prev));
	(void)snprintf(event.type, sizeof(event.type), "%s", type_of(&drafted));
	mun_buffer_append(
	    &event.subject, drafted.subject.data, drafted.subject.len);
	mun_buffer_append(
	    &event.detail, drafted.detail.data, drafted.detail.len);
	event.time_utc_s = (int64_t)time(NULL);
	mun_buffer_reset(&commit->statement);
	mun_buffer_reset(&commit->entry);
	if (drafted.annotates) {
		need(mun_log_draft_statement(
		    commit, &event, &drafted.statement, &error));
		mun_statement_name(name, seq);
		need(mun_store_put_new(growing->store, name,
		    commit->statement.data, commit->statement.len, &error));
	}
	need(mun_log_draft_sign(commit, &event, &error));
	take(growing, &commit->entry);
	mun_event_clear(&event);
	drafted_free(&drafted);
}

static void
put_head(struct growing *growing)
{
	struct mun_log_commit *commit = &growing->commit;
	struct mun_buffer body = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	uint8_t signature[64];
	const void *old;
	size_t len;

	mun_merkle_root(&commit->frontier, &commit->root);
	mun_checkpoint_write_body(
	    &body, commit->origin, commit->frontier.size, &commit->root);
	need(mun_signer_sign_log(
	    commit->signer, body.data, body.len, signature, &error));
	mun_checkpoint_write(&commit->checkpoint, commit->origin,
	    commit->frontier.size, &commit->root,
	    mun_signer_log_key(commit->signer), signature);
	old = mun_log_checkpoint_bytes(growing->log, &len);
	need(mun_store_swap_checkpoint(growing->store, old, len,
	    commit->checkpoint.data, commit->checkpoint.len, &error));
	mun_buffer_free(&body);
}

/* The narrower tiles of the head before. */
static enum mun_status
remove_litter(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	const struct growing *growing = ctx;

	(void)size;
	if (kind != MUN_STORE_FILE ||
	    !mun_tile_name_is_litter(name, growing->commit.frontier.size))
		return MUN_OK;
	return mun_store_remove(growing->store, name, err);
}

static void
grow_at_once(struct mun_store *store, struct mun_signer *signer,
    const char *archive, uint64_t size)
{
	struct growing growing = { .store = store,
		.commit = MUN_LOG_COMMIT_INIT };
	struct mun_log_commit *commit = &growing.commit;

	need(mun_log_open(&growing.log, store, &error));
	commit->store = store;
	commit->signer = signer;
	commit->origin = mun_log_checkpoint(growing.log)->origin;
	need(mun_log_draft_certificate(commit, &error));
	need(
	    mun_tile_builder_new(&growing.builder, put_tile, &growing, &error));
	take_old(&growing);
	while (commit->frontier.size < size)
		put_new(&growing, archive, commit->frontier.size);
	need(mun_tile_builder_finish(growing.builder, &error));
	put_head(&growing);
	need(
	    mun_store_list(store, "log/tile", remove_litter, &growing, &error));
	mun_tile_builder_free(growing.builder);
	mun_log_commit_clear(commit);
	mun_log_close(growing.log);
}

/* ---- the log ---- */

static uint64_t
size_of(struct mun_store *store)
{
	struct mun_log *log = NULL;
	uint64_t size;

	need(mun_log_open(&log, store, &error));
	size = mun_log_checkpoint(log)->size;
	mun_log_close(log);
	return size;
}

static void
grow(struct mun_store *store, const char *keys, const char *archive,
    uint64_t size)
{
	const struct mun_passphrase none = { .none = true };
	struct mun_signer *signer = NULL;
	double begin;

	need(mun_signer_open(&signer, keys, &none, &error));
	if (size_of(store) + TIMED < size)
		grow_at_once(store, signer, archive, size - TIMED);
	begin = now_us();
	for (uint64_t seq = size - TIMED; seq < size; seq++)
		append(store, signer, keys, archive, seq);
	(void)printf("append_us %.0f\n", (now_us() - begin) / TIMED);
	mun_signer_close(signer);
}

static void
prove(struct mun_store *store)
{
	struct mun_hash proof[MUN_PROOF_MAX];
	struct mun_log *log = NULL;
	struct mun_merkle_source source;
	const struct mun_checkpoint *head;
	size_t count = 0, hashes = 0;
	double begin, inclusion, consistency;
	uint64_t at = 1;

	need(mun_log_open(&log, store, &error));
	source = mun_log_source(log);
	head = mun_log_checkpoint(log);
	begin = now_us();
	for (int i = 0; i < PROOFS; i++) {
		at = (at * UINT64_C(6364136223846793005) + 1) % head->size;
		need(mun_merkle_prove_inclusion(
		    &source, proof, &count, at, head->size, &error));
		hashes += count;
	}
	inclusion = (now_us() - begin) / PROOFS;
	begin = now_us();
	for (int i = 0; i < PROOFS; i++) {
		struct mun_hash old;

		at = (at * UINT64_C(6364136223846793005) + 1) % head->size;
		need(mun_merkle_root_of(&source, &old, at + 1, &error));
		need(mun_merkle_prove_consistency(
		    &source, proof, &count, at + 1, head->size, &error));
		if (!mun_merkle_verify_consistency(
			at + 1, &old, head->size, &head->root, proof, count))
			exit(3);
	}
	consistency = (now_us() - begin) / PROOFS;
	(void)printf("proof_us %.0f %.0f %.1f\n", inclusion, consistency,
	    (double)hashes / PROOFS);
	mun_log_close(log);
}

int
main(int argc, char *argv[])
{
	struct mun_store *store = NULL;

	if (argc != 5) {
		(void)fprintf(
		    stderr, "usage: log_bench VAULT KEYS ARCHIVE SIZE\n");
		return 64;
	}
	need(mun_store_open(&store, argv[1], &error));
	grow(store, argv[2], argv[3], strtoull(argv[4], NULL, 10));
	prove(store);
	mun_store_close(store);
	return 0;
}
