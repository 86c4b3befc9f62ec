/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect.c - hands containers to workers and tells what they found.
 *
 * A worker is made for each document: what one document does to it ends with
 * it.
 */
#include "inspect/inspect.h"

#include <locale.h>
#include <stdlib.h>

#include "base/macros.h"
#include "inspect/inspect_internal.h"
#include "sandbox/sandbox.h"

struct mun_inspect {
	struct mun_sandbox *pool;
	struct inspect_tools tools;
};

static const struct mun_sandbox_limits inspect_limits = {
	/* Three nested containers in memory, and their decoders. */
	.memory_bytes = (uint64_t)384 << 20,
	/* Beyond the budget a worker keeps itself. */
	.cpu_s = MUN_INSPECT_CPU_S + 5,
	.wall_s = 6 * MUN_INSPECT_CPU_S,
	.answer_max = INSPECT_ANSWER_MAX,
};

enum mun_status
mun_inspect_start(struct mun_inspect **out, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err)
{
	struct mun_inspect *inspect = calloc(1, sizeof(*inspect));
	struct mun_sandbox_job job = { .name = "inspect",
		.prepare = mun_inspect_prepare,
		.handle = mun_inspect_handle,
		.limits = inspect_limits,
		.fresh = true };
	enum mun_status status;

	*out = NULL;
	if (inspect == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "inspect");
	job.context = &inspect->tools;
	/* Also wakes OpenSSL up, which no worker could do any more. */
	MUN_TRY(mun_digest_pair_new(&inspect->tools.pair, err));
	inspect->tools.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	MUN_TRY(mun_sandbox_start(
	    &inspect->pool, &job, workers, unsafe_no_sandbox, err));
	*out = inspect;
	inspect = NULL;
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "look into containers");
	mun_inspect_stop(inspect);
	return status;
}

bool
mun_inspect_has_room(const struct mun_inspect *inspect)
{
	return mun_sandbox_has_room(inspect->pool);
}

enum mun_status
mun_inspect_submit(struct mun_inspect *inspect, int fd, uint64_t offset,
    uint64_t size, uint64_t *ticket, struct mun_error *err)
{
	const struct inspect_request request = { .offset = offset,
		.size = size };

	if (offset > INT64_MAX || size > INT64_MAX - offset)
		return mun_error_set(err, MUN_ERR_USAGE, "offset and size");
	return mun_sandbox_submit(
	    inspect->pool, &request, sizeof(request), fd, ticket, err);
}

static enum inspect_reason
reason_of(enum mun_sandbox_outcome outcome)
{
	switch (outcome) {
	case MUN_SANDBOX_TIMEOUT:
		return INSPECT_HUNG;
	case MUN_SANDBOX_TOO_LARGE:
		return INSPECT_NO_MEMORY;
	case MUN_SANDBOX_REFUSED:
	case MUN_SANDBOX_DIED:
	case MUN_SANDBOX_ANSWERED:
	default:
		return INSPECT_DIED;
	}
}

enum mun_status
mun_inspect_collect(struct mun_inspect *inspect, uint64_t *ticket,
    const struct mun_inspect_visitor *visitor, bool wait, struct mun_error *err)
{
	struct mun_sandbox_answer answer;
	bool makes_sense = true;
	enum mun_status status;

	MUN_TRY(mun_sandbox_collect(inspect->pool, &answer, wait, err));
	*ticket = answer.ticket;
	if (answer.outcome != MUN_SANDBOX_ANSWERED)
		return mun_inspect_tell_note(
		    visitor, 0, reason_of(answer.outcome), err);
	MUN_TRY(mun_inspect_tell(
	    answer.data, answer.len, visitor, &makes_sense, err));
	if (!makes_sense)
		status = mun_inspect_tell_note(visitor, 0, INSPECT_DIED, err);
out:
	return status;
}

void
mun_inspect_stop(struct mun_inspect *inspect)
{
	if (inspect == NULL)
		return;
	mun_sandbox_stop(inspect->pool);
	mun_digest_pair_free(inspect->tools.pair);
	if (inspect->tools.utf8 != (locale_t)0)
		freelocale(inspect->tools.utf8);
	free(inspect);
}
