/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive_check.c - judges one archive file for itself, in one pass.
 *
 * Documents come first in the file and manifests after them, so the pass
 * hashes the lines it expects while documents stream by and compares digests
 * when the manifests come: constant memory but for 8 bytes a document, which
 * only serve to name the one that differs.
 *
 * Spec: docs/format/archive.md.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/archive_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

/* Bytes of an archive from which on helper threads are worth their start. */
enum {
	THREADS_FROM = 4194304
};

void
mun_archive_facts_clear(struct mun_archive_facts *facts)
{
	for (size_t i = 0; i < facts->chain_count; i++)
		mun_certificate_free(facts->chain[i]);
	free(facts->leaves);
	memset(facts, 0, sizeof(*facts));
}

/* Whether an event of a log given names that document. */
static bool
is_named(const struct mun_verification *v, uint64_t number, uint64_t document)
{
	size_t count;

	for (size_t i = 0; i < v->custody_count; i++)
		if (mun_custody_claims_of(
			v->custodies[i], number, document, &count) != NULL)
			return true;
	return false;
}

enum mun_status
mun_archive_facts_keep_leaf(struct mun_archive_facts *facts,
    const struct mun_verification *v, uint64_t document,
    const struct mun_hash *leaf, struct mun_error *err)
{
	char prefix[MUN_PREFIX_MAX + 1];
	struct mun_named_leaf *grown;
	uint64_t number;

	if (v->custody_count == 0 || document == 0 ||
	    !mun_archive_id_parse(
		facts->id, strlen(facts->id), prefix, &number) ||
	    !is_named(v, number, document))
		return MUN_OK;
	if (facts->leaf_count == facts->leaf_capacity) {
		size_t capacity = facts->leaf_capacity * 2 + 16;

		grown = reallocarray(facts->leaves, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for the documents of events");
		facts->leaves = grown;
		facts->leaf_capacity = capacity;
	}
	facts->leaves[facts->leaf_count++] =
	    (struct mun_named_leaf){ document, *leaf };
	return MUN_OK;
}

bool
mun_watch_step(struct mun_watch *watch, const char *what, uint64_t bytes)
{
	watch->done += bytes;
	if (watch->options->watch == NULL)
		return true;
	return watch->options->watch(
	    watch->options->ctx, what, watch->done, watch->all);
}

static enum mun_status
pass_new(
    struct mun_archive_pass *pass, int fd, uint64_t size, struct mun_error *err)
{
	const struct mun_pump_options options = { .write_fd = -1,
		.threads = size < THREADS_FROM ? 0 : mun_pump_threads() };
	enum mun_status status;

	MUN_TRY(mun_pump_new(&pass->pump, &options, err));
	MUN_TRY(
	    mun_package_reader_new(&pass->reader, fd, size, pass->pump, err));
	MUN_TRY(mun_digest_pair_new(&pass->expected_sha256, err));
	MUN_TRY(mun_digest_pair_new(&pass->expected_sha512, err));
	MUN_TRY(mun_sha256_new(&pass->stored_projection, err));
	MUN_TRY(mun_sha256_new(&pass->stored_names, err));
	MUN_TRY(mun_sha256_new(&pass->private_names, err));
	MUN_TRY(mun_sha256_new(&pass->record_projection, err));
	MUN_TRY(mun_sha256_new(&pass->record_private, err));
	MUN_TRY(mun_sha256_new(&pass->private_projection, err));
	mun_digest_pair_start(pass->expected_sha256);
	mun_digest_pair_start(pass->expected_sha512);
	mun_sha256_start(pass->stored_projection);
	mun_sha256_start(pass->stored_names);
	mun_sha256_start(pass->private_names);
	mun_sha256_start(pass->record_projection);
	mun_sha256_start(pass->record_private);
	mun_sha256_start(pass->private_projection);
out:
	return status;
}

static void
pass_free(struct mun_archive_pass *pass)
{
	mun_package_reader_free(pass->reader);
	mun_pump_free(pass->pump);
	mun_digest_pair_free(pass->expected_sha256);
	mun_digest_pair_free(pass->expected_sha512);
	mun_sha256_free(pass->stored_projection);
	mun_sha256_free(pass->stored_names);
	mun_sha256_free(pass->private_names);
	mun_sha256_free(pass->record_projection);
	mun_sha256_free(pass->record_private);
	mun_sha256_free(pass->private_projection);
	mun_buffer_free(&pass->line);
	mun_buffer_free(&pass->scratch);
	mun_buffer_free(&pass->last_path);
	mun_buffer_free(&pass->finding_path);
	for (size_t i = 0; i < 2; i++)
		mun_buffer_free(&pass->tagmanifest[i]);
	free(pass->prefixes);
}

/* Add the next document's 8 bytes to the list that can name a difference. */
static enum mun_status
keep_prefix(struct mun_archive_pass *pass, const struct mun_digests *digests,
    struct mun_error *err)
{
	if (pass->facts->documents == pass->prefix_capacity) {
		size_t capacity = pass->prefix_capacity == 0
		    ? 256
		    : pass->prefix_capacity * 2;
		uint64_t *grown =
		    reallocarray(pass->prefixes, capacity, sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for a list of documents");
		pass->prefixes = grown;
		pass->prefix_capacity = capacity;
	}
	memcpy(&pass->prefixes[pass->facts->documents], digests->sha256,
	    sizeof(uint64_t));
	return MUN_OK;
}

void
mun_project_document(struct mun_sha256 *projection, uint64_t number,
    const char *file, uint64_t size, const struct mun_digests *digests)
{
	uint8_t numbers[16];

	for (unsigned i = 0; i < 8; i++) {
		numbers[i] = (uint8_t)(number >> (56 - 8 * i));
		numbers[8 + i] = (uint8_t)(size >> (56 - 8 * i));
	}
	mun_sha256_update(projection, numbers, sizeof(numbers));
	mun_sha256_update(projection, file, strlen(file) + 1);
	mun_sha256_update(projection, digests, sizeof(*digests));
}

static void
expect_manifest_lines(struct mun_archive_pass *pass, const char *file,
    const struct mun_digests *digests)
{
	mun_buffer_reset(&pass->line);
	mun_manifest_line_write(
	    &pass->line, digests->sha256, MUN_SHA256_LEN, file);
	mun_digest_pair_update(
	    pass->expected_sha256, pass->line.data, pass->line.len);
	mun_buffer_reset(&pass->line);
	mun_manifest_line_write(
	    &pass->line, digests->sha512, MUN_SHA512_LEN, file);
	mun_digest_pair_update(
	    pass->expected_sha512, pass->line.data, pass->line.len);
}

/* The digits of the first document's name fix the width of all. */
static unsigned
width_of(const char *file, const char *archive_id)
{
	size_t skip = strlen("data/") + strlen(archive_id) + 1;

	if (strlen(file) < skip)
		return 0;
	return (unsigned)strspn(file + skip, "0123456789");
}

static enum mun_status
take_document(struct mun_archive_pass *pass, const char *file, uint64_t size,
    struct mun_error *err)
{
	uint64_t number = pass->facts->documents + 1;
	struct mun_digests digests;
	enum mun_status status;

	if (number == 1)
		pass->width = width_of(file, pass->facts->id);
	if (!mun_payload_name_matches(
		file, pass->facts->id, pass->width, number))
		mun_judge(pass->v, MUN_RULE_ARCHIVE_MEMBERS, false,
		    pass->subject, "'%s' stands where document %llu is due",
		    file, (unsigned long long)number);
	MUN_TRY(mun_package_reader_digests(pass->reader, &digests, err));
	MUN_TRY(keep_prefix(pass, &digests, err));
	expect_manifest_lines(pass, file, &digests);
	mun_project_document(
	    pass->stored_projection, number, file, size, &digests);
	mun_project_name(pass->stored_names, number, file);
	pass->facts->documents++;
	pass->facts->bytes += size;
	if (!mun_watch_step(pass->watch, pass->subject, size))
		status = mun_error_set(
		    err, MUN_ERR_CANCELED, "verification was stopped");
out:
	return status;
}

void
mun_project_name(
    struct mun_sha256 *projection, uint64_t number, const char *file)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	mun_sha256_update(projection, bytes, sizeof(bytes));
	mun_sha256_update(projection, file, strlen(file) + 1);
}

/* The archive id is the one folder everything lies in: the first member says
 * it. */
static bool
take_id(struct mun_archive_pass *pass, const char *path)
{
	char prefix[MUN_PREFIX_MAX + 1];
	const char *slash = strchr(path, '/');
	uint64_t number;
	size_t len;

	if (slash == NULL)
		return false;
	len = (size_t)(slash - path);
	if (len > MUN_ARCHIVE_ID_MAX ||
	    !mun_archive_id_parse(path, len, prefix, &number))
		return false;
	memcpy(pass->facts->id, path, len);
	pass->facts->id[len] = '\0';
	return true;
}

/* Path below the archive's folder, or NULL when it lies elsewhere. */
static const char *
below_folder(const struct mun_archive_pass *pass, const char *path)
{
	size_t len = strlen(pass->facts->id);

	if (len == 0 || strncmp(path, pass->facts->id, len) != 0 ||
	    path[len] != '/')
		return NULL;
	return path + len + 1;
}

static enum mun_status
take_tag_member(struct mun_archive_pass *pass, const char *path, uint64_t size,
    struct mun_error *err)
{
	struct mun_digests *digests;
	enum mun_status status;

	if (pass->next_tag >= MUN_TAG_MEMBERS_COUNT ||
	    strcmp(path, mun_tag_member_path(pass->next_tag)) != 0) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_MEMBERS, false,
		    pass->subject, "'%s' stands where '%s' is due", path,
		    pass->next_tag >= MUN_TAG_MEMBERS_COUNT
			? "the end"
			: mun_tag_member_path(pass->next_tag));
		pass->out_of_order = true;
		return MUN_OK;
	}
	pass->tag_size[pass->next_tag] = size;
	MUN_TRY(mun_check_tag_member(pass, pass->next_tag, err));
	digests = &pass->tag_digests[pass->next_tag];
	MUN_TRY(mun_package_reader_digests(pass->reader, digests, err));
	mun_check_tag_digests(pass, pass->next_tag);
	pass->next_tag++;
out:
	return status;
}

static enum mun_status
take_member(struct mun_archive_pass *pass,
    const struct mun_package_member *member, struct mun_error *err)
{
	const char *path;

	if (pass->next_tag == MUN_TAG_BAGIT && !take_id(pass, member->path)) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_MEMBERS, false,
		    pass->subject, "'%s' does not begin with an archive number",
		    member->path);
		pass->out_of_order = true;
		return MUN_OK;
	}
	path = below_folder(pass, member->path);
	if (path == NULL) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_MEMBERS, false,
		    pass->subject, "'%s' is not in the folder '%s'",
		    member->path, pass->facts->id);
		pass->out_of_order = true;
		return MUN_OK;
	}
	if (pass->next_tag == MUN_TAG_MANIFEST_SHA256 &&
	    strncmp(path, "data/", 5) == 0)
		return take_document(pass, path, member->size, err);
	if (pass->next_tag < MUN_TAG_MEMBERS_COUNT)
		pass->tag_member[pass->next_tag] = *member;
	return take_tag_member(pass, path, member->size, err);
}

/* Read members until the end, the first structural fault, or a failure. */
static enum mun_status
run_pass(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct mun_package_member member;
	enum mun_status status = MUN_OK;

	while (!pass->out_of_order) {
		status = mun_package_reader_next(pass->reader, &member, err);
		if (status != MUN_OK)
			break;
		status = take_member(pass, &member, err);
		if (status != MUN_OK)
			break;
	}
	return status;
}

/* What a broken-off pass says of the file. */
static enum mun_status
judge_end(struct mun_archive_pass *pass, enum mun_status status,
    struct mun_error *err)
{
	if (status == MUN_ERR_NOMEM || status == MUN_ERR_CANCELED ||
	    status == MUN_ERR_INTERNAL || status == MUN_ERR_USAGE)
		return status;
	if (status == MUN_ERR_SYSTEM) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_READABLE, false,
		    pass->subject, "%s", err->text);
		pass->is_lost = true;
		return MUN_OK;
	}
	if (status == MUN_ERR_NOT_FOUND) {
		bool all = pass->next_tag == MUN_TAG_MEMBERS_COUNT;

		pass->facts->whole = all;
		mun_judge(pass->v, MUN_RULE_ARCHIVE_STRUCTURE, true,
		    pass->subject, "%s", "");
		mun_judge(pass->v, MUN_RULE_ARCHIVE_MEMBERS, all, pass->subject,
		    "%llu documents%s",
		    (unsigned long long)pass->facts->documents,
		    all ? "" : ", and then it ends before its seal");
		return MUN_OK;
	}
	if (!pass->out_of_order)
		mun_judge(pass->v, MUN_RULE_ARCHIVE_STRUCTURE, false,
		    pass->subject, "%s", err->text);
	return MUN_OK;
}

/* The digest of the whole file, what follows the first fault included.  A file
 * that cannot be read to its end has none: that is a check, and what was found
 * before and elsewhere stands. */
static enum mun_status
take_digest(struct mun_archive_pass *pass, struct mun_error *err)
{
	struct mun_archive_facts *facts = pass->facts;
	enum mun_status status;

	if (pass->is_lost)
		return MUN_OK;
	status = mun_package_reader_finish(pass->reader, facts->sha256, err);
	if (status == MUN_ERR_SYSTEM) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_READABLE, false,
		    pass->subject, "%s", err->text);
		facts->whole = false;
		return MUN_OK;
	}
	facts->has_sha256 = status == MUN_OK;
	return status;
}

enum mun_status
mun_check_archive(struct mun_verification *v, struct mun_archive_facts *facts,
    int fd, uint64_t size, const char *subject, struct mun_watch *watch,
    struct mun_error *err)
{
	struct mun_archive_pass pass = { .v = v,
		.facts = facts,
		.subject = subject,
		.watch = watch,
		.fd = fd,
		.line = MUN_BUFFER_INIT(MUN_LINE_MAX),
		.scratch = MUN_BUFFER_INIT(4 * (size_t)MUN_LINE_MAX),
		.last_path = MUN_BUFFER_INIT(MUN_PATH_MAX + 1),
		.finding_path = MUN_BUFFER_INIT(MUN_LINE_MAX),
		.tagmanifest = { MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX),
		    MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX) } };
	size_t before = v->check_count;
	struct mun_error local = MUN_ERROR_INIT;
	enum mun_status status;

	if (err == NULL)
		err = &local;
	MUN_TRY(pass_new(&pass, fd, size, err));
	status = judge_end(&pass, run_pass(&pass, err), err);
	if (status != MUN_OK)
		goto out;
	MUN_TRY(take_digest(&pass, err));
	if (facts->whole)
		MUN_TRY(mun_check_archive_end(&pass, before, err));
	else
		mun_judge(v, MUN_RULE_ARCHIVE_UNJUDGED, false, subject, "%s",
		    "the parts after the first fault were not judged");
	facts->damaged = mun_failed_since(v, before);
	if (facts->has_sha256)
		status = mun_tell_archive(&pass, err);
out:
	pass_free(&pass);
	return status;
}
