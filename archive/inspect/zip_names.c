/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zip_names.c - the names of a ZIP's members, byte for byte.
 *
 * libarchive converts names between character sets and normalises them on the
 * way; evidence wants the bytes.  Only the central directory and the names of
 * local headers are read here; libarchive unpacks.
 *
 * Spec: APPNOTE.TXT 6.3 sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.
 */
#include "inspect/inspect_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
	END_LEN = 22,
	END_SEARCH = END_LEN + 65535, /* the comment's length is 16 bits */
	ZIP64_LOCATOR_LEN = 20,
	ZIP64_END_LEN = 56,
	ENTRY_LEN = 46,
	LOCAL_LEN = 30,
	NAMES_MAX = 1000000
};

static uint64_t
little(const uint8_t *bytes, unsigned len)
{
	uint64_t number = 0;

	for (unsigned i = len; i > 0; i--)
		number = number << 8 | bytes[i - 1];
	return number;
}

struct directory {
	uint64_t offset, size, count;
};

/* The 64-bit end record, when the short one's fields are full. */
static bool
find_zip64(const struct inspect_source *source, uint64_t end,
    struct directory *directory)
{
	uint8_t locator[ZIP64_LOCATOR_LEN], record[ZIP64_END_LEN];

	if (end < sizeof(locator) ||
	    mun_inspect_read_at(source, locator, sizeof(locator),
		end - sizeof(locator)) != sizeof(locator) ||
	    memcmp(locator, "PK\x06\x07", 4) != 0)
		return false;
	if (mun_inspect_read_at(source, record, sizeof(record),
		little(locator + 8, 8)) != sizeof(record) ||
	    memcmp(record, "PK\x06\x06", 4) != 0)
		return false;
	directory->count = little(record + 32, 8);
	directory->size = little(record + 40, 8);
	directory->offset = little(record + 48, 8);
	return true;
}

static bool
find_directory(const struct inspect_source *source, struct directory *directory)
{
	uint64_t start =
	    source->size > END_SEARCH ? source->size - END_SEARCH : 0;
	size_t len = (size_t)(source->size - start);
	uint8_t *tail = malloc(len == 0 ? 1 : len);
	bool found = false;

	if (tail == NULL)
		return false;
	if (len >= END_LEN &&
	    mun_inspect_read_at(source, tail, len, start) == len)
		for (size_t at = len - END_LEN + 1; at > 0 && !found; at--) {
			const uint8_t *end = tail + at - 1;

			if (memcmp(end, "PK\x05\x06", 4) != 0)
				continue;
			directory->count = little(end + 10, 2);
			directory->size = little(end + 12, 4);
			directory->offset = little(end + 16, 4);
			if (directory->count == 0xffff ||
			    directory->offset == 0xffffffff)
				(void)find_zip64(
				    source, start + at - 1, directory);
			found = true;
		}
	free(tail);
	return found && directory->offset <= source->size &&
	    directory->size <= source->size - directory->offset &&
	    directory->count <= NAMES_MAX;
}

/* The local header's offset, from the 64-bit extra field if it is there. */
static uint64_t
local_offset(const uint8_t *entry, const uint8_t *extra, size_t extra_len)
{
	uint64_t offset = little(entry + 42, 4);

	if (offset != 0xffffffff)
		return offset;
	for (size_t at = 0; at + 4 <= extra_len;) {
		size_t len = (size_t)little(extra + at + 2, 2);
		size_t skip = 0;

		if (at + 4 + len > extra_len)
			break;
		if (little(extra + at, 2) == 1) {
			/* sizes come first, each only if its field is full */
			skip += little(entry + 24, 4) == 0xffffffff ? 8 : 0;
			skip += little(entry + 20, 4) == 0xffffffff ? 8 : 0;
			if (skip + 8 <= len)
				return little(extra + at + 4 + skip, 8);
		}
		at += 4 + len;
	}
	return offset;
}

static bool
local_name_agrees(
    const struct inspect_source *source, const struct zip_name *name)
{
	uint8_t head[LOCAL_LEN], *bytes;
	size_t len;
	bool same;

	if (mun_inspect_read_at(source, head, sizeof(head),
		name->local_offset) != sizeof(head) ||
	    memcmp(head, "PK\x03\x04", 4) != 0)
		return false;
	len = (size_t)little(head + 26, 2);
	if (len != name->len)
		return false;
	bytes = malloc(len == 0 ? 1 : len);
	same = bytes != NULL &&
	    mun_inspect_read_at(
		source, bytes, len, name->local_offset + sizeof(head)) == len &&
	    memcmp(bytes, name->bytes, len) == 0;
	free(bytes);
	return same;
}

/* Take one entry at *at; false at the end, or where it is malformed. */
static bool
take_entry(struct zip_names *names, const struct inspect_source *source,
    uint64_t *at, uint64_t end)
{
	struct zip_name *name = &names->names[names->count];
	uint8_t entry[ENTRY_LEN], *variable;
	size_t name_len, extra_len, comment_len;

	if (end - *at < ENTRY_LEN ||
	    mun_inspect_read_at(source, entry, sizeof(entry), *at) !=
		sizeof(entry) ||
	    memcmp(entry, "PK\x01\x02", 4) != 0)
		return false;
	name_len = (size_t)little(entry + 28, 2);
	extra_len = (size_t)little(entry + 30, 2);
	comment_len = (size_t)little(entry + 32, 2);
	if (end - *at - ENTRY_LEN < name_len + extra_len + comment_len)
		return false;
	variable = malloc(name_len + extra_len + 1);
	if (variable == NULL)
		return false;
	if (mun_inspect_read_at(source, variable, name_len + extra_len,
		*at + ENTRY_LEN) != name_len + extra_len) {
		free(variable);
		return false;
	}
	name->bytes = variable;
	name->len = name_len;
	name->local_offset =
	    local_offset(entry, variable + name_len, extra_len);
	names->encrypted = names->encrypted || (entry[8] & 1) != 0;
	names->count++;
	*at += ENTRY_LEN + name_len + extra_len + comment_len;
	return true;
}

static int
by_offset(const void *a, const void *b)
{
	const struct zip_name *left = a, *right = b;

	return left->local_offset < right->local_offset
	    ? -1
	    : left->local_offset > right->local_offset;
}

/* libarchive reads one entry for each local header, whatever the directory
 * says. */
static void
drop_duplicates(struct zip_names *names)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++) {
		if (kept > 0 &&
		    names->names[kept - 1].local_offset ==
			names->names[i].local_offset) {
			free(names->names[i].bytes);
			names->disagrees = true;
			continue;
		}
		names->names[kept++] = names->names[i];
	}
	names->count = kept;
}

void
mun_zip_names_read(struct zip_names *names, const struct inspect_source *source)
{
	struct directory directory;
	uint64_t at, end;

	memset(names, 0, sizeof(*names));
	if (!find_directory(source, &directory))
		return;
	names->names =
	    calloc((size_t)directory.count + 1, sizeof(*names->names));
	if (names->names == NULL)
		return;
	at = directory.offset;
	end = directory.offset + directory.size;
	while (names->count < directory.count &&
	    take_entry(names, source, &at, end))
		;
	names->known = names->count == directory.count;
	qsort(names->names, names->count, sizeof(*names->names), by_offset);
	for (size_t i = 0; i < names->count; i++)
		if (!local_name_agrees(source, &names->names[i]))
			names->disagrees = true;
	drop_duplicates(names);
}

void
mun_zip_names_free(struct zip_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->names[i].bytes);
	free(names->names);
	memset(names, 0, sizeof(*names));
}
