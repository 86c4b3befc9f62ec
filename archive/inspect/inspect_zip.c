/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_zip.c - each member of a ZIP, read by itself.
 *
 * libarchive follows the members' own headers and rewrites names.  So it is
 * given each member alone, under a header made here from the directory's
 * fields: it unpacks and checks the CRC, and decides nothing.
 */
#include "inspect/inspect_internal.h"

#include <errno.h>
#include <string.h>

#include "inspect/inspect_libarchive_internal.h"

enum {
	HEADER_LEN = 30,
	ZIP64_LEN = 20, /* field id and length, two sizes */
	MADE_LEN = HEADER_LEN + 1 + ZIP64_LEN,
	MADE_ON_UNIX = 3,
	FOLDER_ATTRIBUTE = 0x10 /* MS-DOS */
};

/* One member as libarchive sees it. */
struct alone {
	const struct inspect_source *source;
	uint8_t header[MADE_LEN];
	bool is_header_given;
	uint64_t at;
	uint64_t left;
};

static void
put_u16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static void
put_u32(uint8_t *at, uint32_t value)
{
	put_u16(at, (uint16_t)value);
	put_u16(at + 2, (uint16_t)(value >> 16));
}

static void
put_u64(uint8_t *at, uint64_t value)
{
	put_u32(at, (uint32_t)value);
	put_u32(at + 4, (uint32_t)(value >> 32));
}

static la_ssize_t
alone_read(struct archive *reader, void *data, const void **bytes)
{
	struct alone *alone = data;
	size_t len = INSPECT_BLOCK_LEN;
	const uint8_t *block;

	(void)reader;
	if (!alone->is_header_given) {
		alone->is_header_given = true;
		*bytes = alone->header;
		return MADE_LEN;
	}
	if (alone->left < len)
		len = (size_t)alone->left;
	len = mun_inspect_view_at(alone->source, alone->at, len, &block);
	alone->at += len;
	alone->left -= len;
	*bytes = block;
	return (la_ssize_t)len;
}

/* A header with the sizes in front, always in zip64, named "x". */
static void
make_header(struct alone *alone, const struct inspect_zip_entry *entry)
{
	uint8_t *header = alone->header;
	uint8_t *zip64 = header + HEADER_LEN + 1;

	memset(header, 0, MADE_LEN);
	memcpy(header, "PK\x03\x04", 4);
	put_u16(header + 4, 45);
	/* Bits 1 and 2 belong to the method (s4.4.4). */
	put_u16(header + 6, entry->flags & 6);
	put_u16(header + 8, entry->method);
	put_u32(header + 14, entry->crc);
	put_u32(header + 18, UINT32_MAX);
	put_u32(header + 22, UINT32_MAX);
	put_u16(header + 26, 1);
	put_u16(header + 28, ZIP64_LEN);
	header[HEADER_LEN] = 'x';
	put_u16(zip64, 1);
	put_u16(zip64 + 2, ZIP64_LEN - 4);
	put_u64(zip64 + 4, entry->len);
	put_u64(zip64 + 12, entry->stored_len);
}

/* What libarchive 3.6 unpacks: stored, deflated, bzip2, LZMA, xz, PPMd. */
static bool
is_known_method(uint16_t method)
{
	return method == 0 || method == 8 || method == 12 || method == 14 ||
	    method == 95 || method == 98;
}

static bool
is_file(const struct inspect_zip_entry *entry, const uint8_t *name)
{
	enum {
		TYPE_MASK = 0170000,
		REGULAR = 0100000
	};
	uint32_t mode = entry->attributes >> 16;

	if (entry->name_len > 0 && name[entry->name_len - 1] == '/')
		return false;
	if (entry->made_on == MADE_ON_UNIX && (mode & TYPE_MASK) != 0)
		return (mode & TYPE_MASK) == REGULAR;
	return (entry->attributes & FOLDER_ATTRIBUTE) == 0 || entry->len > 0;
}

static void
unpack(struct inspect_frame *frame, struct archive *reader,
    const struct inspect_zip_entry *entry, const uint8_t *name)
{
	const struct inspect_libarchive *la = frame->look->tools->la;
	struct archive_entry *found;
	enum inspect_kind kind;
	struct alone alone;

	alone.source = frame->source;
	alone.is_header_given = false;
	alone.at = entry->data;
	alone.left = entry->stored_len;
	make_header(&alone, entry);
	if (la->archive_read_support_format_zip_streamable(reader) ==
		ARCHIVE_OK &&
	    la->archive_read_open(reader, &alone, NULL, alone_read, NULL) ==
		ARCHIVE_OK &&
	    la->archive_read_next_header(reader, &found) == ARCHIVE_OK)
		/* A damaged member is not the end of the list. */
		(void)mun_inspect_take_member(
		    frame, reader, name, entry->name_len, false, &kind);
	else
		mun_inspect_add_note(frame,
		    la->archive_errno(reader) == ENOMEM
			? INSPECT_NO_MEMORY
			: INSPECT_MEMBER_DAMAGED);
}

static void
look_at_entry(struct inspect_frame *frame,
    const struct inspect_zip_entry *entry, const uint8_t *name)
{
	const struct inspect_libarchive *la = frame->look->tools->la;
	struct archive *reader;

	if (entry->is_unreadable || !is_file(entry, name))
		return;
	if ((entry->flags & INSPECT_ZIP_ENCRYPTED) != 0) {
		mun_inspect_add_note(frame, INSPECT_ENCRYPTED);
		return;
	}
	if (!is_known_method(entry->method)) {
		mun_inspect_add_note(frame, INSPECT_UNSUPPORTED);
		return;
	}
	reader = la->archive_read_new();
	if (reader == NULL) {
		mun_inspect_add_note(frame, INSPECT_NO_MEMORY);
		return;
	}
	unpack(frame, reader, entry, name);
	la->archive_read_free(reader);
}

void
mun_inspect_zip(struct inspect_frame *frame)
{
	struct inspect_zip_list list = { 0 };

	mun_inspect_zip_list_read(frame, &list);
	mun_inspect_zip_check(frame, &list);
	for (size_t i = 0; i < list.count && mun_inspect_step(frame); i++)
		look_at_entry(frame, &list.entries[i],
		    list.names.data + list.entries[i].name);
	mun_inspect_zip_list_free(&list);
}
