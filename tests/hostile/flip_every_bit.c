/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flip_every_bit.c - every single-bit flip has to be FAILED.
 *
 *	flip_every_bit archive STRIDE VAULT ARCHIVE-ID
 *	flip_every_bit log STRIDE VAULT
 *	flip_every_bit dossier STRIDE VAULT FILE
 *
 * archive: each bit of archives/ARCHIVE-ID.tar, judged both alone with its
 * signer pinned and with the vault's log.  log: each bit of each file under
 * log/ and certs/, judged with the rest of the vault.  Works on a copy in
 * memory, or flips in place and restores; two processes share the work.
 * STRIDE is 1 but under sanitizers, where only every STRIDE-th bit is flipped.
 * Prints how many flips were made and how many were not FAILED; exits 1 if any
 * was not.
 */
#define _GNU_SOURCE /* memfd_create */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "store/store.h"
#include "verify/verify_internal.h"

enum {
	PROCESSES = 2,
	SHOWN_MAX = 5
};

struct target {
	uint64_t stride;
	struct mun_verify_options options;
	struct mun_watch watch;
	struct mun_store *store;
	struct mun_log_facts log;
	struct mun_anchor anchor;
};

static void
die(const char *what, const struct mun_error *err)
{
	fprintf(stderr, "flip_every_bit: %s: %s\n", what, err->text);
	exit(2);
}

static struct mun_verification *
new_verification(struct target *target)
{
	struct mun_verification *v = calloc(1, sizeof(*v));

	if (v == NULL)
		abort();
	v->anchors = calloc(1, sizeof(*v->anchors));
	v->anchor_texts = calloc(1, sizeof(*v->anchor_texts));
	if (v->anchors == NULL || v->anchor_texts == NULL)
		abort();
	v->anchors[0].kind = MUN_ANCHOR_CERTIFICATE;
	memcpy(v->anchors[0].sha256, target->anchor.sha256, MUN_SHA256_LEN);
	v->anchor_count = 1;
	v->has_anchor = true;
	return v;
}

static void
judge_log_into(struct target *target, struct mun_verification *v,
    struct mun_log_facts *facts)
{
	struct mun_error err = MUN_ERROR_INIT;

	if (mun_check_log(
		v, facts, target->store, "log", &target->watch, &err) != MUN_OK)
		die("log", &err);
}

static void
open_target(struct target *target, const char *vault, uint64_t stride)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_verification *v;

	memset(target, 0, sizeof(*target));
	target->stride = stride;
	target->watch.options = &target->options;
	if (mun_store_open(&target->store, vault, &err) != MUN_OK)
		die(vault, &err);
	v = new_verification(target);
	judge_log_into(target, v, &target->log);
	if (mun_failed_since(v, 0) || !target->log.usable) {
		fprintf(stderr, "flip_every_bit: the vault is not good\n");
		exit(2);
	}
	mun_verification_free(v);
	memcpy(target->anchor.sha256,
	    mun_certificate_sha256(target->log.created.certificate),
	    MUN_SHA256_LEN);
}

static void
close_target(struct target *target)
{
	mun_log_facts_clear(&target->log);
	mun_store_close(target->store);
}

/* ---- the archive ---- */

/* Whether what was found of the archive is FAILED when it is judged so; what
 * this way of judging adds is forgotten again. */
static bool
is_failed(struct target *target, struct mun_verification *v,
    const struct mun_archive_facts *facts, bool with_log)
{
	size_t before = v->check_count;
	bool failed;

	if (with_log)
		mun_bind_archive(v, facts, &target->log, "archive");
	else
		mun_bind_lone_archive(v, facts, "archive");
	failed = mun_verification_verdict(v) == MUN_FAILED;
	mun_forget(v, before);
	return failed;
}

struct judgement {
	bool alone, with_log; /* FAILED */
};

static struct judgement
judge_archive(struct target *target, int fd, uint64_t size)
{
	struct mun_verification *v = new_verification(target);
	struct mun_archive_facts facts = { .whole = false };
	struct mun_error err = MUN_ERROR_INIT;
	struct judgement failed;

	if (mun_check_archive(
		v, &facts, fd, size, "archive", &target->watch, &err) != MUN_OK)
		die("archive", &err);
	failed.alone = is_failed(target, v, &facts, false);
	failed.with_log = is_failed(target, v, &facts, true);
	mun_archive_facts_clear(&facts);
	mun_verification_free(v);
	return failed;
}

static void
flip(int fd, uint64_t bit)
{
	uint8_t byte;

	if (pread(fd, &byte, 1, (off_t)(bit / 8)) != 1)
		abort();
	byte = (uint8_t)(byte ^ (1u << (bit % 8)));
	if (pwrite(fd, &byte, 1, (off_t)(bit / 8)) != 1)
		abort();
	if (lseek(fd, 0, SEEK_SET) != 0)
		abort();
}

static int
copy_to_memory(struct mun_store *store, const char *name, uint64_t *size)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT((size_t)1 << 28);
	struct mun_error err = MUN_ERROR_INIT;
	int fd = memfd_create("archive", MFD_CLOEXEC);

	if (fd < 0 || mun_store_read(store, name, &bytes, &err) != MUN_OK)
		die(name, &err);
	if (write(fd, bytes.data, bytes.len) != (ssize_t)bytes.len)
		abort();
	*size = bytes.len;
	mun_buffer_free(&bytes);
	return fd;
}

static uint64_t
flip_archive(struct target *target, const char *id, unsigned share)
{
	char name[128];
	uint64_t size, flips = 0, accepted = 0;
	struct judgement failed;
	int fd;

	snprintf(name, sizeof(name), "archives/%s.tar", id);
	fd = copy_to_memory(target->store, name, &size);
	lseek(fd, 0, SEEK_SET);
	failed = judge_archive(target, fd, size);
	if (failed.alone || failed.with_log) {
		fprintf(stderr, "flip_every_bit: the archive is not good\n");
		exit(2);
	}
	for (uint64_t n = share; n * target->stride < size * 8;
	     n += PROCESSES) {
		uint64_t bit = n * target->stride;

		flip(fd, bit);
		flips++;
		failed = judge_archive(target, fd, size);
		if (!failed.alone || !failed.with_log) {
			if (accepted++ < SHOWN_MAX)
				printf("NOT FAILED: bit %llu of byte %llu%s\n",
				    (unsigned long long)(bit % 8),
				    (unsigned long long)(bit / 8),
				    failed.alone ? " with the log" : " alone");
		}
		flip(fd, bit);
	}
	printf("%s: %llu flips, %llu not FAILED\n", name,
	    (unsigned long long)flips, (unsigned long long)accepted);
	close(fd);
	return accepted;
}

/* ---- the log ---- */

static bool
log_is_rejected(struct target *target)
{
	struct mun_verification *v = new_verification(target);
	struct mun_log_facts facts = { .usable = false };
	struct mun_error err = MUN_ERROR_INIT;
	bool rejected;

	judge_log_into(target, v, &facts);
	if (facts.usable) {
		if (mun_check_files(v, &facts, target->store, "log", &err) !=
		    MUN_OK)
			die("files", &err);
		mun_bind_vault(v, &facts, "log");
	}
	rejected = mun_verification_verdict(v) == MUN_FAILED;
	mun_log_facts_clear(&facts);
	mun_verification_free(v);
	return rejected;
}

struct totals {
	struct target *target;
	uint64_t flips, accepted;
};

static enum mun_status
flip_file(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct totals *totals = ctx;
	int fd;

	(void)err;
	if (kind != MUN_STORE_FILE)
		return MUN_OK;
	if (fchmodat(mun_store_fd(totals->target->store), name, 0600, 0) != 0)
		abort();
	fd = openat(mun_store_fd(totals->target->store), name, O_RDWR);
	if (fd < 0)
		abort();
	for (uint64_t bit = 0; bit < size * 8; bit += totals->target->stride) {
		flip(fd, bit);
		totals->flips++;
		if (!log_is_rejected(totals->target) &&
		    totals->accepted++ < SHOWN_MAX)
			printf("NOT FAILED: bit %llu of byte %llu of %s\n",
			    (unsigned long long)(bit % 8),
			    (unsigned long long)(bit / 8), name);
		flip(fd, bit);
	}
	close(fd);
	return MUN_OK;
}

static uint64_t
flip_log(struct target *target)
{
	struct totals totals = { .target = target };
	struct mun_error err = MUN_ERROR_INIT;

	if (log_is_rejected(target)) {
		fprintf(stderr, "flip_every_bit: the log is not good\n");
		exit(2);
	}
	if (mun_store_list(target->store, "log", flip_file, &totals, &err) !=
		MUN_OK ||
	    mun_store_list(target->store, "certs", flip_file, &totals, &err) !=
		MUN_OK)
		die("list", &err);
	printf("log and certs: %llu flips, %llu not FAILED\n",
	    (unsigned long long)totals.flips,
	    (unsigned long long)totals.accepted);
	return totals.accepted;
}

/* ---- the dossier ---- */

static bool
dossier_is_rejected(struct target *target, int fd, uint64_t size)
{
	struct mun_verification *v = new_verification(target);
	struct mun_log_facts facts = { .usable = false };
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t sha256[MUN_SHA256_LEN];
	bool rejected;

	if (mun_check_dossier(v, &facts, fd, size, "dossier", sha256,
		&target->watch, &err) != MUN_OK)
		die("dossier", &err);
	rejected = mun_verification_verdict(v) == MUN_FAILED;
	mun_log_facts_clear(&facts);
	mun_verification_free(v);
	return rejected;
}

static uint64_t
flip_dossier(struct target *target, const char *path, unsigned share)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT((size_t)1 << 28);
	struct mun_error err = MUN_ERROR_INIT;
	int fd = memfd_create("dossier", MFD_CLOEXEC);
	uint64_t flips = 0, accepted = 0, size;

	if (fd < 0 ||
	    mun_file_read_whole(AT_FDCWD, path, &bytes, &err) != MUN_OK)
		die(path, &err);
	if (write(fd, bytes.data, bytes.len) != (ssize_t)bytes.len ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	size = bytes.len;
	mun_buffer_free(&bytes);
	if (dossier_is_rejected(target, fd, size)) {
		fprintf(stderr, "flip_every_bit: the dossier is not good\n");
		exit(2);
	}
	for (uint64_t n = share; n * target->stride < size * 8;
	     n += PROCESSES) {
		uint64_t bit = n * target->stride;

		flip(fd, bit);
		flips++;
		if (!dossier_is_rejected(target, fd, size) &&
		    accepted++ < SHOWN_MAX)
			printf("NOT FAILED: bit %llu of byte %llu\n",
			    (unsigned long long)(bit % 8),
			    (unsigned long long)(bit / 8));
		flip(fd, bit);
	}
	printf("%s: %llu flips, %llu not FAILED\n", path,
	    (unsigned long long)flips, (unsigned long long)accepted);
	close(fd);
	return accepted;
}

typedef uint64_t flip_share(
    struct target *target, const char *what, unsigned share);

static int
in_processes(
    flip_share *flip_it, const char *vault, const char *what, uint64_t stride)
{
	int bad = 0;

	for (unsigned share = 0; share < PROCESSES; share++) {
		pid_t child = fork();

		if (child == 0) {
			struct target target;
			uint64_t accepted;

			open_target(&target, vault, stride);
			accepted = flip_it(&target, what, share);
			fflush(stdout);
			_exit(accepted == 0 ? 0 : 1);
		}
	}
	for (unsigned share = 0; share < PROCESSES; share++) {
		int status;

		if (wait(&status) < 0 || !WIFEXITED(status) ||
		    WEXITSTATUS(status) != 0)
			bad = 1;
	}
	return bad;
}

int
main(int argc, char **argv)
{
	struct target target;
	uint64_t stride = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t accepted;

	if (argc == 5 && stride > 0 && strcmp(argv[1], "archive") == 0)
		return in_processes(flip_archive, argv[3], argv[4], stride);
	if (argc == 5 && stride > 0 && strcmp(argv[1], "dossier") == 0)
		return in_processes(flip_dossier, argv[3], argv[4], stride);
	if (argc != 4 || stride == 0 || strcmp(argv[1], "log") != 0)
		return 64;
	open_target(&target, argv[3], stride);
	accepted = flip_log(&target);
	close_target(&target);
	return accepted == 0 ? 0 : 1;
}
