/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flip_stamps.c - every single-bit flip in every stored file of a time-stamp
 * has to be FAILED, and the rule has to be the one that names that file.
 *
 *	flip_stamps BITS VAULT ROOT.pem...
 *
 * BITS of each byte (1: one of the eight, in turn; 8: all of them) of each file
 * under log/time-stamps/ are flipped in place and restored.  Each flip is held
 * against what the log binds (stamp_files.c); one of each byte, or with BITS 1
 * of every 16th, is judged with the whole log, its tokens and the given roots
 * besides.  Then each file is cut, emptied, made longer and taken away, and
 * files are put beside it.
 * Prints for each file how many of these were made and how many were not FAILED
 * as they should be; exits 1 if any was not.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/system.h"
#include "log/log.h"
#include "store/store.h"
#include "verify/verify_internal.h"

enum {
	BYTE = 8, /* bits */
	NAME_LEN = 128,
	FILES = 64,
	WHOLE_EVERY = 16,
	SHOWN_MAX = 5
};

struct target {
	unsigned bits;
	uint64_t whole_every; /* bytes, of which one is judged with all else */
	struct mun_verify_options options;
	struct mun_watch watch;
	struct mun_store *store;
	struct mun_log_facts log; /* as it is when nothing is changed */
	char names[FILES][NAME_LEN];
	size_t count;
	uint64_t changes, accepted;
};

static void
die(const char *what, const struct mun_error *err)
{
	fprintf(stderr, "flip_stamps: %s: %s\n", what, err->text);
	exit(2);
}

/* ---- judging ---- */

static struct mun_verification *
new_verification(void)
{
	struct mun_verification *v = calloc(1, sizeof(*v));

	if (v == NULL)
		abort();
	return v;
}

/* Whether it is FAILED, and by this rule, for this file. */
static bool
is_failed_by(
    const struct mun_verification *v, const char *rule, const char *name)
{
	if (mun_verification_verdict(v) != MUN_FAILED)
		return false;
	for (size_t i = 0; i < mun_verification_check_count(v); i++) {
		const struct mun_check *check = mun_verification_check(v, i);

		if (check->verdict == MUN_FAILED &&
		    strcmp(check->rule, rule) == 0 &&
		    strncmp(check->detail, name, strlen(name)) == 0)
			return true;
	}
	return false;
}

/* By what the log binds alone. */
static bool
binding_fails(struct target *target, const char *name)
{
	struct mun_verification *v = new_verification();
	struct mun_error err = MUN_ERROR_INIT;
	bool failed;

	if (mun_check_stamp_files(
		v, &target->log, target->store, "log", &err) != MUN_OK)
		die("stamp files", &err);
	failed = is_failed_by(v, "time-stamp.files", name);
	mun_verification_free(v);
	return failed;
}

static struct mun_verification *
judge_all(struct target *target, struct mun_log_facts *facts)
{
	struct mun_verification *v = new_verification();
	struct mun_error err = MUN_ERROR_INIT;

	if (mun_system_clock(&v->time_utc_s, &err) != MUN_OK ||
	    mun_time_roots_load(v, &target->options, &err) != MUN_OK)
		die("roots", &err);
	if (mun_check_log(
		v, facts, target->store, "log", &target->watch, &err) != MUN_OK)
		die("log", &err);
	if (!facts->usable)
		return v;
	if (mun_check_stamp_files(v, facts, target->store, "log", &err) !=
		MUN_OK ||
	    mun_check_files(v, facts, target->store, "log", &err) != MUN_OK)
		die("files", &err);
	return v;
}

/* By everything that there is to judge of a log. */
static bool
all_fails(struct target *target, const char *rule, const char *name)
{
	struct mun_log_facts facts = { .usable = false };
	struct mun_verification *v = judge_all(target, &facts);
	bool failed = is_failed_by(v, rule, name);

	mun_log_facts_clear(&facts);
	mun_verification_free(v);
	return failed;
}

static void
count(struct target *target, bool is_failed, const char *name, const char *what,
    uint64_t at)
{
	target->changes++;
	if (!is_failed && target->accepted++ < SHOWN_MAX)
		printf("NOT FAILED: %s %s %llu\n", name, what,
		    (unsigned long long)at);
}

/* ---- changing ---- */

static int
open_file(const struct target *target, const char *name)
{
	int fd;

	if (fchmodat(mun_store_fd(target->store), name, 0600, 0) != 0)
		abort();
	fd = openat(mun_store_fd(target->store), name, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	return fd;
}

static void
put(int fd, uint64_t at, uint8_t byte)
{
	if (pwrite(fd, &byte, 1, (off_t)at) != 1)
		abort();
}

static void
flip_bits(struct target *target, const char *name, int fd,
    const struct mun_buffer *bytes)
{
	for (uint64_t at = 0; at < bytes->len; at++) {
		for (unsigned i = 0; i < target->bits; i++) {
			/* another bit of each byte, where it is only one */
			unsigned bit = (unsigned)(at * 5 + i) % BYTE;

			put(fd, at, (uint8_t)(bytes->data[at] ^ 1u << bit));
			count(target, binding_fails(target, name), name,
			    "flipped at bit", at * BYTE + bit);
			if (i == 0 && at % target->whole_every == 0)
				count(target,
				    all_fails(target, "time-stamp.files", name),
				    name, "flipped, all judged, at bit",
				    at * BYTE + bit);
		}
		put(fd, at, bytes->data[at]);
	}
}

static void
change_length(struct target *target, const char *name, int fd,
    const struct mun_buffer *bytes)
{
	const size_t lengths[] = { 0, bytes->len / 2, bytes->len - 1,
		bytes->len + 1, bytes->len + 512 };

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		/* of nothing, nothing can be cut */
		if (lengths[i] == bytes->len || lengths[i] > bytes->len + 512)
			continue;
		if (ftruncate(fd, (off_t)lengths[i]) != 0)
			abort();
		count(target, all_fails(target, "time-stamp.files", name), name,
		    "is of length", lengths[i]);
		if (ftruncate(fd, (off_t)bytes->len) != 0 ||
		    pwrite(fd, bytes->data, bytes->len, 0) !=
			(ssize_t)bytes->len)
			abort();
	}
}

static void
take_away(struct target *target, const char *name)
{
	int dir = mun_store_fd(target->store);

	if (renameat(dir, name, dir, "away") != 0)
		abort();
	count(target, all_fails(target, "time-stamp.files", name), name,
	    "is missing", 0);
	if (renameat(dir, "away", dir, name) != 0)
		abort();
}

/* A copy beside it, under a name that nothing gives it. */
static void
put_beside(
    struct target *target, const char *name, const struct mun_buffer *bytes)
{
	const char *const endings[] = { "x", ".bak" };
	int dir = mun_store_fd(target->store);
	char other[NAME_LEN + 8];
	int fd;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		snprintf(other, sizeof(other), "%s%s", name, endings[i]);
		fd = openat(
		    dir, other, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 ||
		    write(fd, bytes->data, bytes->len) != (ssize_t)bytes->len)
			abort();
		close(fd);
		count(target, all_fails(target, "log.unexpected", other), other,
		    "is one too many", 0);
		if (unlinkat(dir, other, 0) != 0)
			abort();
	}
}

static void
change_file(struct target *target, const char *name)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT((size_t)1 << 23);
	struct mun_error err = MUN_ERROR_INIT;
	uint64_t changes = target->changes, accepted = target->accepted;
	int fd = open_file(target, name);

	if (mun_store_read(target->store, name, &bytes, &err) != MUN_OK)
		die(name, &err);
	flip_bits(target, name, fd, &bytes);
	change_length(target, name, fd, &bytes);
	take_away(target, name);
	put_beside(target, name, &bytes);
	printf("%s: %zu bytes, %llu changes judged, %llu not FAILED\n", name,
	    bytes.len, (unsigned long long)(target->changes - changes),
	    (unsigned long long)(target->accepted - accepted));
	close(fd);
	mun_buffer_free(&bytes);
}

/* ---- all of it ---- */

static enum mun_status
keep_name(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct target *target = ctx;

	(void)size;
	(void)err;
	if (kind != MUN_STORE_FILE)
		return MUN_OK;
	if (target->count == FILES || strlen(name) >= NAME_LEN)
		abort();
	snprintf(target->names[target->count++], NAME_LEN, "%s", name);
	return MUN_OK;
}

/* Unchanged it has to be good, by tokens that hold: else a flip would prove
 * nothing. */
static void
has_to_be_good(struct target *target)
{
	struct mun_verification *v = judge_all(target, &target->log);
	size_t held = 0;

	for (size_t i = 0; i < mun_verification_check_count(v); i++) {
		const struct mun_check *check = mun_verification_check(v, i);

		if (check->verdict == MUN_PASSED &&
		    strcmp(check->rule, "time.token") == 0)
			held++;
	}
	if (mun_failed_since(v, 0) || !target->log.usable || held == 0) {
		fprintf(stderr, "flip_stamps: the vault is not good\n");
		exit(2);
	}
	printf("unchanged: %zu tokens hold\n", held);
	mun_verification_free(v);
}

int
main(int argc, char **argv)
{
	struct target target = { .bits = 0 };
	struct mun_error err = MUN_ERROR_INIT;

	if (argc < 4)
		return 64;
	target.bits = (unsigned)strtoul(argv[1], NULL, 10);
	if (target.bits < 1 || target.bits > BYTE)
		return 64;
	target.whole_every = target.bits == BYTE ? 1 : WHOLE_EVERY;
	target.options.time_roots = (const char *const *)&argv[3];
	target.options.time_root_count = (size_t)argc - 3;
	target.watch.options = &target.options;
	if (mun_store_open(&target.store, argv[2], &err) != MUN_OK)
		die(argv[2], &err);
	has_to_be_good(&target);
	if (mun_store_list(target.store, "log/time-stamps", keep_name, &target,
		&err) != MUN_OK)
		die("list", &err);
	for (size_t i = 0; i < target.count; i++)
		change_file(&target, target.names[i]);
	has_to_be_good(&target);
	printf("time-stamps: %zu files, %llu changes judged, %llu not FAILED\n",
	    target.count, (unsigned long long)target.changes,
	    (unsigned long long)target.accepted);
	mun_log_facts_clear(&target.log);
	mun_store_close(target.store);
	return target.accepted == 0 ? 0 : 1;
}
