/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_child.c - the worker's side: one document, its budgets, its answer.
 */
#include "inspect/inspect_internal.h"

#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/macros.h"
#include "base/reader.h"

enum {
	CPU_MARGIN_S = 2, /* stop before the kernel does */
	RATIO_FROM = 16777216 /* below it any ratio is harmless */
};

size_t
mun_inspect_read_at(const struct inspect_source *source, void *out, size_t len,
    uint64_t position)
{
	uint64_t left;
	size_t got;

	if (position >= source->size)
		return 0;
	left = source->size - position;
	if (len > left)
		len = (size_t)left;
	if (source->fd < 0) {
		memcpy(out, source->memory + position, len);
		return len;
	}
	if (mun_file_read_at(source->fd, out, len, source->offset + position,
		&got, NULL) != MUN_OK)
		return 0;
	return got;
}

void
mun_inspect_put_number(struct mun_buffer *out, uint64_t number)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	mun_buffer_append(out, bytes, sizeof(bytes));
}

void
mun_inspect_tell(struct inspect_walk *walk, uint32_t member,
    enum inspect_rule rule, const char *detail)
{
	mun_buffer_append_byte(walk->answer, INSPECT_NOTE);
	mun_inspect_put_number(walk->answer, member);
	mun_inspect_put_number(walk->answer, rule);
	mun_inspect_put_number(walk->answer, strlen(detail));
	mun_buffer_append_text(walk->answer, detail);
}

static bool
is_out_of_time(void)
{
	struct timespec used;

	return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 &&
	    used.tv_sec >= MUN_INSPECT_CPU_S - CPU_MARGIN_S;
}

bool
mun_inspect_spend(struct inspect_walk *walk, uint32_t member, uint64_t bytes)
{
	struct inspect_budget *budget = &walk->budget;
	const char *why = NULL;

	if (budget->spent)
		return false;
	budget->unpacked += bytes;
	if (budget->unpacked > MUN_INSPECT_BYTES_MAX)
		why = "it unpacks to too much";
	else if (budget->unpacked > RATIO_FROM &&
	    budget->unpacked / MUN_INSPECT_RATIO_MAX > budget->stored)
		why = "it unpacks to many times its size";
	else if (is_out_of_time())
		why = "it takes too long to unpack";
	else if (walk->answer->len > INSPECT_ANSWER_MAX / 2)
		why = "it has too many names";
	if (why == NULL)
		return true;
	budget->spent = true;
	mun_inspect_tell(walk, member, INSPECT_BOMB, why);
	return false;
}

enum mun_status
mun_inspect_handle(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(request, len);
	struct inspect_source source = { .fd = fd };
	struct inspect_walk walk = { .answer = answer };
	enum mun_status status;

	(void)state;
	if (!mun_reader_u64(&reader, &source.offset) ||
	    !mun_reader_u64(&reader, &source.size))
		return mun_error_set(err, MUN_ERR_FORMAT, "bad request");
	walk.budget.stored = source.size;
	MUN_TRY(mun_digest_pair_new(&walk.digest, err));
	MUN_TRY(mun_inspect_container(&walk, &source, 0, 0, err));
	MUN_TRY(mun_buffer_status(answer, "an answer", err));
out:
	mun_digest_pair_free(walk.digest);
	return status;
}
