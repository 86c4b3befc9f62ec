/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_member.c - one member: fingerprinted, recorded, looked into.
 *
 * Its bytes pass once.  If its beginning is that of a container they are kept,
 * up to a limit, and looked into after the member itself is recorded.
 */
#include "inspect/inspect_internal.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "inspect/inspect_libarchive_internal.h"

struct member_read {
	struct inspect_frame *frame;
	struct archive *reader;
	enum inspect_kind kind;
	uint64_t size;
	struct mun_buffer kept;
	bool is_complete;
	bool is_dead; /* the reader cannot go on */
};

/* Filled and used up before anything nested is looked into; on the stack each
 * of its pages would be touched, however short the member is. */
static uint8_t block[INSPECT_BLOCK_LEN];

/* As much as fits; short only at the member's end or at damage. */
static size_t
fill_block(struct member_read *read)
{
	const struct inspect_libarchive *la = read->frame->look->tools->la;
	size_t got = 0;
	la_ssize_t done = 1;

	while (got < sizeof(block) && done > 0) {
		done = la->archive_read_data(
		    read->reader, block + got, sizeof(block) - got);
		if (done > 0)
			got += (size_t)done;
	}
	read->is_complete = done == 0;
	if (done >= 0)
		return got;
	read->is_dead = done == ARCHIVE_FATAL;
	mun_inspect_add_note(read->frame,
	    la->archive_errno(read->reader) == ENOMEM ? INSPECT_NO_MEMORY
						      : INSPECT_MEMBER_DAMAGED);
	return got;
}

static void
keep(struct member_read *read, size_t len)
{
	if (read->kind != INSPECT_NONE &&
	    read->frame->depth < MUN_INSPECT_DEPTH_MAX)
		mun_buffer_append(&read->kept, block, len);
}

static bool
is_streamed_archive(enum inspect_kind kind)
{
	return kind == INSPECT_TAR || kind == INSPECT_CPIO ||
	    kind == INSPECT_AR;
}

/* All of it, or INSPECT_STOP: then there is no fingerprint. */
static enum inspect_next
read_all(struct member_read *read, bool is_stream)
{
	struct mun_digest_pair *pair = read->frame->look->tools->pair;
	size_t len;

	mun_digest_pair_start(pair);
	do {
		len = fill_block(read);
		if (!mun_inspect_spend(read->frame, len))
			return INSPECT_STOP;
		if (read->size == 0)
			read->kind = mun_inspect_kind_of(block, len);
		if (is_stream && is_streamed_archive(read->kind))
			return INSPECT_IS_ARCHIVE;
		mun_digest_pair_update(pair, block, len);
		keep(read, len);
		read->size += len;
	} while (len == sizeof(block) && !read->is_dead);
	return read->is_complete ? INSPECT_GO_ON : INSPECT_STOP;
}

static void
look_inside(struct member_read *read)
{
	const struct inspect_source source = {
		.fd = -1, .memory = read->kept.data, .size = read->kept.len
	};
	struct inspect_frame inner = { .look = read->frame->look,
		.source = &source,
		.number = read->frame->look->member_count,
		.depth = read->frame->depth + 1 };

	if (read->kind == INSPECT_NONE)
		return;
	if (inner.depth > MUN_INSPECT_DEPTH_MAX)
		mun_inspect_add_note(&inner, INSPECT_TOO_DEEP);
	else if (read->kept.status == MUN_ERR_LIMIT)
		mun_inspect_add_note(&inner, INSPECT_NESTED_TOO_LARGE);
	else if (read->kept.status != MUN_OK)
		mun_inspect_add_note(&inner, INSPECT_NO_MEMORY);
	else
		mun_inspect_into(&inner, read->kind);
}

enum inspect_next
mun_inspect_take_member(struct inspect_frame *frame, struct archive *reader,
    const void *name, size_t name_len, bool is_stream, enum inspect_kind *kind)
{
	struct member_read read = { .frame = frame,
		.reader = reader,
		.kept = MUN_BUFFER_INIT(MUN_INSPECT_NESTED_MAX) };
	struct mun_inspect_member member = {
		.container = frame->number, .name = name, .name_len = name_len
	};
	struct inspect_look *look = frame->look;
	enum inspect_next next = read_all(&read, is_stream);

	if (member.name_len > INSPECT_NAME_MAX)
		member.name_len = INSPECT_NAME_MAX;
	*kind = read.kind;
	if (next == INSPECT_GO_ON) {
		member.number = ++look->member_count;
		member.size = read.size;
		mun_digest_pair_finish(look->tools->pair, &member.digests);
		mun_inspect_put_member(look->answer, &member);
		look_inside(&read);
	}
	mun_buffer_free(&read.kept);
	if (next == INSPECT_IS_ARCHIVE)
		return next;
	return read.is_dead || look->is_over ? INSPECT_STOP : INSPECT_GO_ON;
}
