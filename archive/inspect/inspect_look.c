/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_look.c - one document's tree of containers, and its budgets.
 *
 * Budgets are over the whole tree: a container of containers gets no more than
 * a flat one.  When one is spent everything is left at once; what was found
 * before stands.
 */
#include "inspect/inspect_internal.h"

#include <string.h>
#include <time.h>

enum {
	STEPS_PER_GLANCE = 64,
	BYTES_PER_GLANCE = 1048576
};

static const uint64_t ratio_counts_from = (uint64_t)16 << 20;

void
mun_inspect_add_note(struct inspect_frame *frame, enum inspect_reason reason)
{
	uint32_t bit = (uint32_t)1 << reason;

	if ((frame->noted & bit) != 0)
		return;
	frame->noted |= bit;
	mun_inspect_put_note(frame->look->answer, frame->number, reason);
}

static bool
give_up(struct inspect_frame *frame, enum inspect_reason reason)
{
	if (!frame->look->is_over)
		mun_inspect_add_note(frame, reason);
	frame->look->is_over = true;
	return false;
}

static bool
has_time(struct inspect_frame *frame)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	if (used.tv_sec < MUN_INSPECT_CPU_S)
		return true;
	return give_up(frame, INSPECT_BOMB_TIME);
}

bool
mun_inspect_step(struct inspect_frame *frame)
{
	struct inspect_look *look = frame->look;

	if (look->is_over)
		return false;
	look->steps++;
	if (look->steps % STEPS_PER_GLANCE == 0 && !has_time(frame))
		return false;
	if (look->member_count >= MUN_INSPECT_MEMBERS_MAX)
		return give_up(frame, INSPECT_TOO_MANY);
	/* Room for the longest name, and for the notes on the way out. */
	if (look->answer->len + mun_inspect_member_len(INSPECT_NAME_MAX) +
		4096 >
	    look->answer->max)
		return give_up(frame, INSPECT_LIST_TOO_LONG);
	return true;
}

bool
mun_inspect_spend(struct inspect_frame *frame, uint64_t len)
{
	struct inspect_look *look = frame->look;

	look->unpacked_bytes += len;
	if (look->unpacked_bytes > MUN_INSPECT_BYTES_MAX)
		return give_up(frame, INSPECT_BOMB_BYTES);
	if (look->unpacked_bytes > ratio_counts_from &&
	    look->unpacked_bytes / MUN_INSPECT_RATIO_MAX > look->stored_bytes)
		return give_up(frame, INSPECT_BOMB_RATIO);
	if (look->unpacked_bytes - look->cpu_checked_at < BYTES_PER_GLANCE)
		return true;
	look->cpu_checked_at = look->unpacked_bytes;
	return has_time(frame);
}

void
mun_inspect_into(struct inspect_frame *frame, enum inspect_kind kind)
{
	if (kind == INSPECT_ZIP)
		mun_inspect_zip(frame);
	else
		mun_inspect_stream(frame, kind);
}

enum mun_status
mun_inspect_handle(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	struct inspect_look look = { .tools = state, .answer = answer };
	struct inspect_source source = { .fd = fd };
	struct inspect_frame frame = { .look = &look, .source = &source };
	struct inspect_request where;
	enum inspect_kind kind;
	const uint8_t *first;

	if (len != sizeof(where) || fd == -1)
		return mun_error_set(err, MUN_ERR_USAGE, "request");
	memcpy(&where, request, sizeof(where));
	source.offset = where.offset;
	source.size = where.size;
	look.stored_bytes = where.size;
	len = mun_inspect_view_at(&source, 0, INSPECT_BLOCK_LEN, &first);
	kind = mun_inspect_kind_of(first, len);
	if (kind == INSPECT_NONE)
		mun_inspect_add_note(&frame, INSPECT_REFUSED);
	else
		mun_inspect_into(&frame, kind);
	return mun_buffer_status(answer, "list of members", err);
}
