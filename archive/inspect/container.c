/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * container.c - reads one container through libarchive, in the sandbox.
 *
 * Only formats and filters that libarchive reads by itself, without another
 * program; RAR, whose readers keep having holes, is left out.  What libarchive
 * says of names is not believed for ZIPs (zip_names.c).
 */
#include "inspect/inspect_internal.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

enum {
	BUFFER_LEN = 65536,
	FIRST_LEN = 4096
};

struct reading {
	struct inspect_walk *walk;
	const struct inspect_source *source;
	uint32_t container;
	unsigned depth;
	struct archive *archive;
	uint64_t position;
	uint8_t buffer[BUFFER_LEN];
	struct zip_names zip;
	size_t zip_next;
	struct mun_buffer nested; /* the member under way, if a container */
};

/* ---- libarchive's callbacks ---- */

static la_ssize_t
give_bytes(struct archive *archive, void *ctx, const void **out)
{
	struct reading *reading = ctx;
	size_t got = mun_inspect_read_at(reading->source, reading->buffer,
	    sizeof(reading->buffer), reading->position);

	(void)archive;
	reading->position += got;
	*out = reading->buffer;
	return (la_ssize_t)got;
}

static la_int64_t
seek_to(struct archive *archive, void *ctx, la_int64_t offset, int whence)
{
	struct reading *reading = ctx;
	uint64_t size = reading->source->size;
	int64_t base = 0;

	(void)archive;
	if (whence == SEEK_CUR)
		base = (int64_t)reading->position;
	else if (whence == SEEK_END)
		base = (int64_t)size;
	if ((offset < 0 && -offset > base) ||
	    (offset > 0 && (uint64_t)offset > size))
		return ARCHIVE_FATAL;
	reading->position = (uint64_t)(base + offset);
	if (reading->position > size)
		return ARCHIVE_FATAL;
	return (la_int64_t)reading->position;
}

static la_int64_t
skip_bytes(struct archive *archive, void *ctx, la_int64_t request)
{
	struct reading *reading = ctx;
	uint64_t left = reading->source->size - reading->position;

	(void)archive;
	if (request < 0)
		return 0;
	if ((uint64_t)request > left)
		request = (la_int64_t)left;
	reading->position += (uint64_t)request;
	return request;
}

static bool
open_archive(struct reading *reading)
{
	struct archive *archive = archive_read_new();

	reading->archive = archive;
	if (archive == NULL)
		return false;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_lzma(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_format_zip(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_format_7zip(archive);
	archive_read_support_format_cpio(archive);
	archive_read_support_format_ar(archive);
	archive_read_support_format_cab(archive);
	archive_read_support_format_lha(archive);
	archive_read_support_format_iso9660(archive);
	archive_read_support_format_raw(archive); /* a bare .gz */
	archive_read_set_seek_callback(archive, seek_to);
	archive_read_set_read_callback(archive, give_bytes);
	archive_read_set_skip_callback(archive, skip_bytes);
	archive_read_set_callback_data(archive, reading);
	return archive_read_open1(archive) == ARCHIVE_OK;
}

/* ---- names ---- */

static bool
is_zip(const struct reading *reading)
{
	return (archive_format(reading->archive) & ARCHIVE_FORMAT_BASE_MASK) ==
	    ARCHIVE_FORMAT_ZIP;
}

static bool
is_raw(const struct reading *reading)
{
	return (archive_format(reading->archive) & ARCHIVE_FORMAT_BASE_MASK) ==
	    ARCHIVE_FORMAT_RAW;
}

/* A bare compressed file has a name only if gzip's header gives one (RFC 1952
 * section 2.3.1: FLG bit 3); libarchive makes up "data" otherwise. */
static bool
raw_has_name(const struct reading *reading)
{
	uint8_t head[4];

	return mun_inspect_read_at(reading->source, head, sizeof(head), 0) ==
	    sizeof(head) &&
	    head[0] == 0x1f && head[1] == 0x8b && (head[3] & 8) != 0;
}

/* The bytes of the entry's name; borrowed until the next header. */
static const uint8_t *
name_of(struct reading *reading, struct archive_entry *entry, size_t *len)
{
	const char *name;

	if (is_zip(reading) && reading->zip.known &&
	    reading->zip_next < reading->zip.count) {
		const struct zip_name *stored =
		    &reading->zip.names[reading->zip_next];

		*len = stored->len;
		return stored->bytes;
	}
	name = archive_entry_pathname(entry);
	if (name == NULL)
		name = archive_entry_pathname_utf8(entry);
	if (name == NULL || (is_raw(reading) && !raw_has_name(reading)))
		name = "";
	*len = strlen(name);
	if (*len > INSPECT_NAME_MAX)
		*len = INSPECT_NAME_MAX;
	return (const uint8_t *)name;
}

/* ---- one member ---- */

static void
put_member(struct inspect_walk *walk, const struct mun_inspect_member *member)
{
	mun_buffer_append_byte(walk->answer, INSPECT_MEMBER);
	mun_inspect_put_number(walk->answer, member->number);
	mun_inspect_put_number(walk->answer, member->container);
	mun_inspect_put_number(walk->answer, member->size);
	mun_inspect_put_number(walk->answer, member->name_len);
	mun_buffer_append(
	    walk->answer, &member->digests, sizeof(member->digests));
	mun_buffer_append(walk->answer, member->name, member->name_len);
}

/* Keep the bytes of a member that begins like a container. */
static void
keep_nested(
    struct reading *reading, const uint8_t *bytes, size_t len, bool *wanted)
{
	if (!*wanted)
		return;
	mun_buffer_append(&reading->nested, bytes, len);
	if (reading->nested.status != MUN_OK)
		*wanted = false;
}

enum ending {
	ENDED,
	BROKEN,
	SPENT
};

/* Read the member's bytes through the digests. */
static enum ending
read_member(
    struct reading *reading, struct mun_inspect_member *member, bool *nested)
{
	uint8_t bytes[BUFFER_LEN];
	bool first = true;

	*nested = false;
	mun_buffer_reset(&reading->nested);
	mun_digest_pair_start(reading->walk->digest);
	for (;;) {
		la_ssize_t got =
		    archive_read_data(reading->archive, bytes, sizeof(bytes));

		if (got < 0)
			return BROKEN;
		if (got == 0)
			break;
		if (first)
			*nested = mun_inspect_wants(bytes, (size_t)got, "");
		first = false;
		mun_digest_pair_update(
		    reading->walk->digest, bytes, (size_t)got);
		keep_nested(reading, bytes, (size_t)got, nested);
		member->size += (uint64_t)got;
		if (!mun_inspect_spend(
			reading->walk, reading->container, (uint64_t)got))
			return SPENT;
	}
	mun_digest_pair_finish(reading->walk->digest, &member->digests);
	return ENDED;
}

/* Look into what was kept of a member that is a container itself. */
static enum mun_status
descend(
    struct reading *reading, uint32_t number, bool kept, struct mun_error *err)
{
	const struct inspect_source inner = { .fd = -1,
		.memory = reading->nested.data,
		.size = reading->nested.len };

	if (reading->depth + 1 >= MUN_INSPECT_DEPTH_MAX) {
		mun_inspect_tell(reading->walk, number, INSPECT_TOO_DEEP,
		    "a container within containers was not looked into");
		return MUN_OK;
	}
	if (!kept) {
		mun_inspect_tell(reading->walk, number, INSPECT_NOT_INSPECTED,
		    "a nested container is too large to look into");
		return MUN_OK;
	}
	return mun_inspect_container(
	    reading->walk, &inner, number, reading->depth + 1, err);
}

static enum mun_status
take_member(struct reading *reading, struct archive_entry *entry, bool *go_on,
    struct mun_error *err)
{
	struct inspect_walk *walk = reading->walk;
	struct mun_inspect_member member = { .container = reading->container };
	bool nested;
	enum ending ending;

	*go_on = false;
	if (walk->budget.members >= MUN_INSPECT_MEMBERS_MAX) {
		walk->budget.spent = true;
		mun_inspect_tell(walk, reading->container, INSPECT_TOO_MANY,
		    "only the first members were fingerprinted");
		return MUN_OK;
	}
	ending = read_member(reading, &member, &nested);
	if (ending == SPENT)
		return MUN_OK;
	if (ending == BROKEN) {
		bool locked = archive_entry_is_data_encrypted(entry) ||
		    archive_entry_is_encrypted(entry);

		mun_inspect_tell(walk, reading->container,
		    locked ? INSPECT_ENCRYPTED : INSPECT_BROKEN,
		    locked ? "a member is encrypted"
			   : "a member could not be unpacked");
		*go_on = is_zip(reading); /* others lose their place */
		return MUN_OK;
	}
	member.number = ++walk->budget.members;
	member.name = name_of(reading, entry, &member.name_len);
	put_member(walk, &member);
	*go_on = true;
	if (mun_inspect_wants(reading->nested.data, reading->nested.len, "") ||
	    nested)
		return descend(reading, member.number, nested, err);
	return MUN_OK;
}

/* ---- the container ---- */

static void
note_end(struct reading *reading, int code)
{
	if (code == ARCHIVE_EOF)
		return;
	if (archive_read_has_encrypted_entries(reading->archive) > 0)
		mun_inspect_tell(reading->walk, reading->container,
		    INSPECT_ENCRYPTED, "the container is encrypted");
	else
		mun_inspect_tell(reading->walk, reading->container,
		    INSPECT_BROKEN,
		    "the container could not be read to its end");
}

static enum mun_status
read_entries(struct reading *reading, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	bool go_on = true;
	int code = ARCHIVE_EOF;

	while (go_on && status == MUN_OK && !reading->walk->budget.spent) {
		struct archive_entry *entry;

		code = archive_read_next_header(reading->archive, &entry);
		if (code == ARCHIVE_RETRY)
			continue;
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			break;
		/* an unpacked stream of nothing known is no container */
		if (is_raw(reading) &&
		    archive_filter_count(reading->archive) <= 1) {
			code = ARCHIVE_FATAL;
			break;
		}
		if (archive_entry_filetype(entry) == AE_IFREG ||
		    archive_entry_filetype(entry) == 0)
			status = take_member(reading, entry, &go_on, err);
		reading->zip_next++;
		code = ARCHIVE_EOF;
		if (!mun_inspect_spend(reading->walk, reading->container, 0))
			break;
	}
	if (status == MUN_OK)
		note_end(reading, code);
	return status;
}

enum mun_status
mun_inspect_container(struct inspect_walk *walk,
    const struct inspect_source *source, uint32_t container, unsigned depth,
    struct mun_error *err)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	enum mun_status status = MUN_OK;

	if (reading == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a container");
	reading->walk = walk;
	reading->source = source;
	reading->container = container;
	reading->depth = depth;
	reading->nested =
	    (struct mun_buffer)MUN_BUFFER_INIT(MUN_INSPECT_NESTED_MAX);
	mun_zip_names_read(&reading->zip, source);
	if (!open_archive(reading))
		mun_inspect_tell(walk, container, INSPECT_BROKEN,
		    "the container could not be opened");
	else
		status = read_entries(reading, err);
	if (status == MUN_OK && reading->archive != NULL && is_zip(reading)) {
		if (reading->zip.disagrees)
			mun_inspect_tell(walk, container, INSPECT_BROKEN,
			    "the directory and the members disagree");
		else if (!reading->zip.known)
			mun_inspect_tell(walk, container, INSPECT_BROKEN,
			    "there is no proper directory");
	}
	mun_zip_names_free(&reading->zip);
	archive_read_free(reading->archive);
	mun_buffer_free(&reading->nested);
	free(reading);
	return status;
}
