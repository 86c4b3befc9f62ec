/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * random_edits COUNT [SEED] - edits a log at random, as a thief of the disk
 * would, of the log's key, or of every key, and has the verifier judge it with
 * one earlier checkpoint at hand.  An edit that is not FAILED fails the test.
 *
 * What is edited is always something that the checkpoint covers, or something
 * that the thief had no key for: with all keys, what came after the checkpoint
 * is anybody's word.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "digest/digest.h"
#include "harness/harness.h"
#include "pki/pki.h"
#include "unit/log/log_key.h"
#include "unit/log/vault.h"
#include "verify/verify_internal.h"

enum {
	SIZE = 24,
	KEPT = 17, /* entries that the earlier checkpoint covers */
	LONGEST = SIZE + 6,
	FORKS = 5,
	LOG_KEY = 1, /* that of vault.c */
	FILES_MAX = 8
};
static const unsigned fork_points[FORKS] = { 1, 4, 9, 13, 16 };

struct history {
	struct mun_buffer entry[LONGEST + 2];
	size_t count;
};

struct world {
	struct vault vault;
	struct history base, forks[FORKS];
	struct history edited;
	struct mun_buffer head; /* of base */
	struct mun_kept kept;
	uint8_t log_key[32];
	char files[FILES_MAX][MUN_TILE_NAME_MAX]; /* written now */
	size_t file_count;
	uint64_t random;
	size_t only_kept; /* edits that nothing else would have shown */
};

static uint64_t
draw(struct world *world, uint64_t below)
{
	/* xorshift64: any sequence does, so that a seed can repeat it */
	world->random ^= world->random << 13;
	world->random ^= world->random >> 7;
	world->random ^= world->random << 17;
	return world->random % below;
}

/* ---- histories ---- */

static void
set_entry(struct mun_buffer *to, const struct mun_buffer *from)
{
	to->max = MUN_CMS_MAX;
	mun_buffer_reset(to);
	mun_buffer_append(to, from->data, from->len);
	assert_int_equal(to->status, MUN_OK);
}

static void
copy(struct history *to, const struct history *from)
{
	for (size_t i = 0; i < from->count; i++)
		set_entry(&to->entry[i], &from->entry[i]);
	to->count = from->count;
}

static void
read_history(struct vault *vault, struct history *history)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_log *log;

	MUN_EXPECT_OK(mun_log_open(&log, vault->store, &err), &err);
	history->count = mun_log_checkpoint(log)->size;
	for (size_t i = 0; i < history->count; i++) {
		MUN_EXPECT_OK(mun_log_entry(log, i, &der, &err), &err);
		set_entry(&history->entry[i], &der);
	}
	mun_log_close(log);
	mun_buffer_free(&der);
}

static void
append(struct vault *vault, unsigned number)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_log_appended appended;

	MUN_EXPECT_OK(vault_append(vault, number, NULL, &appended, &err), &err);
}

/* The keys forget what they signed: they are a thief's. */
static void
forget_head(struct vault *vault)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/head", vault->keys);
	assert_int_equal(unlink(path), 0);
}

/* All events are real: made by the appender with the actor's key. */
static void
make_histories(struct world *world)
{
	struct vault *vault = &world->vault;
	char name[32];

	vault_create(vault);
	for (unsigned i = 1, fork = 0; i < SIZE; i++) {
		if (fork < FORKS && i == fork_points[fork]) {
			snprintf(name, sizeof(name), "fork%u", fork++);
			vault_save(vault, name);
		}
		append(vault, i);
	}
	read_history(vault, &world->base);
	for (unsigned fork = 0; fork < FORKS; fork++) {
		snprintf(name, sizeof(name), "fork%u", fork);
		vault_restore(vault, name);
		forget_head(vault);
		for (unsigned i = fork_points[fork]; i < LONGEST; i++)
			append(vault, 1000 * (fork + 1) + i);
		read_history(vault, &world->forks[fork]);
	}
}

/* ---- files ---- */

static void
path_of(const struct world *world, const char *name, char path[8192])
{
	snprintf(path, 8192, "%s/%s", world->vault.path, name);
}

static void
put_file(struct world *world, const char *name, const void *bytes, size_t len)
{
	char path[8192], *slash;
	FILE *file;

	path_of(world, name, path);
	for (slash = path + strlen(world->vault.path) + 1;
	     (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static enum mun_status
emit(void *ctx, const char *name, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct world *world = ctx;

	(void)err;
	put_file(world, name, bytes, len);
	assert_true(world->file_count < FILES_MAX);
	snprintf(
	    world->files[world->file_count++], MUN_TILE_NAME_MAX, "%s", name);
	return MUN_OK;
}

static void
sign_head(struct world *world, struct mun_buffer *note, uint64_t size,
    const struct mun_hash *root)
{
	struct mun_buffer body = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	uint8_t signature[64];

	mun_checkpoint_write_body(&body, vault_origin, size, root);
	test_log_key_sign(signature, LOG_KEY, body.data, body.len);
	mun_buffer_reset(note);
	mun_checkpoint_write(
	    note, vault_origin, size, root, world->log_key, signature);
	mun_buffer_free(&body);
}

/* The log's files as this history gives them, and its root. */
static void
write_log(
    struct world *world, const struct history *history, struct mun_hash *root)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_tile_builder *builder;
	char path[8192];

	for (size_t i = 0; i < world->file_count; i++) {
		path_of(world, world->files[i], path);
		(void)unlink(path);
	}
	world->file_count = 0;
	MUN_EXPECT_OK(mun_tile_builder_new(&builder, emit, world, &err), &err);
	for (size_t i = 0; i < history->count; i++)
		MUN_EXPECT_OK(
		    mun_tile_builder_add(builder, history->entry[i].data,
			history->entry[i].len, &err),
		    &err);
	MUN_EXPECT_OK(mun_tile_builder_finish(builder, &err), &err);
	mun_tile_builder_root(builder, root);
	mun_tile_builder_free(builder);
}

static void
write_all(struct world *world, const struct history *history, bool sign)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_hash root;

	write_log(world, history, &root);
	if (sign)
		sign_head(world, &note, history->count, &root);
	else
		mun_buffer_append(&note, world->head.data, world->head.len);
	emit(world, "log/checkpoint", note.data, note.len, NULL);
	mun_buffer_free(&note);
}

/* ---- judging ---- */

struct judgement {
	bool alone; /* FAILED without the kept checkpoint */
	bool with; /* FAILED with it */
	size_t problems; /* checks that do not hold, of any verdict */
};

static struct judgement
judge(struct world *world, bool say)
{
	const struct mun_verify_options options = { .version = 0 };
	struct mun_watch watch = { .options = &options };
	struct mun_verification *v = calloc(1, sizeof(*v));
	struct mun_log_facts facts = { .usable = false };
	struct mun_kept_list list = { .items = &world->kept, .count = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	struct judgement judgement;

	assert_non_null(v);
	MUN_EXPECT_OK(
	    mun_check_log(v, &facts, world->vault.store, "log", &watch, &err),
	    &err);
	if (facts.usable)
		MUN_EXPECT_OK(
		    mun_check_files(v, &facts, world->vault.store, "log", &err),
		    &err);
	judgement.alone = mun_failed_since(v, 0);
	if (facts.usable)
		mun_kept_judge(v, &list, &facts);
	judgement.with = mun_failed_since(v, 0);
	judgement.problems = v->problem_count;
	for (size_t i = 0; say && i < v->check_count; i++)
		if (v->checks[i].verdict != MUN_PASSED)
			print_error(
			    "%s: %s\n", v->checks[i].rule, v->checks[i].detail);
	mun_log_facts_clear(&facts);
	mun_verification_free(v);
	return judgement;
}

/* ---- edits ---- */

/* Something else in the first KEPT entries than was there; true if so. */
static bool
edit_history(struct world *world, char *what, size_t what_size)
{
	struct history *edited = &world->edited;
	struct mun_buffer held = MUN_BUFFER_INIT(MUN_CMS_MAX);
	size_t i = draw(world, KEPT), k = draw(world, SIZE);
	const struct history *fork = &world->forks[draw(world, FORKS)];
	unsigned kind = (unsigned)draw(world, 7);
	bool differs = true;

	copy(edited, &world->base);
	snprintf(what, what_size, "kind %u, entries %zu and %zu", kind, i, k);
	switch (kind) {
	case 0: /* rewrite */
		edited->entry[i].data[draw(world, edited->entry[i].len)] ^=
		    (uint8_t)(1u << draw(world, 8));
		break;
	case 1: /* reorder */
		set_entry(&held, &edited->entry[i]);
		set_entry(&edited->entry[i], &edited->entry[k]);
		set_entry(&edited->entry[k], &held);
		differs = i != k;
		break;
	case 2: /* leave out */
		for (size_t at = i; at + 1 < edited->count; at++)
			set_entry(&edited->entry[at], &edited->entry[at + 1]);
		edited->count--;
		break;
	case 3: /* duplicate, at a place before KEPT */
		set_entry(&held, &edited->entry[k]);
		for (size_t at = edited->count; at > i; at--)
			set_entry(&edited->entry[at], &edited->entry[at - 1]);
		set_entry(&edited->entry[i], &held);
		edited->count++;
		break;
	case 4: /* cut the end off */
		edited->count = 1 + draw(world, KEPT - 1);
		break;
	case 5: /* a valid event of another history in its place */
		differs = edited->entry[i].len != fork->entry[i].len ||
		    memcmp(edited->entry[i].data, fork->entry[i].data,
			fork->entry[i].len) != 0;
		set_entry(&edited->entry[i], &fork->entry[i]);
		break;
	default: /* cut short within an entry */
		edited->entry[i].len =
		    1 + draw(world, edited->entry[i].len - 1);
		break;
	}
	mun_buffer_free(&held);
	return differs;
}

/* With every key: what another history was, up to some length.  Only the kept
 * checkpoint tells. */
static void
fork_history(struct world *world, char *what, size_t what_size)
{
	size_t fork = draw(world, FORKS + 1);
	const struct history *from =
	    fork < FORKS ? &world->forks[fork] : &world->base;
	size_t first = fork < FORKS ? fork_points[fork] + 1 : 1;
	size_t most = fork < FORKS ? LONGEST : KEPT - 1;

	copy(&world->edited, from);
	world->edited.count = first + draw(world, most - first + 1);
	snprintf(what, what_size, "history %zu, %zu entries", fork,
	    world->edited.count);
}

/* One file of the good log, changed. */
static void
edit_file(struct world *world, char *what, size_t what_size)
{
	const char *name = world->files[draw(world, world->file_count)];
	struct mun_buffer bytes = MUN_BUFFER_INIT(1 << 24);
	struct mun_error err = MUN_ERROR_INIT;
	unsigned kind = (unsigned)draw(world, 4);
	char path[8192];

	path_of(world, name, path);
	snprintf(what, what_size, "file %s, kind %u", name, kind);
	MUN_EXPECT_OK(
	    mun_store_read(world->vault.store, name, &bytes, &err), &err);
	switch (kind) {
	case 0:
		bytes.data[draw(world, bytes.len)] ^=
		    (uint8_t)(1u << draw(world, 8));
		break;
	case 1:
		bytes.len = draw(world, bytes.len);
		break;
	case 2:
		mun_buffer_append_byte(&bytes, (uint8_t)draw(world, 256));
		break;
	default:
		assert_int_equal(unlink(path), 0);
		mun_buffer_free(&bytes);
		return;
	}
	put_file(world, name, bytes.data, bytes.len);
	mun_buffer_free(&bytes);
}

static void
edit_once(struct world *world, size_t number)
{
	struct judgement judgement;
	char what[512] = "", how[1024];
	unsigned thief = (unsigned)draw(world, 4);

	switch (thief) {
	case 0: /* of the disk, clumsy */
		write_all(world, &world->base, false);
		edit_file(world, what, sizeof(what));
		break;
	case 1: /* of the disk, with care: all derived files fit */
	case 2: /* and of the log's key */
		while (!edit_history(world, what, sizeof(what)))
			continue;
		write_all(world, &world->edited, thief == 2);
		break;
	default: /* of every key */
		fork_history(world, what, sizeof(what));
		write_all(world, &world->edited, true);
		break;
	}
	snprintf(
	    how, sizeof(how), "edit %zu, thief %u: %s", number, thief, what);
	judgement = judge(world, false);
	if (!judgement.with)
		fail_msg("%s was not noticed", how);
	if (thief == 3 && judgement.alone)
		fail_msg("%s should be perfect but for the checkpoint", how);
	world->only_kept += !judgement.alone;
}

/* ---- the whole ---- */

static void
put_certificate(struct world *world)
{
	struct mun_certificate *certificate = mun_pki_certificate("p256");
	struct mun_buffer pem = MUN_BUFFER_INIT(2 * MUN_CERTIFICATE_MAX);
	char hex[2 * MUN_SHA256_LEN + 1], name[128];

	mun_hex_encode(
	    hex, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	snprintf(name, sizeof(name), "certs/%s.pem", hex);
	mun_certificate_write_pem(certificate, &pem);
	put_file(world, name, pem.data, pem.len);
	mun_buffer_free(&pem);
	mun_certificate_free(certificate);
}

static void
keep_checkpoint(struct world *world)
{
	struct history part = { .count = 0 };
	struct mun_hash root;

	copy(&part, &world->base);
	part.count = KEPT;
	write_log(world, &part, &root);
	world->kept =
	    (struct mun_kept){ .path = "kept", .receipt = MUN_RECEIPT_INIT };
	sign_head(world, &world->kept.receipt.checkpoint, KEPT, &root);
	for (size_t i = 0; i < LONGEST + 2; i++)
		mun_buffer_free(&part.entry[i]);
	world->head = (struct mun_buffer)MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	write_log(world, &world->base, &root);
	sign_head(world, &world->head, SIZE, &root);
}

static void
expect_nothing_wrong(struct world *world)
{
	struct judgement judgement;

	write_all(world, &world->base, false);
	judgement = judge(world, true);
	assert_false(judgement.with);
	assert_int_equal(judgement.problems, 0);
}

static size_t edits;
static uint64_t seed = 20261126;

static void
every_edit_is_noticed(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	char path[8192];

	assert_non_null(world);
	world->random = seed;
	vault_open(&world->vault, *state);
	make_histories(world);
	snprintf(path, sizeof(path), "rm -rf '%s/log'", world->vault.path);
	assert_int_equal(system(path), 0);
	test_log_key(world->log_key, LOG_KEY);
	put_certificate(world);
	keep_checkpoint(world);
	expect_nothing_wrong(world);
	for (size_t i = 0; i < edits; i++) {
		edit_once(world, i);
		if (i % 500 == 0)
			expect_nothing_wrong(world);
	}
	expect_nothing_wrong(world);
	printf("%zu edits of a log of %d entries, all noticed; %zu of them "
	       "only by the checkpoint of %d (seed %" PRIu64 ")\n",
	    edits, SIZE, world->only_kept, KEPT, seed);
	assert_true(edits < 100 || world->only_kept > edits / 8);
	for (size_t i = 0; i < LONGEST + 2; i++) {
		mun_buffer_free(&world->base.entry[i]);
		mun_buffer_free(&world->edited.entry[i]);
		for (size_t k = 0; k < FORKS; k++)
			mun_buffer_free(&world->forks[k].entry[i]);
	}
	mun_buffer_free(&world->head);
	mun_receipt_clear(&world->kept.receipt);
	vault_close(&world->vault);
	free(world);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(
	    every_edit_is_noticed, mun_scratch_setup, mun_scratch_teardown) };

	edits = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
