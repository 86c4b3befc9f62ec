/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_answer.c - members and notes as bytes, out of the worker and in.
 *
 * A worker may be captured by what it reads: numbers must count, containers
 * must be earlier members, and of a note only a number crosses the line; its
 * words are the parent's.
 */
#include "inspect/inspect_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"

enum {
	RECORD_MEMBER = 'M',
	RECORD_NOTE = 'N'
};

struct member_head {
	uint32_t number;
	uint32_t container;
	uint64_t size;
	struct mun_digests digests;
	uint64_t name_len;
};

struct note_head {
	uint32_t member;
	uint32_t reason;
};

static const struct {
	const char *rule;
	const char *words;
} reasons[INSPECT_REASONS] = {
	[INSPECT_ENCRYPTED] = { "container.encrypted",
	    "members are encrypted and could not be read" },
	[INSPECT_ENCRYPTED_LIST] = { "container.encrypted",
	    "the list of members is encrypted" },
	[INSPECT_DAMAGED] = { "container.broken",
	    "damaged or cut off; members before the damage were read" },
	[INSPECT_MEMBER_DAMAGED] = { "container.broken",
	    "a member is damaged, or packed in a way not known here, and has "
	    "no fingerprint" },
	[INSPECT_HEADERS_DIFFER] = { "container.broken",
	    "a member's own header and the central directory differ; the "
	    "directory was followed" },
	[INSPECT_OVERLAP] = { "container.broken",
	    "members lie over one another; the later ones were not read" },
	[INSPECT_NO_END] = { "container.broken",
	    "the central directory is missing; members were found by their "
	    "own headers" },
	[INSPECT_TWO_ENDS] = { "container.broken",
	    "there is more than one end record; the last was followed" },
	[INSPECT_STRAY_BYTES] = { "container.broken",
	    "there are bytes before or after what the end record describes" },
	[INSPECT_UNLISTED] = { "container.broken",
	    "there are members that the central directory does not list" },
	[INSPECT_BOMB_BYTES] = { "container.bomb",
	    "unpacks to more than 4 GiB; the rest was not read" },
	[INSPECT_BOMB_RATIO] = { "container.bomb",
	    "unpacks to more than 2000 times its size; the rest was not "
	    "read" },
	[INSPECT_BOMB_TIME] = { "container.bomb",
	    "took more than 20 seconds; the rest was not read" },
	[INSPECT_TOO_DEEP] = { "container.too-deep",
	    "a container in a container in a container in a container; not "
	    "looked into" },
	[INSPECT_TOO_MANY] = { "container.too-many",
	    "has more than 100000 members; the rest was not read" },
	[INSPECT_LIST_TOO_LONG] = { "container.too-many",
	    "the names of its members are too long together; the rest was "
	    "not read" },
	[INSPECT_UNSUPPORTED] = { "container.not-inspected",
	    "a member is packed in a way not known here" },
	[INSPECT_SPLIT] = { "container.not-inspected", "one part of several" },
	[INSPECT_NESTED_TOO_LARGE] = { "container.not-inspected",
	    "a container of more than 64 MiB within another" },
	[INSPECT_NO_MEMORY] = { "container.not-inspected",
	    "unpacking needs more memory than is allowed" },
	[INSPECT_REFUSED] = { "container.not-inspected",
	    "not a container after all, or of a form not known here" },
	[INSPECT_DIED] = { "container.died",
	    "the program that looked into it died" },
	[INSPECT_HUNG] = { "container.died",
	    "the program that looked into it was ended: too much time" },
};

size_t
mun_inspect_member_len(size_t name_len)
{
	return 1 + sizeof(struct member_head) + name_len;
}

void
mun_inspect_put_member(
    struct mun_buffer *answer, const struct mun_inspect_member *member)
{
	struct member_head head;

	memset(&head, 0, sizeof(head));
	head.number = member->number;
	head.container = member->container;
	head.size = member->size;
	head.digests = member->digests;
	head.name_len = member->name_len;
	mun_buffer_append_byte(answer, RECORD_MEMBER);
	mun_buffer_append(answer, &head, sizeof(head));
	mun_buffer_append(answer, member->name, member->name_len);
}

void
mun_inspect_put_note(
    struct mun_buffer *answer, uint32_t member, enum inspect_reason reason)
{
	const struct note_head head = { .member = member,
		.reason = (uint32_t)reason };

	mun_buffer_append_byte(answer, RECORD_NOTE);
	mun_buffer_append(answer, &head, sizeof(head));
}

static bool
take_member(struct mun_reader *reader, uint32_t count,
    struct mun_inspect_member *member)
{
	struct member_head head;

	if (!mun_reader_copy(reader, &head, sizeof(head)) ||
	    head.number != count + 1 || head.container > count ||
	    head.name_len > INSPECT_NAME_MAX ||
	    !mun_reader_take(reader, (size_t)head.name_len, &member->name))
		return false;
	member->number = head.number;
	member->container = head.container;
	member->size = head.size;
	member->digests = head.digests;
	member->name_len = (size_t)head.name_len;
	return member->number <= MUN_INSPECT_MEMBERS_MAX;
}

enum mun_status
mun_inspect_tell_note(const struct mun_inspect_visitor *visitor,
    uint32_t member, enum inspect_reason reason, struct mun_error *err)
{
	struct mun_inspect_note note = { .member = member,
		.rule = reasons[reason].rule };

	snprintf(note.detail, sizeof(note.detail), "%s", reasons[reason].words);
	return visitor->note(visitor->ctx, &note, err);
}

/* One pass over the records; visitor NULL only checks. */
static enum mun_status
read_records(struct mun_reader reader,
    const struct mun_inspect_visitor *visitor, bool *makes_sense,
    struct mun_error *err)
{
	struct mun_inspect_member member;
	enum mun_status status = MUN_OK;
	struct note_head note;
	uint32_t count = 0;
	uint8_t kind;

	*makes_sense = false;
	while (mun_reader_copy(&reader, &kind, 1)) {
		if (kind == RECORD_MEMBER) {
			if (!take_member(&reader, count, &member))
				return MUN_OK;
			count = member.number;
			if (visitor != NULL)
				MUN_TRY(visitor->member(
				    visitor->ctx, &member, err));
			continue;
		}
		if (kind != RECORD_NOTE ||
		    !mun_reader_copy(&reader, &note, sizeof(note)) ||
		    note.member > count || note.reason >= INSPECT_REASONS)
			return MUN_OK;
		if (visitor != NULL)
			MUN_TRY(mun_inspect_tell_note(visitor, note.member,
			    (enum inspect_reason)note.reason, err));
	}
	*makes_sense = true;
out:
	return status;
}

enum mun_status
mun_inspect_tell(const uint8_t *data, size_t len,
    const struct mun_inspect_visitor *visitor, bool *makes_sense,
    struct mun_error *err)
{
	const struct mun_reader reader = mun_reader_over(data, len);
	enum mun_status status = read_records(reader, NULL, makes_sense, err);

	if (status != MUN_OK || !*makes_sense)
		return status;
	return read_records(reader, visitor, makes_sense, err);
}
