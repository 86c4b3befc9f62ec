/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify_run.c - the flow of a verification: options, vaults and dossiers,
 * then archive files (which may find their log among those), what was kept,
 * the questions.
 */
#include "verify/verify_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/system.h"
#include "dossier/dossier.h"

struct run {
	struct mun_verification *v;
	const struct mun_verify_options *options;
	struct mun_watch watch;
	struct mun_kept_list kept;
	struct mun_log_facts *logs; /* one an input; unused ones are empty */
};

/* ---- options ---- */

static enum mun_status
take_anchors(struct mun_verification *v,
    const struct mun_verify_options *options, struct mun_error *err)
{
	static const char *const words[] = {
		[MUN_ANCHOR_VAULT] = "vault:",
		[MUN_ANCHOR_CERTIFICATE] = "sha256:",
		[MUN_ANCHOR_EITHER] = "",
	};
	enum mun_status status = MUN_OK;

	if (options->anchor_count == 0)
		return MUN_OK;
	v->anchors = calloc(options->anchor_count, sizeof(*v->anchors));
	v->anchor_texts =
	    calloc(options->anchor_count, sizeof(*v->anchor_texts));
	if (v->anchors == NULL || v->anchor_texts == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for anchors");
	for (size_t i = 0; i < options->anchor_count; i++) {
		struct mun_anchor *anchor = &v->anchors[i];
		char hex[2 * MUN_SHA256_LEN + 1];

		MUN_TRY(mun_anchor_parse(anchor, options->anchors[i], err));
		v->anchor_count++;
		mun_hex_encode(hex, anchor->sha256, MUN_SHA256_LEN);
		snprintf(v->anchor_texts[i], sizeof(v->anchor_texts[i]), "%s%s",
		    words[anchor->kind], hex);
	}
	v->has_anchor = true;
out:
	return status;
}

/* A vkey as typed, or a file that holds it on its first line. */
static enum mun_status
take_log_key(struct mun_verification *v,
    const struct mun_verify_options *options, struct mun_error *err)
{
	struct mun_buffer text = MUN_BUFFER_INIT(4096);
	enum mun_status status;
	size_t len;

	if (options->log_key == NULL)
		return MUN_OK;
	status = mun_file_read_whole(AT_FDCWD, options->log_key, &text, NULL);
	if (status != MUN_OK) {
		mun_buffer_reset(&text);
		mun_buffer_append_text(&text, options->log_key);
	}
	len = strcspn(mun_buffer_text(&text), "\r\n");
	status = mun_vkey_parse(
	    v->log_key_origin, v->log_key, mun_buffer_text(&text), len, err);
	if (status == MUN_OK) {
		v->has_log_key = true;
		v->has_anchor = true;
	} else if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT) {
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "log key '%s' is neither a verifier key "
		    "(name+hash+base64) nor a file that holds one",
		    options->log_key);
	}
	mun_buffer_free(&text);
	return status;
}

/* Open an input that is a file. */
static enum mun_status
open_input(const struct run *run, size_t i, int *fd, uint64_t *size,
    struct mun_error *err)
{
	const char *path = run->options->inputs[i];
	struct stat state;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &state) != 0)
		return mun_error_system(err, errno, "cannot open '%s'", path);
	*size = (uint64_t)state.st_size;
	return MUN_OK;
}

static enum mun_status
look_at_input(struct run *run, size_t i, struct mun_error *err)
{
	struct mun_verify_input *input = &run->v->inputs[i];
	const char *path = run->options->inputs[i];
	const char *const *names = run->options->input_names;
	struct stat state;
	enum mun_status status;
	uint64_t size;
	int fd = -1;

	if (stat(path, &state) != 0)
		return mun_error_system(err, errno, "cannot open '%s'", path);
	if (!S_ISREG(state.st_mode) && !S_ISDIR(state.st_mode))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is neither a file nor a vault folder", path);
	input->path = strdup(names != NULL ? names[i] : path);
	if (input->path == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for inputs");
	run->v->input_count++;
	input->is_vault = S_ISDIR(state.st_mode);
	if (input->is_vault)
		return MUN_OK;
	run->watch.all += (uint64_t)state.st_size;
	status = open_input(run, i, &fd, &size, err);
	if (status == MUN_OK)
		input->is_dossier = mun_dossier_is_one(fd, size);
	mun_file_close(&fd);
	return status;
}

static enum mun_status
take_options(struct run *run, struct mun_error *err)
{
	const struct mun_verify_options *options = run->options;
	struct mun_verification *v = run->v;
	enum mun_status status;

	if (options->version != 0)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "verify options of an unknown version");
	if (options->input_count == 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "there is nothing to verify: name an archive or a vault");
	v->listener = options->listener;
	MUN_TRY(mun_system_clock(&v->time_utc_s, err));
	MUN_TRY(take_anchors(v, options, err));
	MUN_TRY(take_log_key(v, options, err));
	MUN_TRY(mun_time_roots_load(v, options, err));
	MUN_TRY(mun_time_lists_load(v, options, err));
	if (options->policy != NULL)
		MUN_TRY(mun_policy_load(v, options->policy, err));
	MUN_TRY(mun_kept_load(&run->kept, options, err));
	v->inputs = calloc(options->input_count, sizeof(*v->inputs));
	run->logs = calloc(options->input_count, sizeof(*run->logs));
	v->custodies = calloc(options->input_count, sizeof(*v->custodies));
	if (v->inputs == NULL || run->logs == NULL || v->custodies == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for inputs");
	for (size_t i = 0; i < options->input_count; i++)
		MUN_TRY(look_at_input(run, i, err));
	if (options->remember != NULL)
		MUN_TRY(mun_remember_check(options, err));
out:
	return status;
}

/* ---- inputs ---- */

static void
claim_vault(struct mun_verification *v, const uint8_t sha256[MUN_SHA256_LEN])
{
	if (v->has_claimed_vault)
		return;
	memcpy(v->claimed_vault, sha256, MUN_SHA256_LEN);
	v->has_claimed_vault = true;
}

static enum mun_status
check_dossier(struct run *run, size_t i, struct mun_error *err)
{
	struct mun_verify_input *input = &run->v->inputs[i];
	enum mun_status status;
	uint64_t size = 0;
	int fd = -1;

	MUN_TRY(open_input(run, i, &fd, &size, err));
	MUN_TRY(mun_check_dossier(run->v, &run->logs[i], fd, size, input->path,
	    input->sha256, &run->watch, err));
	input->has_sha256 = true;
out:
	mun_file_close(&fd);
	return status;
}

/* A vault or a dossier: what brings a log. */
static enum mun_status
run_log(struct run *run, size_t i, struct mun_error *err)
{
	struct mun_log_facts *log = &run->logs[i];
	const char *path = run->options->inputs[i];
	enum mun_status status = run->v->inputs[i].is_dossier
	    ? check_dossier(run, i, err)
	    : mun_check_vault(run->v, log, path, &run->watch, err);
	size_t before = run->v->check_count;

	if (status != MUN_OK || !log->usable)
		return status;
	log->name = run->v->inputs[i].path;
	run->v->has_log = true;
	run->v->has_part = run->v->has_part || log->is_part;
	if (log->is_part) /* a vault's is put there before its archives */
		run->v->custodies[run->v->custody_count++] = log->custody;
	claim_vault(run->v, log->fingerprint);
	mun_kept_judge(run->v, &run->kept, log);
	MUN_TRY(mun_policy_judge(run->v, &run->kept, log, path, err));
	log->stands = log->stands && !mun_failed_since(run->v, before);
out:
	return status;
}

/* What the logs say of each other, and which heads are worth remembering. */
static enum mun_status
end_logs(struct run *run, struct mun_error *err)
{
	const struct mun_verify_options *options = run->options;
	enum mun_status status = MUN_OK;
	bool *heads = calloc(run->v->input_count + 1, sizeof(*heads));
	size_t before;
	bool stand;

	if (heads == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for inputs");
	mun_judge_contradictions(run->v, run->logs, heads);
	MUN_TRY(mun_judge_left_out(run->v, run->logs, err));
	before = run->v->check_count;
	mun_kept_judge_unused(run->v, &run->kept);
	stand = !mun_failed_since(run->v, before);
	for (size_t i = 0; i < run->v->input_count; i++) {
		struct mun_log_facts *log = &run->logs[i];

		log->stands = log->stands && stand;
		if (options->remember != NULL && log->usable)
			MUN_TRY(mun_remember_judge(
			    run->v, options, log, options->inputs[i], err));
	}
out:
	free(heads);
	return status;
}

/* The logs, among the vaults and dossiers given, of which an archive's seal
 * speaks, into found: all that know the archive, else one that does not.  All,
 * because each may show what another does not: of two dossiers of one archive
 * the older one knows less, and which one that is, is the sender's word. */
static size_t
logs_of(struct run *run, const struct mun_archive_facts *archive,
    struct mun_log_facts **found)
{
	struct mun_log_facts *other = NULL;
	size_t count = 0;

	for (size_t i = 0; archive->sealed && i < run->v->input_count; i++) {
		struct mun_log_facts *log = &run->logs[i];

		if (!log->usable ||
		    !mun_bytes_equal(
			log->fingerprint, archive->seal.vault, MUN_SHA256_LEN))
			continue;
		if (mun_log_facts_deposit(log, archive->id) != NULL)
			found[count++] = log;
		other = other == NULL ? log : other;
	}
	if (count == 0 && other != NULL)
		found[count++] = other;
	return count;
}

static enum mun_status
bind_archive(struct run *run, const struct mun_archive_facts *archive,
    const char *subject, struct mun_error *err)
{
	struct mun_log_facts **logs =
	    calloc(run->v->input_count, sizeof(struct mun_log_facts *));
	size_t count;

	if (logs == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for inputs");
	count = logs_of(run, archive, logs);
	if (count > 0)
		mun_bind_archive_to_all(run->v, archive, logs, count, subject);
	else
		mun_bind_lone_archive(run->v, archive, subject);
	free(logs);
	return MUN_OK;
}

/* A file that is named like an archive has to hold that archive. */
static void
judge_name(struct mun_verification *v, const struct mun_archive_facts *archive,
    const char *path)
{
	const char *base = strrchr(path, '/');
	char prefix[MUN_PREFIX_MAX + 1];
	uint64_t number;
	size_t len;

	base = base == NULL ? path : base + 1;
	len = strlen(base);
	if (archive->id[0] == '\0' || len < 5 ||
	    strcmp(base + len - 4, ".tar") != 0 ||
	    !mun_archive_id_parse(base, len - 4, prefix, &number))
		return;
	mun_judge(v, MUN_RULE_ARCHIVE_NAME,
	    strlen(archive->id) == len - 4 &&
		strncmp(base, archive->id, len - 4) == 0,
	    path, "%s", archive->id);
}

static enum mun_status
run_archive(struct run *run, size_t i, struct mun_error *err)
{
	struct mun_verify_input *input = &run->v->inputs[i];
	struct mun_archive_facts archive = { .whole = false };
	enum mun_status status;
	uint64_t size;
	int fd = -1;

	MUN_TRY(open_input(run, i, &fd, &size, err));
	MUN_TRY(mun_check_archive(
	    run->v, &archive, fd, size, input->path, &run->watch, err));
	memcpy(input->sha256, archive.sha256, MUN_SHA256_LEN);
	input->has_sha256 = archive.has_sha256;
	judge_name(run->v, &archive, input->path);
	if (archive.sealed)
		claim_vault(run->v, archive.seal.vault);
	status = bind_archive(run, &archive, input->path, err);
out:
	mun_archive_facts_clear(&archive);
	mun_file_close(&fd);
	return status;
}

/* What brings a log comes before the archives that may be in it. */
static enum mun_status
run_inputs(struct run *run, struct mun_error *err)
{
	struct mun_verification *v = run->v;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < v->input_count; i++)
		if (v->inputs[i].is_vault || v->inputs[i].is_dossier)
			MUN_TRY(run_log(run, i, err));
	MUN_TRY(end_logs(run, err));
	MUN_TRY(mun_bind_predecessors(v, run->logs, err));
	for (size_t i = 0; i < v->input_count; i++)
		if (!v->inputs[i].is_vault && !v->inputs[i].is_dossier)
			MUN_TRY(run_archive(run, i, err));
	for (size_t i = 0; i < v->input_count; i++)
		if (v->inputs[i].is_dossier && run->logs[i].usable)
			mun_dossier_judge_absent(
			    v, &run->logs[i], v->inputs[i].path);
out:
	return status;
}

enum mun_status
mun_verify_run(struct mun_verification **out,
    const struct mun_verify_options *options, struct mun_error *err)
{
	struct run run = { .options = options,
		.watch = { .options = options } };
	struct mun_error local = MUN_ERROR_INIT;
	enum mun_status status;

	if (err == NULL)
		err = &local;
	run.v = calloc(1, sizeof(*run.v));
	if (run.v == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a verification");
	MUN_TRY(take_options(&run, err));
	MUN_TRY(run_inputs(&run, err));
	if (run.v->policy != NULL && !run.v->policy_judged)
		mun_judge(run.v, MUN_RULE_POLICY_UNUSED, false, options->policy,
		    "%s", "");
	mun_answer_questions(run.v);
	if (run.v->status != MUN_OK) {
		status = mun_error_set(
		    err, run.v->status, "out of memory for the list of checks");
		goto out;
	}
out:
	/* Then nothing that was found is known to be so, a refusal neither. */
	if (status != MUN_ERR_NOMEM && mun_memory_ran_out())
		status = mun_error_set(err, MUN_ERR_NOMEM,
		    "memory ran out, so nothing can be judged");
	if (status == MUN_OK) {
		*out = run.v;
		run.v = NULL;
	}
	for (size_t i = 0; run.logs != NULL && i < options->input_count; i++)
		mun_log_facts_clear(&run.logs[i]);
	free(run.logs);
	mun_kept_clear(&run.kept);
	mun_verification_free(run.v);
	return status;
}
