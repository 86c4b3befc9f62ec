/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remember.c - the verifier's own memory: the last head it saw of each log.
 *
 * The only thing that a verification ever writes, into a folder that the one
 * who verifies named for it.  A file there is called after origin and key of
 * the log as entry 0 gives them, and holds its checkpoint as it was found.  It
 * is replaced in one step, under a lock, by a head that extends it and of
 * which nothing failed; whatever else lies there instead is left alone.
 *
 * Spec: docs/format/verification.md, Remembered heads.
 */
#define _DEFAULT_SOURCE /* flock(2) */

#include "verify/verify_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "muniment/vault.h"

enum {
	HEX_LEN = 2 * MUN_SHA256_LEN,
	NAME_LEN = HEX_LEN + 32,
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC
};

/* ---- where ---- */

enum mun_status
mun_remember_check(
    const struct mun_verify_options *options, struct mun_error *err)
{
	const char *path = options->remember;
	enum mun_status status = MUN_OK;
	bool inside;

	for (size_t i = 0; i < options->input_count; i++) {
		MUN_TRY(
		    mun_file_lies_in(path, options->inputs[i], &inside, err));
		if (inside)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "'%s' lies in '%s', which is to be verified: "
			    "nothing is written there; name a folder of your "
			    "own elsewhere",
			    path, options->inputs[i]);
	}
	MUN_TRY(mun_vault_expect_outside(path, err));
	status = mun_file_make_folders(AT_FDCWD, path, 0700, err);
out:
	return status;
}

/* ---- one log's head ---- */

struct memory {
	struct mun_verification *v;
	const struct mun_log_facts *facts;
	int fd; /* of the folder; flocked */
	char hex[HEX_LEN + 1]; /* of the log's key as text */
	char name[NAME_LEN + 1];
	const char *path; /* of the folder, as typed */
	struct mun_buffer kept; /* what is remembered; empty: nothing */
	struct mun_buffer now; /* the head that was judged */
};

static enum mun_status
open_memory(struct memory *memory, struct mun_error *err)
{
	const struct mun_log_facts *facts = memory->facts;
	struct mun_buffer vkey = MUN_BUFFER_INIT(MUN_VKEY_MAX);
	uint8_t sha256[MUN_SHA256_LEN];
	enum mun_status status;

	mun_vkey_write(&vkey, facts->origin, facts->created.log_key);
	MUN_TRY(mun_buffer_status(&vkey, "log key", err));
	mun_sha256_of(sha256, vkey.data, vkey.len);
	mun_hex_encode(memory->hex, sha256, sizeof(sha256));
	(void)snprintf(
	    memory->name, sizeof(memory->name), "%s.checkpoint", memory->hex);
	memory->fd = open(memory->path, FOLDER_FLAGS);
	/* Held for moments; whoever dies holds nothing. */
	if (memory->fd < 0 || flock(memory->fd, LOCK_EX) != 0)
		status = mun_error_system(
		    err, errno, "lock folder '%s'", memory->path);
out:
	mun_buffer_free(&vkey);
	return status;
}

/* Another verification may have seen the log after it grew. */
static bool
has_grown(const struct memory *memory, const char *vault)
{
	const struct mun_log_facts *facts = memory->facts;
	struct mun_checkpoint kept;
	struct mun_store *store = NULL;
	struct mun_log *log = NULL;
	bool grew = false;

	if (mun_log_facts_take_kept(facts, &kept, &memory->kept) &&
	    kept.size > facts->checkpoint.size &&
	    mun_store_open(&store, vault, NULL) == MUN_OK &&
	    mun_log_open(&log, store, NULL) == MUN_OK)
		grew = mun_log_checkpoint(log)->size >= kept.size;
	mun_log_close(log);
	mun_store_close(store);
	return grew;
}

/* Both heads, under names that follow from them: the same conflict is kept
 * once, however often it is met. */
static void
keep_evidence(struct memory *memory)
{
	struct mun_buffer both = MUN_BUFFER_INIT(2 * MUN_NOTE_MAX);
	char name[2 * NAME_LEN], hex[HEX_LEN + 1];
	uint8_t sha256[MUN_SHA256_LEN];
	enum mun_status status = MUN_OK;
	struct mun_error err = MUN_ERROR_INIT;

	mun_buffer_append(&both, memory->kept.data, memory->kept.len);
	mun_buffer_append(&both, memory->now.data, memory->now.len);
	mun_sha256_of(sha256, both.data, both.len);
	mun_hex_encode(hex, sha256, sizeof(sha256));
	for (int i = 0; i < 2 && status == MUN_OK; i++) {
		const struct mun_buffer *head =
		    i == 0 ? &memory->kept : &memory->now;

		(void)snprintf(name, sizeof(name), "%s.%.16s.%s", memory->hex,
		    hex, i == 0 ? "remembered" : "found");
		status = mun_file_put_new(
		    memory->fd, name, head->data, head->len, 0600, &err);
		if (status == MUN_ERR_EXISTS)
			status = MUN_OK;
	}
	if (status != MUN_OK)
		mun_judge(memory->v, MUN_RULE_HEAD_REMEMBERED, false,
		    memory->path, "the two heads could not be kept: %s",
		    err.text);
	mun_buffer_free(&both);
}

static void
remember(struct memory *memory)
{
	const struct mun_log_facts *facts = memory->facts;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = MUN_OK;

	if (!facts->stands)
		return;
	if (memory->kept.len != memory->now.len ||
	    memcmp(memory->kept.data, memory->now.data, memory->now.len) != 0)
		status = mun_file_replace(memory->fd, memory->name,
		    memory->now.data, memory->now.len, 0600, &err);
	if (status == MUN_OK)
		mun_say(memory->v, MUN_RULE_HEAD_REMEMBERED, memory->path,
		    "tree size %llu%s",
		    (unsigned long long)facts->checkpoint.size,
		    memory->kept.len == 0 ? ", the first one of this log" : "");
	else
		mun_judge(memory->v, MUN_RULE_HEAD_REMEMBERED, false,
		    memory->path, "%s", err.text);
}

/* A dossier may be of any day. */
static bool
is_older(const struct memory *memory)
{
	struct mun_checkpoint kept;

	return mun_log_facts_take_kept(memory->facts, &kept, &memory->kept) &&
	    kept.size > memory->facts->checkpoint.size;
}

static enum mun_status
judge(struct memory *memory, const char *vault, struct mun_error *err)
{
	char subject[MUN_ERROR_TEXT_MAX];
	const char *fault = NULL;
	enum mun_status status =
	    mun_file_read_whole(memory->fd, memory->name, &memory->kept, err);

	(void)snprintf(
	    subject, sizeof(subject), "%s/%s", memory->path, memory->name);
	if (status == MUN_ERR_NOT_FOUND) {
		remember(memory);
		return MUN_OK;
	}
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT) {
		mun_judge(memory->v, MUN_RULE_KEPT_EXTENDS, false, subject,
		    "what was remembered is damaged: %s", err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	if (memory->facts->is_part && is_older(memory)) {
		mun_judge(memory->v, MUN_RULE_KEPT_UNUSED, false, subject, "%s",
		    "the dossier is older than the head remembered");
		return MUN_OK;
	}
	if (has_grown(memory, vault)) {
		mun_judge(memory->v, MUN_RULE_HEAD_REMEMBERED, false, subject,
		    "%s", "the log grew while it was judged");
		return MUN_OK;
	}
	fault = mun_kept_fault(&memory->kept, memory->facts);
	mun_judge(memory->v, MUN_RULE_KEPT_EXTENDS, fault == NULL, subject,
	    "%s", fault == NULL ? "" : fault);
	if (fault != NULL)
		keep_evidence(memory);
	else
		remember(memory);
	return MUN_OK;
}

enum mun_status
mun_remember_judge(struct mun_verification *v,
    const struct mun_verify_options *options, const struct mun_log_facts *facts,
    const char *path, struct mun_error *err)
{
	struct memory memory = { .v = v,
		.facts = facts,
		.fd = -1,
		.path = options->remember,
		.kept = MUN_BUFFER_INIT(MUN_NOTE_MAX),
		.now = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX) };
	const struct mun_checkpoint *head = &facts->checkpoint;
	enum mun_status status;

	/* As it was found: a checkpoint that parses has only one form. */
	mun_checkpoint_write_again(&memory.now, head);
	MUN_TRY(mun_buffer_status(&memory.now, "checkpoint", err));
	MUN_TRY(open_memory(&memory, err));
	status = judge(&memory, path, err);
out:
	mun_file_close(&memory.fd); /* and with it the lock */
	mun_buffer_free(&memory.kept);
	mun_buffer_free(&memory.now);
	return status;
}
