/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_read.c - the file as members by name.
 *
 * One pass over the whole file judges its form and takes each member's digest;
 * what is read later has to have it.  Members rise bytewise, so that no name
 * stands twice and there is one order only.
 *
 * Spec: docs/format/dossier.md, The file.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "dossier/dossier.h"

struct member {
	uint64_t offset, size;
	uint8_t sha256[MUN_SHA256_LEN];
	char name[MUN_DOSSIER_NAME_MAX];
};

struct mun_dossier {
	int fd; /* borrowed */
	struct member *members;
	size_t count, capacity;
};

bool
mun_dossier_is_one(int fd, uint64_t file_size)
{
	struct mun_package_cursor cursor = { .fd = fd, .file_size = file_size };
	struct mun_package_member member;

	return mun_package_cursor_next(&cursor, &member, NULL) == MUN_OK &&
	    strcmp(member.path, MUN_DOSSIER_FOLDER MUN_DOSSIER_README) == 0;
}

static enum mun_status
make_room(struct mun_dossier *dossier, struct mun_error *err)
{
	size_t capacity = dossier->capacity == 0 ? 64 : dossier->capacity * 2;
	struct member *grown;

	if (dossier->count == MUN_DOSSIER_MEMBERS_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "it has more than %d members", MUN_DOSSIER_MEMBERS_MAX);
	if (dossier->count < dossier->capacity)
		return MUN_OK;
	grown = reallocarray(dossier->members, capacity, sizeof(*grown));
	if (grown == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	dossier->members = grown;
	dossier->capacity = capacity;
	return MUN_OK;
}

static enum mun_status
take_member(struct mun_dossier *dossier, const struct mun_package_member *found,
    const struct mun_digests *digests, struct mun_error *err)
{
	const size_t skip = strlen(MUN_DOSSIER_FOLDER);
	struct member *member;
	enum mun_status status;

	if (strncmp(found->path, MUN_DOSSIER_FOLDER, skip) != 0)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' is not below " MUN_DOSSIER_FOLDER, found->path);
	if (dossier->count > 0 &&
	    strcmp(dossier->members[dossier->count - 1].name,
		found->path + skip) >= 0)
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' is not in its place, or is there twice", found->path);
	MUN_TRY(make_room(dossier, err));
	member = &dossier->members[dossier->count++];
	member->offset = found->offset;
	member->size = found->size;
	memcpy(member->sha256, digests->sha256, MUN_SHA256_LEN);
	(void)snprintf(
	    member->name, sizeof(member->name), "%s", found->path + skip);
out:
	return status;
}

static enum mun_status
take_members(struct mun_dossier *dossier, struct mun_package_reader *reader,
    struct mun_error *err)
{
	struct mun_package_member found;
	struct mun_digests digests;
	enum mun_status status;

	for (;;) {
		status = mun_package_reader_next(reader, &found, err);
		if (status == MUN_ERR_NOT_FOUND)
			return MUN_OK;
		if (status != MUN_OK)
			return status;
		MUN_TRY(mun_package_reader_digests(reader, &digests, err));
		MUN_TRY(take_member(dossier, &found, &digests, err));
	}
out:
	return status;
}

enum mun_status
mun_dossier_open(struct mun_dossier **out, int fd, uint64_t file_size,
    uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err)
{
	const struct mun_pump_options options = { .write_fd = -1,
		.threads = 0 };
	struct mun_dossier *dossier = calloc(1, sizeof(*dossier));
	struct mun_package_reader *reader = NULL;
	struct mun_pump *pump = NULL;
	enum mun_status status, finished;

	if (dossier == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a dossier");
	dossier->fd = fd;
	MUN_TRY(mun_pump_new(&pump, &options, err));
	MUN_TRY(mun_package_reader_new(&reader, fd, file_size, pump, err));
	status = take_members(dossier, reader, err);
	if (status == MUN_OK || status == MUN_ERR_FORMAT ||
	    status == MUN_ERR_LIMIT) {
		finished = mun_package_reader_finish(
		    reader, sha256, status == MUN_OK ? err : NULL);
		if (status == MUN_OK)
			status = finished;
	}
	if (status == MUN_OK) {
		*out = dossier;
		dossier = NULL;
	}
out:
	mun_package_reader_free(reader);
	mun_pump_free(pump);
	mun_dossier_close(dossier);
	return status;
}

void
mun_dossier_close(struct mun_dossier *dossier)
{
	if (dossier == NULL)
		return;
	free(dossier->members);
	free(dossier);
}

size_t
mun_dossier_count(const struct mun_dossier *dossier)
{
	return dossier->count;
}

const char *
mun_dossier_name(const struct mun_dossier *dossier, size_t i)
{
	return dossier->members[i].name;
}

static int
compare_name(const void *key, const void *member)
{
	return strcmp(key, ((const struct member *)member)->name);
}

bool
mun_dossier_find(const struct mun_dossier *dossier, const char *name, size_t *i)
{
	const struct member *found = dossier->count == 0
	    ? NULL
	    : bsearch(name, dossier->members, dossier->count, sizeof(*found),
		  compare_name);

	if (found != NULL)
		*i = (size_t)(found - dossier->members);
	return found != NULL;
}

enum mun_status
mun_dossier_read(struct mun_dossier *dossier, size_t i, struct mun_buffer *out,
    struct mun_error *err)
{
	const struct member *member = &dossier->members[i];
	uint8_t sha256[MUN_SHA256_LEN];
	uint8_t *room;
	size_t got;
	enum mun_status status;

	mun_buffer_reset(out);
	if (member->size > out->max)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "'%s' is longer than %zu bytes", member->name, out->max);
	room = mun_buffer_reserve(out, (size_t)member->size);
	MUN_TRY(mun_buffer_status(out, member->name, err));
	MUN_TRY(mun_file_read_at(dossier->fd, room, (size_t)member->size,
	    member->offset, &got, err));
	out->len = got;
	mun_sha256_of(sha256, out->data, out->len);
	if (got != member->size ||
	    !mun_bytes_equal(sha256, member->sha256, sizeof(sha256)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' changed while it was read", member->name);
out:
	return status;
}
