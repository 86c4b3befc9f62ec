/* SPDX-License-Identifier: BSD-2-Clause */
#include "vault.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/digest.h"
#include "log_key.h"
#include "pki/pki.h"
#include "signature/signature.h"

const char vault_origin[] = "example.org/log";

enum {
	LOG_KEY = 1,
	SIGNED_AT = 1795428672
};

static void MUN_PRINTF(1, 2) shell(const char *format, ...)
{
	char line[32768];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	assert_true(len > 0 && len < (int)sizeof(line));
	assert_int_equal(system(line), 0);
}

void
vault_open(struct vault *vault, struct mun_scratch *scratch)
{
	struct mun_error err = MUN_ERROR_INIT;

	vault->scratch = scratch;
	snprintf(vault->path, sizeof(vault->path), "%s/vault", scratch->path);
	snprintf(vault->keys, sizeof(vault->keys), "%s/keys", scratch->path);
	shell("mkdir -p '%s/incoming' '%s'", vault->path, vault->keys);
	vault->signer = test_signer_new("p256", LOG_KEY);
	MUN_EXPECT_OK(mun_store_open(&vault->store, vault->path, &err), &err);
}

void
vault_close(struct vault *vault)
{
	mun_store_close(vault->store);
	test_signer_free(vault->signer);
}

void
vault_create(struct vault *vault)
{
	struct mun_vault_created created = { .prefix = "XPF" };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_log_appended appended;

	created.certificate = mun_pki_certificate("p256");
	test_log_key(created.log_key, LOG_KEY);
	MUN_EXPECT_OK(mun_log_create(vault->store, vault->signer, vault->keys,
			  vault_origin, &created, &appended, &err),
	    &err);
	assert_true(appended.committed);
	assert_int_equal(appended.seq, 0);
	assert_int_equal(appended.size, 1);
	mun_vault_created_clear(&created);
}

static void
write_subject(struct mun_buffer *out, unsigned number)
{
	struct mun_deposit_subject subject = { .sha256 = { 1 } };

	snprintf(subject.archive, sizeof(subject.archive), "XPF-%04u", number);
	mun_deposit_subject_write(&subject, out);
}

enum mun_status
vault_append(struct vault *vault, unsigned number,
    const struct mun_statement *statement, struct mun_log_appended *appended,
    struct mun_error *err)
{
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_log_draft draft = {
		.type = "deposit", .subject = &subject, .statement = statement
	};
	enum mun_status status;

	*appended = (struct mun_log_appended){ .seq = 0 };
	write_subject(&subject, number);
	status = mun_log_recover(vault->store, err);
	if (status == MUN_OK)
		status = mun_log_append(vault->store, vault->signer,
		    vault->keys, &draft, appended, err);
	mun_buffer_free(&subject);
	return status;
}

/* ---- growing ---- */

static void
put_file(const char *folder, const char *name, const void *bytes, size_t len)
{
	char path[8192], *slash;
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) <
	    (int)sizeof(path));
	for (slash = path + strlen(folder) + 1;
	     (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	(void)unlink(path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static enum mun_status
emit_file(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	(void)err;
	put_file(((struct vault *)ctx)->path, name, bytes, len);
	return MUN_OK;
}

/* The deposit numbered as its entry. */
static void
make_entry(struct mun_buffer *der, uint64_t seq, const uint8_t vault[32],
    const uint8_t prev[32])
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	struct mun_buffer content = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer attributes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_event event = MUN_EVENT_INIT;

	snprintf(event.origin, sizeof(event.origin), "%s", vault_origin);
	snprintf(event.type, sizeof(event.type), "deposit");
	event.has_vault = true;
	event.seq = seq;
	event.time_utc_s = SIGNED_AT;
	memcpy(event.vault, vault, 32);
	memcpy(event.prev, prev, 32);
	memcpy(event.actor, mun_certificate_sha256(signer), 32);
	write_subject(&event.subject, (unsigned)seq);
	mun_buffer_append_text(&event.detail, "{}");
	mun_event_write(&event, &content);
	mun_signature_attributes(
	    &attributes, signer, content.data, content.len, SIGNED_AT);
	mun_pki_sign("p256", attributes.data, attributes.len, &value);
	mun_buffer_reset(der);
	mun_signature_build(der, MUN_SIGNATURE_ENCLOSING, signer, content.data,
	    content.len, SIGNED_AT, value.data, value.len);
	assert_int_equal(der->status, MUN_OK);
	mun_event_clear(&event);
	mun_buffer_free(&content);
	mun_buffer_free(&attributes);
	mun_buffer_free(&value);
	mun_certificate_free(signer);
}

static void
put_head(struct vault *vault, uint64_t size, const struct mun_hash *root)
{
	struct mun_buffer body = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	uint8_t key[32], signature[64];

	test_log_key(key, LOG_KEY);
	mun_checkpoint_write_body(&body, vault_origin, size, root);
	test_log_key_sign(signature, LOG_KEY, body.data, body.len);
	mun_checkpoint_write(&note, vault_origin, size, root, key, signature);
	put_file(vault->path, "log/checkpoint", note.data, note.len);
	put_file(vault->keys, "head", note.data, note.len);
	mun_buffer_free(&body);
	mun_buffer_free(&note);
}

void
vault_grow(struct vault *vault, uint64_t size, bool every)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_tile_builder *builder;
	uint8_t fingerprint[32], prev[32];
	struct mun_hash root;
	struct mun_log *log;

	MUN_EXPECT_OK(mun_log_open(&log, vault->store, &err), &err);
	MUN_EXPECT_OK(mun_log_entry(log, 0, &der, &err), &err);
	mun_log_close(log);
	mun_sha256_of(fingerprint, der.data, der.len);
	memcpy(prev, fingerprint, 32);
	shell("rm -rf '%s/log/tile'", vault->path);
	MUN_EXPECT_OK(
	    mun_tile_builder_new(&builder, emit_file, vault, &err), &err);
	for (uint64_t i = 0; i < size; i++) {
		if (i > 0 && (every || i == size - 1)) {
			make_entry(&der, i, fingerprint, prev);
		} else if (i > 0) {
			/* As short as numbers that differ can be. */
			mun_buffer_reset(&der);
			mun_buffer_append(&der, &i, sizeof(i));
		}
		mun_sha256_of(prev, der.data, der.len);
		MUN_EXPECT_OK(
		    mun_tile_builder_add(builder, der.data, der.len, &err),
		    &err);
	}
	MUN_EXPECT_OK(mun_tile_builder_finish(builder, &err), &err);
	mun_tile_builder_root(builder, &root);
	mun_tile_builder_free(builder);
	mun_buffer_free(&der);
	put_head(vault, size, &root);
}

/* ---- judging ---- */

struct judge {
	struct vault *vault;
	struct mun_log *log;
	uint64_t size;
	bool strict;
	struct mun_tile_builder *builder;
	uint8_t vault_sha256[32];
	uint8_t prev[32];
	int64_t time_utc_s;
	bool *has_statement; /* by seq */
};

static enum mun_status
judge_tile(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct judge *judge = ctx;
	struct mun_buffer stored = MUN_BUFFER_INIT(32u << 20);

	if (!judge->strict)
		return MUN_OK;
	MUN_EXPECT_OK(
	    mun_store_read(judge->vault->store, name, &stored, err), err);
	assert_int_equal(stored.len, len);
	assert_memory_equal(stored.data, bytes, len);
	mun_buffer_free(&stored);
	return MUN_OK;
}

static void
judge_statement(struct judge *judge, const struct mun_event *event)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_statement statement;
	uint8_t digest[32];

	judge->has_statement[event->seq] = event->has_statement;
	if (!event->has_statement)
		return;
	MUN_EXPECT_OK(
	    mun_log_statement(judge->log, event->seq, &text, &err), &err);
	mun_sha256_of(digest, text.data, text.len);
	assert_memory_equal(digest, event->statement, 32);
	MUN_EXPECT_OK(
	    mun_statement_parse(&statement, text.data, text.len, &err), &err);
	mun_statement_clear(&statement);
	mun_buffer_free(&text);
}

/* Taking entries apart takes its time: of what vault_grow made, some. */
static bool
is_near_an_end(uint64_t seq, uint64_t size)
{
	return seq < 4 || seq + 4 > size;
}

static void
judge_event(struct judge *judge, uint64_t seq, const struct mun_buffer *der)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	const struct mun_event *event = &entry.event;

	MUN_EXPECT_OK(
	    mun_entry_unverified(&entry, der->data, der->len, &err), &err);
	assert_null(mun_entry_check(&entry, der->data, der->len));
	assert_int_equal(event->seq, seq);
	assert_string_equal(event->origin, vault_origin);
	assert_memory_equal(event->prev, judge->prev, 32);
	assert_true(event->time_utc_s >= judge->time_utc_s);
	if (seq == 0)
		memcpy(judge->vault_sha256, entry.sha256, 32);
	else
		assert_memory_equal(event->vault, judge->vault_sha256, 32);
	judge->time_utc_s = event->time_utc_s;
	judge_statement(judge, event);
	mun_entry_clear(&entry);
}

static void
judge_entry(struct judge *judge, uint64_t seq)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(mun_log_entry(judge->log, seq, &der, &err), &err);
	if (is_near_an_end(seq, judge->size))
		judge_event(judge, seq, &der);
	mun_sha256_of(judge->prev, der.data, der.len);
	MUN_EXPECT_OK(
	    mun_tile_builder_add(judge->builder, der.data, der.len, &err),
	    &err);
	mun_buffer_free(&der);
}

/* Entries' proofs, by the tiles as a reader gets them. */
static void
judge_proofs(struct judge *judge)
{
	const struct mun_merkle_source source = mun_log_source(judge->log);
	const struct mun_checkpoint *head = mun_log_checkpoint(judge->log);
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_hash proof[MUN_PROOF_MAX], leaf, root;
	struct mun_error err = MUN_ERROR_INIT;
	size_t count;

	MUN_EXPECT_OK(
	    mun_merkle_root_of(&source, &root, head->size, &err), &err);
	assert_memory_equal(&root, &head->root, 32);
	for (uint64_t i = 0; i < head->size; i++) {
		if (!is_near_an_end(i, head->size))
			continue;
		MUN_EXPECT_OK(mun_log_entry(judge->log, i, &der, &err), &err);
		mun_merkle_leaf(&leaf, der.data, der.len);
		MUN_EXPECT_OK(mun_merkle_prove_inclusion(
				  &source, proof, &count, i, head->size, &err),
		    &err);
		assert_true(mun_merkle_verify_inclusion(
		    &leaf, i, head->size, proof, count, &head->root));
	}
	mun_buffer_free(&der);
}

static enum mun_status
judge_name(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct judge *judge = ctx;
	char statement[MUN_TILE_NAME_MAX];

	(void)size;
	(void)err;
	if (kind == MUN_STORE_FOLDER ||
	    mun_tile_name_is_expected(name, judge->size))
		return MUN_OK;
	for (uint64_t i = 0; i < judge->size; i++) {
		mun_statement_name(statement, i);
		if (judge->has_statement[i] && strcmp(name, statement) == 0)
			return MUN_OK;
	}
	fail_msg("unexpected '%s'", name);
	return MUN_ERR_INTERNAL;
}

static uint64_t
judge_all(struct vault *vault, bool strict)
{
	struct judge judge = { .vault = vault, .strict = strict };
	struct mun_error err = MUN_ERROR_INIT;
	const struct mun_checkpoint *head;
	const void *bytes;
	struct mun_hash root;
	uint8_t key[32];
	size_t len;

	MUN_EXPECT_OK(mun_log_open(&judge.log, vault->store, &err), &err);
	head = mun_log_checkpoint(judge.log);
	bytes = mun_log_checkpoint_bytes(judge.log, &len);
	test_log_key(key, LOG_KEY);
	assert_true(mun_checkpoint_verify(head, bytes, key));
	judge.size = head->size;
	judge.has_statement = calloc((size_t)judge.size, sizeof(bool));
	assert_non_null(judge.has_statement);
	MUN_EXPECT_OK(
	    mun_tile_builder_new(&judge.builder, judge_tile, &judge, &err),
	    &err);
	for (uint64_t i = 0; i < judge.size; i++)
		judge_entry(&judge, i);
	MUN_EXPECT_OK(mun_tile_builder_finish(judge.builder, &err), &err);
	mun_tile_builder_root(judge.builder, &root);
	assert_memory_equal(&root, &head->root, sizeof(root));
	judge_proofs(&judge);
	if (strict)
		MUN_EXPECT_OK(mun_store_list(vault->store, "log", judge_name,
				  &judge, &err),
		    &err);
	mun_tile_builder_free(judge.builder);
	mun_log_close(judge.log);
	free(judge.has_statement);
	return judge.size;
}

uint64_t
vault_judge(struct vault *vault)
{
	return judge_all(vault, true);
}

uint64_t
vault_read(struct vault *vault)
{
	return judge_all(vault, false);
}

void
vault_archives(struct vault *vault, uint64_t first, bool *met, size_t count)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_deposit_subject subject;
	struct mun_log *log;

	MUN_EXPECT_OK(mun_log_open(&log, vault->store, &err), &err);
	for (uint64_t i = first; i < mun_log_checkpoint(log)->size; i++) {
		struct mun_entry entry = MUN_ENTRY_INIT;
		size_t number;

		MUN_EXPECT_OK(mun_log_entry(log, i, &der, &err), &err);
		MUN_EXPECT_OK(
		    mun_entry_unverified(&entry, der.data, der.len, &err),
		    &err);
		MUN_EXPECT_OK(
		    mun_event_deposit(&subject, &entry.event, &err), &err);
		number = strtoul(subject.archive + 4, NULL, 10);
		assert_true(number < count);
		assert_false(met[number]);
		met[number] = true;
		mun_entry_clear(&entry);
	}
	mun_log_close(log);
	mun_buffer_free(&der);
}

/* ---- files ---- */

struct snapshot {
	struct mun_store *store;
	struct mun_buffer lines;
};

static enum mun_status
add_line(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct snapshot *snapshot = ctx;
	struct mun_buffer bytes = MUN_BUFFER_INIT(32u << 20);
	uint8_t digest[32];

	(void)size;
	if (kind != MUN_STORE_FILE)
		return MUN_OK;
	MUN_EXPECT_OK(mun_store_read(snapshot->store, name, &bytes, err), err);
	mun_sha256_of(digest, bytes.data, bytes.len);
	mun_buffer_append_text(&snapshot->lines, name);
	mun_buffer_append_byte(&snapshot->lines, ' ');
	mun_buffer_append_hex(&snapshot->lines, digest, sizeof(digest));
	mun_buffer_append_byte(&snapshot->lines, '\n');
	mun_buffer_free(&bytes);
	return MUN_OK;
}

char *
vault_snapshot(struct vault *vault)
{
	struct snapshot snapshot = { .store = vault->store,
		.lines = MUN_BUFFER_INIT(16u << 20) };
	struct mun_error err = MUN_ERROR_INIT;
	char *text;

	MUN_EXPECT_OK(
	    mun_store_list(vault->store, "log", add_line, &snapshot, &err),
	    &err);
	text = strdup(mun_buffer_text(&snapshot.lines));
	mun_buffer_free(&snapshot.lines);
	return text;
}

void
vault_save(struct vault *vault, const char *name)
{
	const char *scratch = vault->scratch->path;

	shell("mkdir '%s/%s'", scratch, name);
	shell("cp -a '%s/log' '%s/%s'", vault->path, scratch, name);
}

void
vault_restore(struct vault *vault, const char *name)
{
	const char *scratch = vault->scratch->path;

	shell("rm -rf '%s/log'", vault->path);
	shell("cp -a '%s/%s/log' '%s'", scratch, name, vault->path);
}

void
vault_flip(struct vault *vault, const char *name)
{
	char path[8192];
	FILE *file;
	long at;
	int byte;

	snprintf(path, sizeof(path), "%s/%s", vault->path, name);
	assert_int_equal(chmod(path, 0644), 0);
	file = fopen(path, "r+b");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	at = ftell(file) / 2;
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	byte = fgetc(file);
	assert_int_equal(fseek(file, at, SEEK_SET), 0);
	fputc(byte ^ 0x10, file);
	fclose(file);
}
