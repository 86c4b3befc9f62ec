/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_stream.c - containers whose list of members libarchive reads.
 *
 * Of libarchive's readers only the one that the first bytes call for is
 * enabled, so that no document chooses its parser by a later byte.  What comes
 * out of a filter is looked at first: tar, cpio and ar are then read as such;
 * anything else is one member, named as a gzip header names it, else nameless.
 *
 * Names: in the C locale libarchive hands the bytes of tar (pax records too),
 * cpio, ar, cab and lha through unchanged.  7z and Joliet store UTF-16, which
 * becomes UTF-8 and is composed (NFC) by libarchive.
 */
#include "inspect/inspect_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "inspect/inspect_libarchive_internal.h"

enum {
	RETRIES_MAX = 100
};

/* A source as libarchive wants it. */
struct stream {
	struct inspect_frame *frame;
	enum inspect_kind filter;
	enum inspect_kind format;
	uint64_t at;
};

static const struct inspect_libarchive *
la_of(const struct stream *stream)
{
	return stream->frame->look->tools->la;
}

static la_ssize_t
stream_read(struct archive *reader, void *data, const void **bytes)
{
	struct stream *stream = data;
	const uint8_t *block;
	size_t got = mun_inspect_view_at(
	    stream->frame->source, stream->at, INSPECT_BLOCK_LEN, &block);

	(void)reader;
	stream->at += got;
	*bytes = block;
	return (la_ssize_t)got;
}

static la_int64_t
stream_seek(struct archive *reader, void *data, la_int64_t offset, int whence)
{
	struct stream *stream = data;
	la_int64_t base = 0;

	(void)reader;
	if (whence == SEEK_CUR)
		base = (la_int64_t)stream->at;
	else if (whence == SEEK_END)
		base = (la_int64_t)stream->frame->source->size;
	if (offset < -base ||
	    offset > (la_int64_t)stream->frame->source->size - base)
		return ARCHIVE_FATAL;
	stream->at = (uint64_t)(base + offset);
	return base + offset;
}

static la_int64_t
stream_skip(struct archive *reader, void *data, la_int64_t request)
{
	struct stream *stream = data;
	uint64_t left = stream->frame->source->size - stream->at;

	(void)reader;
	if (request < 0)
		return 0;
	if ((uint64_t)request < left)
		left = (uint64_t)request;
	stream->at += left;
	return (la_int64_t)left;
}

static int
enable_format(const struct inspect_libarchive *la, struct archive *reader,
    enum inspect_kind kind)
{
	switch ((int)kind) {
	case INSPECT_7Z:
		return la->archive_read_support_format_7zip(reader);
	case INSPECT_CAB:
		return la->archive_read_support_format_cab(reader);
	case INSPECT_LHA:
		return la->archive_read_support_format_lha(reader);
	case INSPECT_ISO:
		return la->archive_read_support_format_iso9660(reader);
	case INSPECT_CPIO:
		return la->archive_read_support_format_cpio(reader);
	case INSPECT_AR:
		return la->archive_read_support_format_ar(reader);
	case INSPECT_TAR:
		return la->archive_read_support_format_tar(reader);
	case INSPECT_NONE: /* what a filter holds is not known yet */
		(void)la->archive_read_support_format_empty(reader);
		return la->archive_read_support_format_raw(reader);
	default:
		return ARCHIVE_FATAL;
	}
}

/* ARCHIVE_WARN here means that an outside program would do the work. */
static int
enable_filter(const struct inspect_libarchive *la, struct archive *reader,
    enum inspect_kind kind)
{
	int result = ARCHIVE_FATAL;

	if (kind == INSPECT_GZIP)
		result = la->archive_read_support_filter_gzip(reader);
	else if (kind == INSPECT_BZIP2)
		result = la->archive_read_support_filter_bzip2(reader);
	else if (kind == INSPECT_XZ)
		result = la->archive_read_support_filter_xz(reader);
	else if (kind == INSPECT_ZSTD)
		result = la->archive_read_support_filter_zstd(reader);
	return result;
}

static enum inspect_next
look_at_entry(
    struct stream *stream, struct archive *reader, struct archive_entry *entry)
{
	const struct inspect_libarchive *la = la_of(stream);
	struct inspect_frame *frame = stream->frame;
	bool is_raw = la->archive_format(reader) == ARCHIVE_FORMAT_RAW;
	char gzip[INSPECT_GZIP_NAME_MAX];
	const char *name = la->archive_entry_pathname(entry);
	size_t name_len = name == NULL ? 0 : strlen(name);

	/* ar stores no type, only permissions. */
	if ((la->archive_entry_filetype(entry) != AE_IFREG &&
		la->archive_entry_filetype(entry) != 0) ||
	    la->archive_entry_hardlink(entry) != NULL)
		return INSPECT_GO_ON;
	if (la->archive_entry_is_encrypted(entry)) {
		mun_inspect_add_note(frame, INSPECT_ENCRYPTED);
		return INSPECT_GO_ON;
	}
	/* Without a filter it would be the document itself, as it is. */
	if (is_raw && la->archive_filter_count(reader) < 2) {
		mun_inspect_add_note(frame, INSPECT_DAMAGED);
		return INSPECT_STOP;
	}
	if (is_raw) {
		name = gzip;
		name_len = stream->filter == INSPECT_GZIP
		    ? mun_inspect_gzip_name(frame->source, gzip)
		    : 0;
	}
	return mun_inspect_take_member(
	    frame, reader, name, name_len, is_raw, &stream->format);
}

static void
note_failure(struct stream *stream, struct archive *reader)
{
	const struct inspect_libarchive *la = la_of(stream);
	struct inspect_frame *frame = stream->frame;
	/* Asked before a format is found, the last question crashes. */
	bool is_found = la->archive_format(reader) != 0;

	if (la->archive_errno(reader) == ENOMEM)
		mun_inspect_add_note(frame, INSPECT_NO_MEMORY);
	else if (is_found && la->archive_read_has_encrypted_entries(reader) > 0)
		mun_inspect_add_note(frame, INSPECT_ENCRYPTED_LIST);
	else
		mun_inspect_add_note(frame, INSPECT_DAMAGED);
}

static enum inspect_next
look_at_entries(struct stream *stream, struct archive *reader)
{
	const struct inspect_libarchive *la = la_of(stream);
	enum inspect_next next = INSPECT_GO_ON;
	struct archive_entry *entry;
	int retries = 0;
	int result;

	while (next == INSPECT_GO_ON && mun_inspect_step(stream->frame)) {
		result = la->archive_read_next_header(reader, &entry);
		if (result == ARCHIVE_EOF)
			break;
		/* A warning is about a name; its bytes are all we want. */
		if (result == ARCHIVE_OK || result == ARCHIVE_WARN) {
			next = look_at_entry(stream, reader, entry);
		} else if (result != ARCHIVE_RETRY || ++retries > RETRIES_MAX) {
			note_failure(stream, reader);
			break;
		}
	}
	return next;
}

static enum inspect_next
read_container(struct stream *stream, struct archive *reader)
{
	const struct inspect_libarchive *la = la_of(stream);
	enum inspect_next next = INSPECT_STOP;

	stream->at = 0;
	if ((stream->filter != INSPECT_NONE &&
		enable_filter(la, reader, stream->filter) != ARCHIVE_OK) ||
	    enable_format(la, reader, stream->format) != ARCHIVE_OK) {
		mun_inspect_add_note(stream->frame, INSPECT_REFUSED);
		return next;
	}
	la->archive_read_set_callback_data(reader, stream);
	la->archive_read_set_read_callback(reader, stream_read);
	la->archive_read_set_seek_callback(reader, stream_seek);
	la->archive_read_set_skip_callback(reader, stream_skip);
	if (la->archive_read_open1(reader) == ARCHIVE_OK)
		next = look_at_entries(stream, reader);
	else
		note_failure(stream, reader);
	la->archive_read_close(reader);
	return next;
}

static enum inspect_next
read_with_new_reader(struct stream *stream)
{
	const struct inspect_libarchive *la = la_of(stream);
	struct archive *reader = la->archive_read_new();
	enum inspect_next next;

	if (reader == NULL) {
		mun_inspect_add_note(stream->frame, INSPECT_NO_MEMORY);
		return INSPECT_STOP;
	}
	next = read_container(stream, reader);
	la->archive_read_free(reader);
	return next;
}

void
mun_inspect_stream(struct inspect_frame *frame, enum inspect_kind kind)
{
	bool is_utf16 = kind == INSPECT_7Z || kind == INSPECT_ISO;
	locale_t utf8 = frame->look->tools->utf8;
	struct stream stream;
	locale_t before;

	stream.frame = frame;
	stream.filter = kind >= INSPECT_GZIP ? kind : INSPECT_NONE;
	stream.format = kind >= INSPECT_GZIP ? INSPECT_NONE : kind;
	before = uselocale(
	    is_utf16 && utf8 != (locale_t)0 ? utf8 : LC_GLOBAL_LOCALE);
	/* The second time it is known to be tar, cpio or ar: no third. */
	if (read_with_new_reader(&stream) == INSPECT_IS_ARCHIVE)
		(void)read_with_new_reader(&stream);
	uselocale(before);
}
