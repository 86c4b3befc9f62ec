/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * witness_check.c - what strangers signed of a log: the cosigned checkpoints
 * stored with it, and the policy that says whom to believe.
 *
 * Whoever can write the log's folder can put lines there that look like
 * cosignatures; unless a policy names the key, nothing is said by them.
 *
 * Spec: docs/format/log.md, Witnesses; C2SP tlog-cosignature, tlog-policy.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/verify_internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/time.h"

enum {
	/* A witness's clock may be ahead of ours by what a wrong time zone
	 * makes of one; beyond that, one of the two is wrong. */
	AHEAD_MAX_S = 86400
};

enum mun_status
mun_policy_load(
    struct mun_verification *v, const char *path, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_POLICY_MAX);
	enum mun_status status;

	MUN_TRY(mun_file_read_whole(AT_FDCWD, path, &bytes, err));
	MUN_TRY(mun_policy_parse(&v->policy, bytes.data, bytes.len, err));
	if (v->policy->log_count > 0)
		v->has_anchor = true;
out:
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT) {
		status = MUN_ERR_USAGE;
		if (err != NULL)
			err->status = status;
	}
	if (status != MUN_OK)
		mun_error_wrap(err, "policy '%s'", path);
	mun_buffer_free(&bytes);
	return status;
}

/* ---- one checkpoint and the policy's witnesses ---- */

struct note {
	const struct mun_checkpoint *checkpoint;
	const struct mun_buffer *bytes;
	const char *subject;
};

/* Which of them have cosigned it; a line of theirs that does not hold is a
 * failure. */
static enum mun_status
ask_witnesses(struct mun_verification *v, struct mun_cosigned_fact *cosigned,
    bool *has, const struct note *note, struct mun_error *err)
{
	const struct mun_policy *policy = v->policy;

	for (size_t i = 0; i < policy->witness_count; i++) {
		const struct mun_note_key *key = &policy->witnesses[i].key;
		struct mun_cosignature found;
		enum mun_status status;

		if (key->type != MUN_NOTE_COSIGNATURE)
			continue;
		status = mun_cosignature_find(&found, note->checkpoint,
		    note->bytes->data, note->bytes->len, key, err);
		if (status != MUN_OK)
			return status;
		if (!found.is_there)
			continue;
		mun_judge(v, MUN_RULE_COSIGNATURE_HOLDS, found.holds,
		    note->subject, "tree size %llu, witness %s",
		    (unsigned long long)note->checkpoint->size, key->name);
		if (found.holds && found.time_utc_s > v->time_utc_s &&
		    found.time_utc_s - v->time_utc_s > AHEAD_MAX_S) {
			cosigned->has_future = true;
			continue;
		}
		has[i] = has[i] || found.holds;
		if (found.holds && found.time_utc_s > cosigned->newest_utc_s)
			cosigned->newest_utc_s = found.time_utc_s;
	}
	return MUN_OK;
}

static enum mun_status
weigh(struct mun_verification *v, struct mun_log_facts *facts,
    const struct note *note, struct mun_error *err)
{
	struct mun_cosigned_fact *cosigned = &facts->cosigned;
	struct mun_cosigned_fact other = { .notes = 0 };
	enum mun_status status;

	if (note->checkpoint->size == facts->checkpoint.size)
		return ask_witnesses(v, cosigned, cosigned->has, note, err);
	status = ask_witnesses(v, &other, other.has, note, err);
	if (status == MUN_OK && note->checkpoint->size > cosigned->covered &&
	    mun_policy_is_satisfied(v->policy, other.has))
		cosigned->covered = note->checkpoint->size;
	return status;
}

/* ---- stored with the log ---- */

struct sizes {
	uint64_t *size;
	size_t count, capacity;
};

static enum mun_status
visit(void *ctx, const char *name, enum mun_store_kind kind, uint64_t bytes,
    struct mun_error *err)
{
	struct sizes *sizes = ctx;
	uint64_t size, *longer;

	(void)bytes;
	if (kind != MUN_STORE_FILE || !mun_witness_name_parse(&size, name))
		return MUN_OK; /* told in files_check.c */
	if (sizes->count == sizes->capacity) {
		sizes->capacity =
		    sizes->capacity == 0 ? 64 : 2 * sizes->capacity;
		longer =
		    reallocarray(sizes->size, sizes->capacity, sizeof(*longer));
		if (longer == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for cosigned checkpoints");
		sizes->size = longer;
	}
	sizes->size[sizes->count++] = size;
	return MUN_OK;
}

static int
compare_sizes(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

struct walk {
	struct mun_verification *v;
	struct mun_log_facts *facts;
	struct mun_store *store;
	const char *subject;
	/* over the first frontier.size entries; grows with the sizes met */
	struct mun_merkle_frontier frontier;
};

static const char *
fault_of(struct walk *walk, const struct mun_checkpoint *checkpoint,
    const struct mun_buffer *bytes, uint64_t size)
{
	const struct mun_log_facts *facts = walk->facts;
	struct mun_hash root;

	if (checkpoint->size != size)
		return "it is of another size than its folder";
	if (strcmp(checkpoint->origin, facts->origin) != 0 ||
	    !mun_checkpoint_verify(
		checkpoint, bytes->data, mun_log_facts_key_at(facts, size)))
		return "it is not signed by the log's key";
	while (walk->frontier.size < size)
		mun_merkle_add(
		    &walk->frontier, &facts->entries[walk->frontier.size].leaf);
	mun_merkle_root(&walk->frontier, &root);
	if (!mun_bytes_equal(&root, &checkpoint->root, sizeof(root)))
		return "it is over other entries";
	return NULL;
}

static enum mun_status
judge_one(struct walk *walk, uint64_t size, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_checkpoint checkpoint;
	char name[MUN_TILE_NAME_MAX];
	const struct note note = { &checkpoint, &bytes, walk->subject };
	enum mun_status status;
	const char *fault;

	mun_witness_name(name, sizeof(name), size);
	status = mun_store_read(walk->store, name, &bytes, err);
	if (status == MUN_OK)
		status =
		    mun_cosigned_parse(&checkpoint, bytes.data, bytes.len, err);
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_NOT_FOUND) {
		mun_judge(walk->v, MUN_RULE_COSIGNED_FORM, false, walk->subject,
		    "%s: %s", name, err->text);
		status = MUN_OK;
		goto out;
	}
	MUN_TRY(status);
	fault = fault_of(walk, &checkpoint, &bytes, size);
	if (fault != NULL) {
		mun_judge(walk->v, MUN_RULE_COSIGNED_EXTENDS, false,
		    walk->subject, "%s: %s", name, fault);
		goto out;
	}
	walk->facts->cosigned.notes++;
	if (walk->v->policy != NULL)
		status = weigh(walk->v, walk->facts, &note, err);
out:
	mun_buffer_free(&bytes);
	return status;
}

enum mun_status
mun_check_cosigned(struct mun_verification *v, struct mun_log_facts *facts,
    struct mun_store *store, const char *subject, struct mun_error *err)
{
	static const enum mun_rule summed[] = { MUN_RULE_COSIGNED_FORM,
		MUN_RULE_COSIGNED_EXTENDS };
	struct walk walk = {
		.v = v, .facts = facts, .store = store, .subject = subject
	};
	struct sizes sizes = { .count = 0 };
	size_t before = v->check_count;
	enum mun_status status;

	facts->cosigned = (struct mun_cosigned_fact){ .notes = 0 };
	status = mun_store_list(store, "log/witness", visit, &sizes, err);
	if (status == MUN_ERR_FORMAT)
		status = MUN_OK; /* told in files_check.c */
	MUN_TRY(status);
	if (sizes.count == 0)
		goto out;
	qsort(sizes.size, sizes.count, sizeof(*sizes.size), compare_sizes);
	for (size_t i = 0; i < sizes.count; i++)
		if (sizes.size[i] <= facts->entry_count)
			MUN_TRY(judge_one(&walk, sizes.size[i], err));
	mun_summarise(
	    v, before, summed, sizeof(summed) / sizeof(summed[0]), subject);
	if (v->policy == NULL && facts->cosigned.notes > 0)
		mun_say(v, MUN_RULE_COSIGNED_UNJUDGED, subject,
		    "%zu cosigned checkpoints", facts->cosigned.notes);
out:
	free(sizes.size);
	return status;
}

/* ---- the policy ---- */

/* A kept checkpoint may be one that was cosigned and not stored. */
static enum mun_status
weigh_kept(struct mun_verification *v, const struct mun_kept *kept,
    struct mun_log_facts *facts, struct mun_error *err)
{
	const struct mun_buffer *bytes = &kept->receipt.checkpoint;
	struct mun_checkpoint checkpoint;
	const struct note note = { &checkpoint, bytes, kept->path };

	if (mun_kept_fault(bytes, facts) != NULL)
		return MUN_OK;
	return mun_log_facts_take_kept(facts, &checkpoint, bytes)
	    ? weigh(v, facts, &note, err)
	    : MUN_OK;
}

static void
judge_quorum(struct mun_verification *v, const struct mun_log_facts *facts,
    const char *subject)
{
	const struct mun_cosigned_fact *cosigned = &facts->cosigned;
	unsigned long long size = facts->checkpoint.size;
	char when[MUN_TIME_TEXT_LEN + 1];
	size_t count = 0;

	for (size_t i = 0; i < v->policy->witness_count; i++)
		count += cosigned->has[i];
	if (!mun_policy_is_satisfied(v->policy, cosigned->has))
		mun_judge(v, MUN_RULE_WITNESS_QUORUM, false, subject,
		    "tree size %llu is cosigned by %zu of them; the quorum "
		    "covers the first %llu entries%s",
		    size, count, (unsigned long long)cosigned->covered,
		    cosigned->has_future
			? "; a cosignature from the future was not counted"
			: "");
	else if (count == 0 || !mun_time_format(when, cosigned->newest_utc_s))
		mun_judge(v, MUN_RULE_WITNESS_QUORUM, true, subject,
		    "tree size %llu", size);
	else
		mun_judge(v, MUN_RULE_WITNESS_QUORUM, true, subject,
		    "tree size %llu, %zu witnesses, the last at %s", size,
		    count, when);
}

enum mun_status
mun_policy_judge(struct mun_verification *v, const struct mun_kept_list *kept,
    struct mun_log_facts *facts, const char *subject, struct mun_error *err)
{
	if (v->policy == NULL)
		return MUN_OK;
	v->policy_judged = true;
	for (size_t i = 0; i < kept->count; i++) {
		enum mun_status status =
		    weigh_kept(v, &kept->items[i], facts, err);

		if (status != MUN_OK)
			return status;
	}
	judge_quorum(v, facts, subject);
	return MUN_OK;
}
