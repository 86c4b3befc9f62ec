/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_pool.c - several workers at one job.
 *
 * Nothing happens behind the caller's back: sockets are served when a function
 * of the pool is called, and time a worker has spent counts only while the
 * caller was here to read its answer (CPU time counts always).
 */
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	GLANCE_MS = 100 /* between looks at the workers' clocks */
};

static const uint64_t glance_ns = (uint64_t)GLANCE_MS * 1000000;

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Serve all workers once, waiting up to timeout_ms for something to do. */
static enum mun_status
serve(struct mun_sandbox *pool, int timeout_ms, struct mun_error *err)
{
	struct pollfd polls[SANDBOX_WORKERS_MAX];
	enum mun_status status = MUN_OK;
	uint64_t start = now_ns();
	bool is_glance = start - pool->glanced_ns >= glance_ns;
	uint64_t waited;

	for (unsigned i = 0; i < pool->worker_count; i++) {
		const struct sandbox_worker *worker = &pool->workers[i];

		polls[i].fd = worker->pid == 0 ? -1 : worker->fd;
		polls[i].events = POLLIN;
		if (mun_sandbox_worker_has_unsent(worker))
			polls[i].events |= POLLOUT;
	}
	if (poll(polls, pool->worker_count, timeout_ms) == -1 && errno != EINTR)
		return mun_error_system(err, errno, "wait for workers");
	waited = timeout_ms == 0 ? 0 : now_ns() - start;
	/* More than was to be waited, this process itself stood still. */
	if (waited > (uint64_t)timeout_ms * 1000000)
		waited = (uint64_t)timeout_ms * 1000000;
	if (is_glance)
		pool->glanced_ns = start;
	for (unsigned i = 0; i < pool->worker_count; i++) {
		struct sandbox_worker *worker = &pool->workers[i];

		if (worker->pid == 0)
			continue;
		if (polls[i].revents != 0)
			MUN_TRY(mun_sandbox_worker_turn(pool, worker, err));
		MUN_TRY(mun_sandbox_worker_check(
		    pool, worker, waited, is_glance, err));
	}
out:
	return status;
}

static enum mun_status
wait_until_ready(struct mun_sandbox *pool, struct mun_error *err)
{
	unsigned looks_max = pool->job.limits.wall_s * 1000 / GLANCE_MS;
	enum mun_status status = MUN_OK;

	for (unsigned i = 0; i < pool->worker_count; i++) {
		unsigned looks = 0;

		MUN_TRY(mun_sandbox_worker_start(pool, &pool->workers[i], err));
		while (!pool->workers[i].is_ready) {
			MUN_TRY(serve(pool, GLANCE_MS, err));
			if (pool->workers[i].pid == 0 || ++looks > looks_max)
				return mun_error_set(err, MUN_ERR_SYSTEM,
				    "the %s worker does not start",
				    pool->job.name);
		}
	}
out:
	return status;
}

enum mun_status
mun_sandbox_start(struct mun_sandbox **out, const struct mun_sandbox_job *job,
    unsigned workers, bool unsafe_no_sandbox, struct mun_error *err)
{
	struct mun_sandbox *pool = NULL;
	enum mun_status status = MUN_OK;
	size_t body_max = job->limits.answer_max;

	*out = NULL;
	if (workers == 0 || workers > SANDBOX_WORKERS_MAX)
		return mun_error_set(err, MUN_ERR_USAGE, "%u workers", workers);
	if (!unsafe_no_sandbox)
		MUN_TRY(mun_sandbox_probe(err));
	pool = calloc(1, sizeof(*pool));
	if (pool == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for workers");
	pool->job = *job;
	pool->nursery.fd = -1;
	pool->template.fd = -1;
	pool->is_open = unsafe_no_sandbox;
	pool->worker_count = workers;
	pool->queue_max = job->fresh ? 1 : SANDBOX_QUEUE_MAX;
	if (body_max < SANDBOX_TEXT_MAX)
		body_max = SANDBOX_TEXT_MAX;
	for (unsigned i = 0; i < workers; i++) {
		pool->workers[i].fd = -1;
		/* One more for the NUL behind a text. */
		pool->workers[i].body.max = body_max + 1;
	}
	MUN_TRY(mun_sandbox_origin_start(pool, err));
	if (!job->fresh)
		MUN_TRY(wait_until_ready(pool, err));
	*out = pool;
	pool = NULL;
out:
	mun_sandbox_stop(pool);
	return status;
}

bool
mun_sandbox_has_room(const struct mun_sandbox *pool)
{
	return pool->in_flight < pool->worker_count * pool->queue_max;
}

static struct sandbox_worker *
least_busy(struct mun_sandbox *pool)
{
	struct sandbox_worker *best = &pool->workers[0];

	for (unsigned i = 1; i < pool->worker_count; i++)
		if (pool->workers[i].queue.count < best->queue.count)
			best = &pool->workers[i];
	return best;
}

static enum mun_status
new_request(struct sandbox_request **out, const struct mun_sandbox *pool,
    const void *bytes, size_t len, int fd, uint64_t mark, struct mun_error *err)
{
	const struct sandbox_request_head head = {
		.ticket = pool->next_ticket, .len = len, .has_fd = fd != -1
	};
	struct sandbox_request *request = calloc(1, sizeof(*request));
	enum mun_status status;

	if (request == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for request");
	request->ticket = pool->next_ticket;
	request->mark = mark;
	request->wire.max = SIZE_MAX / 2;
	request->answer.max = pool->workers[0].body.max;
	request->fd = -1;
	mun_buffer_append(&request->wire, &head, sizeof(head));
	mun_buffer_append(&request->wire, bytes, len);
	status = mun_buffer_status(&request->wire, "request", err);
	if (status == MUN_OK && fd != -1) {
		request->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		if (request->fd == -1)
			status = mun_error_system(
			    err, errno, "descriptor for a worker");
	}
	if (status != MUN_OK) {
		mun_sandbox_request_free(request);
		request = NULL;
	}
	*out = request;
	return status;
}

enum mun_status
mun_sandbox_submit(struct mun_sandbox *pool, const void *request, size_t len,
    int fd, uint64_t mark, struct mun_error *err)
{
	struct sandbox_request *own = NULL;
	struct sandbox_worker *worker;
	enum mun_status status = MUN_OK;

	while (!mun_sandbox_has_room(pool))
		MUN_TRY(serve(pool, GLANCE_MS, err));
	MUN_TRY(new_request(&own, pool, request, len, fd, mark, err));
	pool->next_ticket++;
	worker = least_busy(pool);
	mun_sandbox_queue_put(&worker->queue, own);
	pool->in_flight++;
	if (worker->pid == 0)
		MUN_TRY(mun_sandbox_worker_start(pool, worker, err));
	else if (worker->queue.count == 1)
		mun_sandbox_worker_begin(pool, worker);
	MUN_TRY(mun_sandbox_worker_turn(pool, worker, err));
out:
	return status;
}

static void
lend(struct mun_sandbox *pool, struct mun_sandbox_answer *answer)
{
	struct sandbox_request *request = mun_sandbox_queue_take(&pool->done);

	mun_sandbox_request_free(pool->lent);
	pool->lent = request;
	memset(answer, 0, sizeof(*answer));
	answer->mark = request->mark;
	answer->outcome = request->outcome;
	if (request->outcome == MUN_SANDBOX_ANSWERED) {
		answer->data = request->answer.data;
		answer->len = request->answer.len;
	}
	memcpy(answer->reason, request->reason, sizeof(request->reason));
}

enum mun_status
mun_sandbox_collect(struct mun_sandbox *pool, struct mun_sandbox_answer *answer,
    bool wait, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (pool->done.first == NULL && pool->in_flight > 0)
		MUN_TRY(serve(pool, 0, err));
	while (wait && pool->done.first == NULL && pool->in_flight > 0)
		MUN_TRY(serve(pool, GLANCE_MS, err));
	if (pool->done.first == NULL)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "no answer of the %s workers", pool->job.name);
	lend(pool, answer);
out:
	return status;
}

void
mun_sandbox_stop(struct mun_sandbox *pool)
{
	if (pool == NULL)
		return;
	for (unsigned i = 0; i < pool->worker_count; i++) {
		mun_sandbox_worker_kill(&pool->workers[i]);
		mun_sandbox_queue_clear(&pool->workers[i].queue);
		mun_buffer_free(&pool->workers[i].body);
	}
	mun_sandbox_origin_stop(pool);
	mun_sandbox_queue_clear(&pool->done);
	mun_sandbox_request_free(pool->lent);
	free(pool);
}
