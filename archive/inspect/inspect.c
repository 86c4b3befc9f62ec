/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect.c - hands containers to workers and tells what they found.
 *
 * A worker is made for each document: what one document does to it ends with
 * it.  Only one compressed document in one gzip stream is tried by a lasting
 * worker first (inspect_gunzip.c); what that one refuses or dies at, a fresh
 * one looks into.
 */
#include "inspect/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/macros.h"
#include "inspect/inspect_internal.h"
#include "sandbox/sandbox.h"

enum {
	/* More than both pools have room for. */
	ASKED_MAX = 32
};

/* A document under way; its place is its mark in the pool. */
struct asked {
	struct mun_sandbox *pool; /* which has it; NULL: none */
	uint64_t ticket;
	struct inspect_request where;
	int fd; /* to hand it on by; own, or -1 */
};

struct mun_inspect {
	struct mun_sandbox *fresh;
	struct mun_sandbox *gunzip; /* one lasting worker */
	uint64_t next_ticket;
	struct asked asked[ASKED_MAX];
};

static const struct mun_sandbox_limits inspect_limits = {
	/* Three nested containers in memory, and their decoders. */
	.memory_bytes = (uint64_t)384 << 20,
	/* Beyond the budget a worker keeps itself. */
	.cpu_s = MUN_INSPECT_CPU_S + 5,
	.wall_s = 6 * MUN_INSPECT_CPU_S,
	.answer_max = INSPECT_ANSWER_MAX,
};

/* Blocks of a fixed size; a stream's window. */
static const struct mun_sandbox_limits gunzip_limits = {
	.memory_bytes = (uint64_t)16 << 20,
	.cpu_s = 5,
	.wall_s = 30,
	.answer_max = 2 * INSPECT_GZIP_NAME_MAX,
};

/* What reads one kind of stream, and what reads all. */
static enum mun_status
start_workers(struct mun_inspect *inspect, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err)
{
	const struct mun_sandbox_job look = { .name = "inspect",
		.prepare = mun_inspect_prepare,
		.handle = mun_inspect_handle,
		.limits = inspect_limits,
		.fresh = true };
	const struct mun_sandbox_job gunzip = { .name = "gunzip",
		.prepare = mun_inspect_gunzip_prepare,
		.handle = mun_inspect_gunzip,
		.limits = gunzip_limits };
	enum mun_status status;

	MUN_TRY(mun_sandbox_start(
	    &inspect->fresh, &look, workers, unsafe_no_sandbox, err));
	MUN_TRY(mun_sandbox_start(
	    &inspect->gunzip, &gunzip, 1, unsafe_no_sandbox, err));
out:
	return status;
}

enum mun_status
mun_inspect_start(struct mun_inspect **out, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err)
{
	struct mun_inspect *inspect = calloc(1, sizeof(*inspect));
	enum mun_status status;

	*out = NULL;
	if (inspect == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory to inspect");
	for (size_t i = 0; i < ASKED_MAX; i++)
		inspect->asked[i].fd = -1;
	MUN_TRY(start_workers(inspect, workers, unsafe_no_sandbox, err));
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
	return mun_sandbox_has_room(inspect->fresh) &&
	    mun_sandbox_has_room(inspect->gunzip);
}

/* ---- who has what ---- */

static struct asked *
find_room(struct mun_inspect *inspect)
{
	for (size_t i = 0; i < ASKED_MAX; i++)
		if (inspect->asked[i].pool == NULL)
			return &inspect->asked[i];
	return NULL;
}

static enum mun_status
hand_over(struct mun_inspect *inspect, struct asked *asked,
    struct mun_sandbox *pool, int fd, struct mun_error *err)
{
	enum mun_status status;

	status = mun_sandbox_submit(pool, &asked->where, sizeof(asked->where),
	    fd, (uint64_t)(asked - inspect->asked), err);
	if (status == MUN_OK)
		asked->pool = pool;
	return status;
}

static enum mun_status
hand_on(struct mun_inspect *inspect, struct asked *asked, struct mun_error *err)
{
	enum mun_status status =
	    hand_over(inspect, asked, inspect->fresh, asked->fd, err);

	mun_file_close(&asked->fd);
	return status;
}

/* Two bytes and the method; the worker looks closer. */
static bool
may_be_gunzipped(int fd, const struct inspect_request *where)
{
	const struct inspect_source source = {
		.fd = fd, .offset = where->offset, .size = where->size
	};
	uint8_t first[3];
	size_t len = mun_inspect_read_at(&source, 0, first, sizeof(first));

	return where->size <= INSPECT_GUNZIP_MAX &&
	    mun_inspect_kind_of(first, len) == INSPECT_GZIP;
}

enum mun_status
mun_inspect_submit(struct mun_inspect *inspect, int fd, uint64_t offset,
    uint64_t size, uint64_t *ticket, struct mun_error *err)
{
	struct asked *asked = find_room(inspect);
	enum mun_status status;

	if (offset > INT64_MAX || size > INT64_MAX - offset)
		return mun_error_set(err, MUN_ERR_USAGE, "offset and size");
	if (asked == NULL)
		return mun_error_set(
		    err, MUN_ERR_INTERNAL, "too many documents are under way");
	asked->where =
	    (struct inspect_request){ .offset = offset, .size = size };
	if (!may_be_gunzipped(fd, &asked->where)) {
		MUN_TRY(hand_over(inspect, asked, inspect->fresh, fd, err));
	} else {
		asked->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (asked->fd == -1)
			return mun_error_system(
			    err, errno, "descriptor for a worker");
		MUN_TRY(hand_over(inspect, asked, inspect->gunzip, fd, err));
	}
	*ticket = asked->ticket = inspect->next_ticket++;
out:
	return status;
}

/* ---- answers ---- */

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

static enum mun_status
collect_from_either(struct mun_inspect *inspect,
    struct mun_sandbox_answer *answer, bool wait, struct mun_error *err)
{
	enum mun_status status;

	status = mun_sandbox_collect(inspect->gunzip, answer, wait, err);
	if (status != MUN_ERR_NOT_FOUND)
		return status;
	return mun_sandbox_collect(inspect->fresh, answer, wait, err);
}

static enum mun_status
collect_any(struct mun_inspect *inspect, struct mun_sandbox_answer *answer,
    bool wait, struct mun_error *err)
{
	enum mun_status status;

	status = collect_from_either(inspect, answer, false, err);
	/* Who is not waited for goes on working meanwhile. */
	if (status == MUN_ERR_NOT_FOUND && wait)
		status = collect_from_either(inspect, answer, true, err);
	return status;
}

/* *is_told: the document is done; else a fresh worker has it now. */
static enum mun_status
tell(struct mun_inspect *inspect, const struct mun_sandbox_answer *answer,
    struct asked *asked, const struct mun_inspect_visitor *visitor,
    bool *is_told, struct mun_error *err)
{
	enum inspect_reason reason = reason_of(answer->outcome);
	enum mun_status status = MUN_OK;

	*is_told = false;
	if (answer->outcome == MUN_SANDBOX_ANSWERED)
		MUN_TRY(mun_inspect_tell(
		    answer->data, answer->len, visitor, is_told, err));
	if (!*is_told && asked->pool == inspect->gunzip)
		return hand_on(inspect, asked, err);
	if (!*is_told)
		MUN_TRY(mun_inspect_tell_note(visitor, 0, reason, err));
	*is_told = true;
	asked->pool = NULL;
	mun_file_close(&asked->fd);
out:
	return status;
}

enum mun_status
mun_inspect_collect(struct mun_inspect *inspect, uint64_t *ticket,
    const struct mun_inspect_visitor *visitor, bool wait, struct mun_error *err)
{
	struct mun_sandbox_answer answer;
	struct asked *asked;
	enum mun_status status;
	bool is_told;

	do {
		MUN_TRY(collect_any(inspect, &answer, wait, err));
		asked = &inspect->asked[answer.mark];
		*ticket = asked->ticket;
		MUN_TRY(tell(inspect, &answer, asked, visitor, &is_told, err));
	} while (!is_told);
out:
	return status;
}

void
mun_inspect_stop(struct mun_inspect *inspect)
{
	if (inspect == NULL)
		return;
	mun_sandbox_stop(inspect->fresh);
	mun_sandbox_stop(inspect->gunzip);
	for (size_t i = 0; i < ASKED_MAX; i++)
		mun_file_close(&inspect->asked[i].fd);
	free(inspect);
}
