/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_zip_list.c - what a ZIP's central directory says (PKWARE APPNOTE).
 *
 * The directory decides, as it does for every program that opens a ZIP by
 * double-click.  Names are taken byte for byte.  Without a directory (a cut
 * off download) the members' own headers are followed as far as they tell
 * their length.
 */
#include "inspect/inspect_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
	END_LEN = 22, /* end of central directory, s4.3.16 */
	END_COMMENT_MAX = 65535,
	LOCATOR_LEN = 20, /* zip64 locator, s4.3.15 */
	END64_LEN = 56, /* zip64 end, s4.3.14 */
	LISTED_LEN = 46, /* a directory entry, s4.3.12 */
	HEADER_LEN = 30, /* a member's own header, s4.3.7 */
	DIRECTORY_MAX = 33554432
};

/* What the end record says, and where it was found. */
struct zip_end {
	uint64_t at;
	uint64_t directory;
	uint64_t directory_len;
	uint64_t count;
	uint64_t shift; /* bytes put before the ZIP after it was made */
	bool is_split;
};

void
mun_inspect_zip_list_free(struct inspect_zip_list *list)
{
	mun_buffer_free(&list->names);
	free(list->entries);
	list->entries = NULL;
	list->count = 0;
}

static bool
is_mark(const uint8_t *at, uint8_t third, uint8_t fourth)
{
	return at[0] == 'P' && at[1] == 'K' && at[2] == third &&
	    at[3] == fourth;
}

/* Search backwards; a comment that reaches the end exactly is believed first.
 * False if there is no end record at all. */
static bool
find_end(
    struct inspect_frame *frame, struct zip_end *end, uint8_t record[END_LEN])
{
	static uint8_t tail[END_LEN + END_COMMENT_MAX];
	uint64_t size = frame->source->size;
	uint64_t from = size > sizeof(tail) ? size - sizeof(tail) : 0;
	size_t len =
	    mun_inspect_read_at(frame->source, from, tail, sizeof(tail));
	size_t exact = SIZE_MAX;
	size_t loose = SIZE_MAX;
	size_t exact_count = 0;

	for (size_t i = len < END_LEN ? 0 : len - END_LEN + 1; i-- > 0;) {
		size_t after = len - i - END_LEN;

		if (!is_mark(tail + i, 5, 6))
			continue;
		if (mun_inspect_u16(tail + i + 20) == after) {
			exact_count++;
			if (exact == SIZE_MAX)
				exact = i;
		} else if (loose == SIZE_MAX &&
		    mun_inspect_u16(tail + i + 20) < after) {
			loose = i;
		}
	}
	if (exact_count > 1)
		mun_inspect_add_note(frame, INSPECT_TWO_ENDS);
	if (exact == SIZE_MAX && loose != SIZE_MAX)
		mun_inspect_add_note(frame, INSPECT_STRAY_BYTES);
	if (exact == SIZE_MAX)
		exact = loose;
	if (exact == SIZE_MAX)
		return false;
	memcpy(record, tail + exact, END_LEN);
	end->at = from + exact;
	return true;
}

/* s4.4.1.4: a field of all ones is in the zip64 record instead. */
static void
read_end64(const struct inspect_source *source, struct zip_end *end)
{
	uint8_t locator[LOCATOR_LEN];
	uint8_t record[END64_LEN];
	uint64_t at;

	if (end->at < LOCATOR_LEN ||
	    mun_inspect_read_at(source, end->at - LOCATOR_LEN, locator,
		sizeof(locator)) != sizeof(locator) ||
	    !is_mark(locator, 6, 7))
		return;
	at = mun_inspect_u64(locator + 8);
	/* With bytes put before the ZIP it lies right before the locator. */
	if ((mun_inspect_read_at(source, at, record, sizeof(record)) !=
		    sizeof(record) ||
		!is_mark(record, 6, 6)) &&
	    end->at >= LOCATOR_LEN + END64_LEN)
		at = end->at - LOCATOR_LEN - END64_LEN;
	if (mun_inspect_read_at(source, at, record, sizeof(record)) !=
		sizeof(record) ||
	    !is_mark(record, 6, 6))
		return;
	end->at = at;
	end->count = mun_inspect_u64(record + 32);
	end->directory_len = mun_inspect_u64(record + 40);
	end->directory = mun_inspect_u64(record + 48);
}

static bool
starts_directory(
    const struct inspect_source *source, const struct zip_end *end, uint64_t at)
{
	uint8_t mark[4];

	if (end->count == 0)
		return true;
	return mun_inspect_read_at(source, at, mark, sizeof(mark)) ==
	    sizeof(mark) &&
	    is_mark(mark, 1, 2);
}

static bool
read_end(struct inspect_frame *frame, struct zip_end *end)
{
	const struct inspect_source *source = frame->source;
	uint8_t record[END_LEN];
	uint64_t told;

	if (!find_end(frame, end, record))
		return false;
	end->is_split = (mun_inspect_u16(record + 4) != 0 &&
			    mun_inspect_u16(record + 4) != UINT16_MAX) ||
	    (mun_inspect_u16(record + 6) != 0 &&
		mun_inspect_u16(record + 6) != UINT16_MAX);
	end->count = mun_inspect_u16(record + 10);
	end->directory_len = mun_inspect_u32(record + 12);
	end->directory = mun_inspect_u32(record + 16);
	if (end->count == UINT16_MAX || end->directory_len == UINT32_MAX ||
	    end->directory == UINT32_MAX)
		read_end64(source, end);
	if (end->directory_len > end->at)
		return false;
	told = end->directory;
	end->directory = end->at - end->directory_len;
	if (end->directory >= told &&
	    starts_directory(source, end, end->directory)) {
		end->shift = end->directory - told;
	} else if (told <= end->at && starts_directory(source, end, told)) {
		end->directory = told;
		end->shift = 0;
		mun_inspect_add_note(frame, INSPECT_STRAY_BYTES);
	} else {
		return end->is_split;
	}
	if (end->shift != 0)
		mun_inspect_add_note(frame, INSPECT_STRAY_BYTES);
	return true;
}

/* One more entry with this name; NULL when memory or patience ends. */
static struct inspect_zip_entry *
add_entry(struct inspect_zip_list *list, const uint8_t *name, size_t name_len)
{
	struct inspect_zip_entry *entries = list->entries;
	struct inspect_zip_entry *entry;

	/* Grown in powers of two; one more than may be read, to notice. */
	if (list->count > MUN_INSPECT_MEMBERS_MAX)
		return NULL;
	if ((list->count & (list->count - 1)) == 0)
		entries = realloc(list->entries,
		    (list->count == 0 ? 1 : list->count * 2) *
			sizeof(*entries));
	if (entries == NULL)
		return NULL;
	list->entries = entries;
	entry = &entries[list->count];
	memset(entry, 0, sizeof(*entry));
	entry->name = list->names.len;
	entry->name_len = name_len;
	mun_buffer_append(&list->names, name, name_len);
	if (list->names.status != MUN_OK)
		return NULL;
	list->count++;
	return entry;
}

/* s4.5.3: the zip64 field holds, in this order, only what is all ones. */
static void
read_extra(struct inspect_zip_entry *entry, const uint8_t *extra, size_t len)
{
	uint64_t *const wide[] = { &entry->len, &entry->stored_len,
		&entry->header };
	size_t at = 0;
	size_t end;

	while (len - at >= 4) {
		size_t field_len = mun_inspect_u16(extra + at + 2);

		if (field_len > len - at - 4)
			return;
		if (mun_inspect_u16(extra + at) != 1) {
			at += 4 + field_len;
			continue;
		}
		end = at + 4 + field_len;
		at += 4;
		for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
			if (*wide[i] != UINT32_MAX || end - at < 8)
				continue;
			*wide[i] = mun_inspect_u64(extra + at);
			at += 8;
		}
		return;
	}
}

static bool
take_listed(struct inspect_zip_list *list, const struct zip_end *end,
    const uint8_t *bytes, size_t len, size_t *at)
{
	const uint8_t *record = bytes + *at;
	struct inspect_zip_entry *entry;
	size_t name_len;
	size_t extra_len;
	size_t whole;

	if (len - *at < LISTED_LEN || !is_mark(record, 1, 2))
		return false;
	name_len = mun_inspect_u16(record + 28);
	extra_len = mun_inspect_u16(record + 30);
	whole =
	    LISTED_LEN + name_len + extra_len + mun_inspect_u16(record + 32);
	if (len - *at < whole)
		return false;
	entry = add_entry(list, record + LISTED_LEN, name_len);
	if (entry == NULL)
		return false;
	entry->made_on = record[5];
	entry->flags = mun_inspect_u16(record + 8);
	entry->method = mun_inspect_u16(record + 10);
	entry->crc = mun_inspect_u32(record + 16);
	entry->stored_len = mun_inspect_u32(record + 20);
	entry->len = mun_inspect_u32(record + 24);
	entry->attributes = mun_inspect_u32(record + 38);
	entry->header = mun_inspect_u32(record + 42);
	read_extra(entry, record + LISTED_LEN + name_len, extra_len);
	if (entry->header > UINT64_MAX - end->shift)
		entry->header = UINT64_MAX;
	else
		entry->header += end->shift;
	*at += whole;
	return true;
}

static void
read_directory(struct inspect_frame *frame, struct inspect_zip_list *list,
    const struct zip_end *end)
{
	size_t len = (size_t)end->directory_len;
	uint8_t *bytes;
	size_t at = 0;

	if (end->directory_len > DIRECTORY_MAX) {
		mun_inspect_add_note(frame, INSPECT_LIST_TOO_LONG);
		return;
	}
	bytes = malloc(len + 1);
	if (bytes == NULL) {
		mun_inspect_add_note(frame, INSPECT_NO_MEMORY);
		return;
	}
	len = mun_inspect_read_at(frame->source, end->directory, bytes, len);
	while (take_listed(list, end, bytes, len, &at))
		;
	free(bytes);
	list->end = end->directory;
	list->has_directory = true;
	if (list->count > MUN_INSPECT_MEMBERS_MAX)
		mun_inspect_add_note(frame, INSPECT_TOO_MANY);
	/* s4.4.22 counts in 16 bits; writers without zip64 wrap around. */
	else if ((list->count & UINT16_MAX) != (end->count & UINT16_MAX))
		mun_inspect_add_note(frame, INSPECT_DAMAGED);
}

/* The members' own headers, one behind the other. */
static void
read_headers(struct inspect_frame *frame, struct inspect_zip_list *list)
{
	uint8_t name[INSPECT_NAME_MAX];
	uint8_t record[HEADER_LEN];
	struct inspect_zip_entry *entry;
	uint64_t at = 0;
	size_t name_len;

	list->end = frame->source->size;
	while (mun_inspect_read_at(frame->source, at, record, sizeof(record)) ==
		sizeof(record) &&
	    is_mark(record, 3, 4)) {
		name_len = mun_inspect_read_at(frame->source, at + HEADER_LEN,
		    name, mun_inspect_u16(record + 26));
		entry = add_entry(list, name, name_len);
		if (entry == NULL)
			return;
		entry->header = at;
		entry->flags = mun_inspect_u16(record + 6);
		entry->method = mun_inspect_u16(record + 8);
		entry->crc = mun_inspect_u32(record + 14);
		entry->stored_len = mun_inspect_u32(record + 18);
		entry->len = mun_inspect_u32(record + 22);
		/* Where it ends is not told: it cannot be read, nor what is
		 * behind it be found. */
		if ((entry->flags & INSPECT_ZIP_LATE_SIZES) != 0 ||
		    entry->stored_len == UINT32_MAX) {
			entry->is_unreadable = true;
			return;
		}
		at += (uint64_t)HEADER_LEN + mun_inspect_u16(record + 26) +
		    mun_inspect_u16(record + 28) + entry->stored_len;
	}
}

void
mun_inspect_zip_list_read(
    struct inspect_frame *frame, struct inspect_zip_list *list)
{
	struct zip_end end = { 0 };

	list->names.max = DIRECTORY_MAX;
	if (!read_end(frame, &end)) {
		mun_inspect_add_note(frame, INSPECT_NO_END);
		read_headers(frame, list);
	} else if (end.is_split) {
		mun_inspect_add_note(frame, INSPECT_SPLIT);
	} else {
		read_directory(frame, list, &end);
	}
}
