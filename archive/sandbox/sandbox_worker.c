/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_worker.c - one worker as its parent sees it.
 *
 * Whatever a worker does wrong ends with its death and one outcome for the
 * request it was at; the requests behind that one go to its successor.  The
 * parent never waits here and never believes a length.
 */
/* prlimit(2), SCM_RIGHTS: to bound another process. */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	PIECE_LEN = 65536
};

static const uint64_t ns_per_s = 1000000000;

static uint64_t
cpu_used_ns(const struct sandbox_worker *worker)
{
	struct timespec used;

	if (clock_gettime(worker->clock, &used) != 0)
		return 0;
	return (uint64_t)used.tv_sec * ns_per_s + (uint64_t)used.tv_nsec;
}

/* A backstop for when nobody looks: the worker may be a whole queue ahead of
 * what has been read from it.  Moved only when that is another second. */
static void
move_cpu_limit(const struct mun_sandbox *pool, struct sandbox_worker *worker,
    uint64_t used_ns)
{
	uint64_t limit_s = used_ns / ns_per_s + 2 +
	    (uint64_t)pool->job.limits.cpu_s * (pool->queue_max + 1);
	struct rlimit limit;

	if (limit_s == worker->cpu_limit_s ||
	    prlimit(worker->pid, RLIMIT_CPU, NULL, &limit) != 0)
		return;
	limit.rlim_cur = (rlim_t)limit_s;
	if (prlimit(worker->pid, RLIMIT_CPU, &limit, NULL) == 0)
		worker->cpu_limit_s = limit_s;
}

void
mun_sandbox_worker_begin(
    const struct mun_sandbox *pool, struct sandbox_worker *worker)
{
	struct sandbox_request *request = worker->queue.first;

	if (request == NULL)
		return;
	request->waited_ns = 0;
	request->cpu_start_ns = 0;
	/* A fresh worker's clock begins with its request, and it has set its
	 * limit itself. */
	if (pool->job.fresh)
		return;
	request->cpu_start_ns = cpu_used_ns(worker);
	move_cpu_limit(pool, worker, request->cpu_start_ns);
}

enum mun_status
mun_sandbox_worker_start(struct mun_sandbox *pool,
    struct sandbox_worker *worker, struct mun_error *err)
{
	enum mun_status status;
	pid_t pid;
	int fd;

	MUN_TRY(mun_sandbox_fork(pool->origin, pool, &pid, &fd, err));
	worker->pid = pid;
	worker->fd = fd;
	worker->cpu_limit_s = 0;
	worker->is_ready = false;
	if (clock_getcpuclockid(pid, &worker->clock) != 0) {
		status = mun_error_set(err, MUN_ERR_SYSTEM,
		    "the CPU clock of the %s worker cannot be read",
		    pool->job.name);
		goto out;
	}
	worker->head_got = 0;
	mun_buffer_reset(&worker->body);
	for (struct sandbox_request *r = worker->queue.first; r != NULL;
	     r = r->next)
		r->sent = 0;
	mun_sandbox_worker_begin(pool, worker);
out:
	return status;
}

int
mun_sandbox_end(pid_t pid)
{
	int wait_status = 0;
	pid_t got;

	(void)kill(pid, SIGKILL);
	do
		got = waitpid(pid, &wait_status, 0);
	while (got == -1 && errno == EINTR);
	return got == -1 ? 0 : wait_status;
}

static int
end_worker(struct sandbox_worker *worker)
{
	int wait_status = 0;

	if (worker->pid != 0)
		wait_status = mun_sandbox_end(worker->pid);
	worker->pid = 0;
	mun_file_close(&worker->fd);
	return wait_status;
}

void
mun_sandbox_worker_kill(struct sandbox_worker *worker)
{
	(void)end_worker(worker);
}

static void
finish_first(struct mun_sandbox *pool, struct sandbox_worker *worker,
    enum mun_sandbox_outcome outcome, const char *reason)
{
	struct sandbox_request *request =
	    mun_sandbox_queue_take(&worker->queue);

	request->outcome = outcome;
	snprintf(request->reason, sizeof(request->reason), "%s", reason);
	pool->in_flight--;
	mun_sandbox_queue_put(&pool->done, request);
}

/* A lasting worker that dies before it is ready has read no request: somebody
 * else killed it (too little memory in the machine), or it cannot start. */
static enum mun_status
start_again(struct mun_sandbox *pool, struct sandbox_worker *worker,
    enum mun_sandbox_outcome outcome, const char *reason, struct mun_error *err)
{
	if (outcome == MUN_SANDBOX_DIED &&
	    worker->lost_starts++ < SANDBOX_LOST_STARTS_MAX)
		return mun_sandbox_worker_start(pool, worker, err);
	return mun_error_set(err, MUN_ERR_SYSTEM,
	    "the %s worker does not start: %s", pool->job.name, reason);
}

/* After a death: the request it died at has its outcome, the rest goes on. */
static enum mun_status
replace(struct mun_sandbox *pool, struct sandbox_worker *worker,
    enum mun_sandbox_outcome outcome, const char *reason, struct mun_error *err)
{
	if (!worker->is_ready && !pool->job.fresh)
		return start_again(pool, worker, outcome, reason, err);
	if (worker->queue.first != NULL)
		finish_first(pool, worker, outcome, reason);
	if (worker->queue.first == NULL)
		return MUN_OK;
	return mun_sandbox_worker_start(pool, worker, err);
}

static enum mun_status
end_by_force(struct mun_sandbox *pool, struct sandbox_worker *worker,
    enum mun_sandbox_outcome outcome, const char *reason, struct mun_error *err)
{
	mun_sandbox_worker_kill(worker);
	return replace(pool, worker, outcome, reason, err);
}

/* The socket has ended: why? */
static enum mun_status
bury(struct mun_sandbox *pool, struct sandbox_worker *worker,
    struct mun_error *err)
{
	enum mun_sandbox_outcome outcome = MUN_SANDBOX_DIED;
	char reason[SANDBOX_TEXT_MAX + 1];
	int wait_status;

	/* It may have closed the socket and live on. */
	wait_status = end_worker(worker);
	if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGXCPU) {
		outcome = MUN_SANDBOX_TIMEOUT;
		snprintf(reason, sizeof(reason), "used too much time");
	} else if (WIFSIGNALED(wait_status) &&
	    WTERMSIG(wait_status) == SIGSYS) {
		snprintf(
		    reason, sizeof(reason), "tried a forbidden system call");
	} else if (WIFSIGNALED(wait_status)) {
		snprintf(reason, sizeof(reason), "ended by signal %d",
		    WTERMSIG(wait_status));
	} else {
		snprintf(reason, sizeof(reason), "ended without an answer");
	}
	return replace(pool, worker, outcome, reason, err);
}

bool
mun_sandbox_worker_has_unsent(const struct sandbox_worker *worker)
{
	const struct sandbox_request *last = worker->queue.last;

	return worker->pid != 0 && last != NULL && last->sent < last->wire.len;
}

/* As much of one request as the socket takes; false when it takes no more. */
static bool
send_some(struct sandbox_worker *worker, struct sandbox_request *request)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec piece = { .iov_base = request->wire.data + request->sent,
		.iov_len = request->wire.len - request->sent };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t done;

	if (request->fd != -1 && request->sent == 0) {
		memset(&control, 0, sizeof(control));
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.head), &request->fd, sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control.space);
	}
	do
		done =
		    sendmsg(worker->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (done == -1 && errno == EINTR);
	/* A dead worker shows when its socket is read. */
	if (done <= 0)
		return false;
	request->sent += (size_t)done;
	return request->sent == request->wire.len;
}

static void
send_pending(struct sandbox_worker *worker)
{
	for (struct sandbox_request *r = worker->queue.first; r != NULL;
	     r = r->next)
		if (r->sent < r->wire.len && !send_some(worker, r))
			return;
}

/* What a head may say at this point; anything else is nonsense. */
static bool
is_plausible(
    const struct mun_sandbox *pool, const struct sandbox_worker *worker)
{
	const struct sandbox_answer_head *head = &worker->head;

	if (head->kind == SANDBOX_READY)
		return !worker->is_ready && head->len == 0;
	if (head->kind == SANDBOX_NOT_READY)
		return !worker->is_ready && head->len <= SANDBOX_TEXT_MAX;
	if (!worker->is_ready || worker->queue.first == NULL ||
	    head->ticket != worker->queue.first->ticket)
		return false;
	if (head->kind == SANDBOX_ANSWER)
		return head->len <= pool->job.limits.answer_max;
	return (head->kind == SANDBOX_FAILED ||
		   head->kind == SANDBOX_EXHAUSTED) &&
	    head->len <= SANDBOX_TEXT_MAX;
}

/* A whole answer is here. */
static enum mun_status
take_answer(struct mun_sandbox *pool, struct sandbox_worker *worker,
    struct mun_error *err)
{
	struct sandbox_request *request = worker->queue.first;
	const char *text = mun_buffer_text(&worker->body);
	uint64_t kind = worker->head.kind;

	worker->head_got = 0;
	if (kind == SANDBOX_READY) {
		worker->is_ready = true;
		worker->lost_starts = 0;
		return MUN_OK;
	}
	if (kind == SANDBOX_NOT_READY)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "the %s worker does not start: %s", pool->job.name, text);
	if (kind == SANDBOX_FAILED)
		finish_first(pool, worker, MUN_SANDBOX_REFUSED, text);
	else if (kind == SANDBOX_EXHAUSTED)
		finish_first(pool, worker, MUN_SANDBOX_TOO_LARGE, text);
	else {
		struct mun_buffer own = request->answer;

		request->answer = worker->body;
		worker->body = own;
		finish_first(pool, worker, MUN_SANDBOX_ANSWERED, "");
	}
	mun_buffer_reset(&worker->body);
	if (pool->job.fresh)
		mun_sandbox_worker_kill(worker);
	else
		mun_sandbox_worker_begin(pool, worker);
	return MUN_OK;
}

enum reading {
	READ_SOME,
	READ_NOTHING,
	READ_END
};

static enum reading
read_some(struct sandbox_worker *worker, void *to, size_t len, size_t *got)
{
	ssize_t done;

	do
		done = recv(worker->fd, to, len, MSG_DONTWAIT);
	while (done == -1 && errno == EINTR);
	*got = done > 0 ? (size_t)done : 0;
	if (done == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return READ_NOTHING;
	return done > 0 ? READ_SOME : READ_END;
}

static enum mun_status
take_head(struct mun_sandbox *pool, struct sandbox_worker *worker,
    struct mun_error *err)
{
	if (is_plausible(pool, worker)) {
		mun_buffer_reset(&worker->body);
		return MUN_OK;
	}
	if (worker->is_ready && worker->head.kind == SANDBOX_ANSWER &&
	    worker->head.len > pool->job.limits.answer_max)
		return end_by_force(pool, worker, MUN_SANDBOX_TOO_LARGE,
		    "gave too large an answer", err);
	return end_by_force(
	    pool, worker, MUN_SANDBOX_DIED, "answered nonsense", err);
}

/* Read one piece of head or body. */
static enum mun_status
read_piece(struct mun_sandbox *pool, struct sandbox_worker *worker,
    enum reading *reading, struct mun_error *err)
{
	uint64_t left;
	uint8_t *to;
	size_t got;

	if (worker->head_got < sizeof(worker->head)) {
		*reading = read_some(worker,
		    (uint8_t *)&worker->head + worker->head_got,
		    sizeof(worker->head) - worker->head_got, &got);
		worker->head_got += got;
		if (worker->head_got < sizeof(worker->head))
			return MUN_OK;
		return take_head(pool, worker, err);
	}
	left = worker->head.len - worker->body.len;
	/* Room grows with what comes, not with what was announced. */
	to = mun_buffer_reserve(
	    &worker->body, left < PIECE_LEN ? (size_t)left : PIECE_LEN);
	if (to == NULL)
		return mun_buffer_status(&worker->body, "answer", err);
	*reading = read_some(
	    worker, to, left < PIECE_LEN ? (size_t)left : PIECE_LEN, &got);
	worker->body.len += got;
	return MUN_OK;
}

static bool
is_whole(const struct sandbox_worker *worker)
{
	return worker->pid != 0 && worker->head_got == sizeof(worker->head) &&
	    worker->body.len == worker->head.len;
}

enum mun_status
mun_sandbox_worker_turn(struct mun_sandbox *pool, struct sandbox_worker *worker,
    struct mun_error *err)
{
	enum reading reading = READ_SOME;
	enum mun_status status = MUN_OK;

	while (worker->pid != 0 && reading == READ_SOME) {
		send_pending(worker);
		MUN_TRY(read_piece(pool, worker, &reading, err));
		if (reading == READ_SOME && is_whole(worker))
			MUN_TRY(take_answer(pool, worker, err));
	}
	if (worker->pid != 0 && reading == READ_END)
		status = bury(pool, worker, err);
out:
	return status;
}

enum mun_status
mun_sandbox_worker_check(struct mun_sandbox *pool,
    struct sandbox_worker *worker, uint64_t waiting_ns, bool is_glance,
    struct mun_error *err)
{
	const struct mun_sandbox_limits *limits = &pool->job.limits;
	struct sandbox_request *request = worker->queue.first;

	if (worker->pid == 0 || request == NULL)
		return MUN_OK;
	request->waited_ns += waiting_ns;
	if (request->waited_ns <= limits->wall_s * ns_per_s &&
	    (!is_glance ||
		cpu_used_ns(worker) <=
		    request->cpu_start_ns + limits->cpu_s * ns_per_s))
		return MUN_OK;
	return end_by_force(
	    pool, worker, MUN_SANDBOX_TIMEOUT, "used too much time", err);
}
