/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_zip_check.c - do a ZIP's two lists tell the same?
 *
 * Two programs that open one ZIP can show two contents if the members' own
 * headers differ from the directory, if members lie over one another, or if
 * there are members that the directory does not list.
 */
#include "inspect/inspect_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
	HEADER_LEN = 30,
	DESCRIPTOR_MAX = 24
};

/* s4.4.9, s4.4.8, s4.4.7: told behind the data instead, or in zip64. */
static bool
sizes_differ(const struct inspect_zip_entry *entry, const uint8_t *record)
{
	uint32_t stored_len = mun_inspect_u32(record + 18);
	uint32_t len = mun_inspect_u32(record + 22);

	if ((mun_inspect_u16(record + 6) & INSPECT_ZIP_LATE_SIZES) != 0)
		return false;
	return mun_inspect_u32(record + 14) != entry->crc ||
	    (stored_len != UINT32_MAX && stored_len != entry->stored_len) ||
	    (len != UINT32_MAX && len != entry->len);
}

static bool
names_differ(const struct inspect_source *source,
    const struct inspect_zip_list *list, const struct inspect_zip_entry *entry,
    size_t own_len)
{
	static uint8_t own[INSPECT_NAME_MAX];

	if (own_len != entry->name_len ||
	    mun_inspect_read_at(
		source, entry->header + HEADER_LEN, own, own_len) != own_len)
		return true;
	return own_len > 0 &&
	    memcmp(own, list->names.data + entry->name, own_len) != 0;
}

/* Find the data; false if there is no header where one should be. */
static bool
check_header(struct inspect_frame *frame, const struct inspect_zip_list *list,
    struct inspect_zip_entry *entry)
{
	static const uint8_t mark[] = { 'P', 'K', 3, 4 };
	uint8_t record[HEADER_LEN];
	size_t own_len;

	if (mun_inspect_read_at(frame->source, entry->header, record,
		sizeof(record)) != sizeof(record) ||
	    memcmp(record, mark, sizeof(mark)) != 0)
		return false;
	own_len = mun_inspect_u16(record + 26);
	entry->data =
	    entry->header + HEADER_LEN + own_len + mun_inspect_u16(record + 28);
	if (entry->data > list->end ||
	    entry->stored_len > list->end - entry->data)
		return false;
	if (mun_inspect_u16(record + 8) != entry->method ||
	    ((mun_inspect_u16(record + 6) ^ entry->flags) &
		INSPECT_ZIP_ENCRYPTED) != 0 ||
	    sizes_differ(entry, record) ||
	    names_differ(frame->source, list, entry, own_len))
		mun_inspect_add_note(frame, INSPECT_HEADERS_DIFFER);
	return true;
}

/* Where a member begins, to be sorted by. */
struct place {
	uint64_t header;
	size_t entry;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->header != y->header)
		return x->header < y->header ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* A member's header in the gap, right away or behind a data descriptor? */
static bool
hides_member(const struct inspect_source *source, uint64_t from, uint64_t to)
{
	uint8_t gap[DESCRIPTOR_MAX + 4];
	size_t len = sizeof(gap);

	if (to <= from || to - from < HEADER_LEN)
		return false;
	if (to - from < len)
		len = (size_t)(to - from);
	len = mun_inspect_read_at(source, from, gap, len);
	for (size_t i = 0; i + 4 <= len; i++)
		if (memcmp(gap + i, "PK\x03\x04", 4) == 0)
			return true;
	return false;
}

static void
check_places(struct inspect_frame *frame, struct inspect_zip_list *list,
    const struct place *sorted, size_t count)
{
	uint64_t end = 0;

	for (size_t i = 0; i < count; i++) {
		struct inspect_zip_entry *entry =
		    &list->entries[sorted[i].entry];

		if (entry->header < end) {
			entry->is_unreadable = true;
			mun_inspect_add_note(frame, INSPECT_OVERLAP);
			continue;
		}
		if (list->has_directory &&
		    hides_member(frame->source, end, entry->header))
			mun_inspect_add_note(frame, INSPECT_UNLISTED);
		end = entry->data + entry->stored_len;
	}
	if (list->has_directory && hides_member(frame->source, end, list->end))
		mun_inspect_add_note(frame, INSPECT_UNLISTED);
}

void
mun_inspect_zip_check(
    struct inspect_frame *frame, struct inspect_zip_list *list)
{
	struct place *sorted = calloc(list->count + 1, sizeof(*sorted));
	size_t count = 0;

	if (sorted == NULL) {
		mun_inspect_add_note(frame, INSPECT_NO_MEMORY);
		list->count = 0;
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct inspect_zip_entry *entry = &list->entries[i];

		if (!entry->is_unreadable && check_header(frame, list, entry)) {
			sorted[count].header = entry->header;
			sorted[count++].entry = i;
			continue;
		}
		entry->is_unreadable = true;
		mun_inspect_add_note(frame, INSPECT_DAMAGED);
	}
	qsort(sorted, count, sizeof(*sorted), compare_places);
	check_places(frame, list, sorted, count);
	free(sorted);
}
