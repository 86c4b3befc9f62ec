/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_nursery.c - workers, forked from small processes that know nothing.
 *
 * A child has its parent's memory.  The program's is full of what no document
 * is to learn: the command line, paths, typed words, other documents.  So the
 * program forks once, before it has read anything, and that child, the nursery,
 * forks all others: templates and lasting workers.  A template, which has run
 * the job's prepare, forks fresh workers.  These two see neither requests nor
 * answers: they get a child's end of a socket, fork, and say who that is.
 *
 * It is also the cheap way: to fork the program itself means to write-protect
 * all of its memory each time, and then to fault on every page it writes.
 */
/* SCM_RIGHTS */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	LOOKS_PER_S = 10
};

/* The one that stays, for all pools; a fork of the program has none. */
static struct {
	struct sandbox_forker forker;
	pid_t owner; /* whose child it is; 0: none */
} kept = { .forker = { .fd = -1 } };

/* Pools of several threads may ask it: a wish and its answer, undisturbed. */
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

/* ---- asking for a child ---- */

static enum mun_status
failed(const struct sandbox_forker *forker, int number, struct mun_error *err)
{
	if (number == 0 || number == EPIPE || number == ECONNRESET)
		return mun_error_set(
		    err, MUN_ERR_SYSTEM, "the %s died", forker->what);
	return mun_error_system(err, number, "the %s", forker->what);
}

/* In short steps: time in which this process stood still is not its fault. */
static enum mun_status
wait_for(const struct sandbox_forker *forker, unsigned patience_s,
    struct mun_error *err)
{
	struct pollfd poll_fd = { .fd = forker->fd, .events = POLLIN };

	for (unsigned i = 0; i < patience_s * LOOKS_PER_S; i++) {
		int got = poll(&poll_fd, 1, 1000 / LOOKS_PER_S);

		if (got > 0)
			return MUN_OK;
		if (got == -1 && errno != EINTR)
			return failed(forker, errno, err);
	}
	return mun_error_set(err, MUN_ERR_SYSTEM,
	    "the %s does not answer; is it stopped?", forker->what);
}

static enum mun_status
receive(const struct sandbox_forker *forker, unsigned patience_s, void *bytes,
    size_t len, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	uint8_t *at = bytes;

	while (len > 0) {
		ssize_t got;

		MUN_TRY(wait_for(forker, patience_s, err));
		got = recv(forker->fd, at, len, 0);
		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			return failed(forker, got == 0 ? 0 : errno, err);
		at += got;
		len -= (size_t)got;
	}
out:
	return status;
}

/* Hand over what the child is to be and its end of its socket. */
static enum mun_status
send_wish(const struct sandbox_forker *forker, struct sandbox_wish *wish,
    int fd, struct mun_error *err)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec piece = { .iov_base = wish, .iov_len = sizeof(*wish) };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space) };
	ssize_t done;

	memset(&control, 0, sizeof(control));
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	do
		done = sendmsg(forker->fd, &message, MSG_NOSIGNAL);
	while (done == -1 && errno == EINTR);
	/* It fits into the socket's buffer, which is empty. */
	if (done != (ssize_t)sizeof(*wish))
		return failed(forker, done == -1 ? errno : 0, err);
	return MUN_OK;
}

enum mun_status
mun_sandbox_fork(const struct sandbox_forker *forker,
    const struct mun_sandbox *pool, pid_t *pid, int *fd, struct mun_error *err)
{
	struct sandbox_wish wish = { .name = pool->job.name,
		.prepare = pool->job.prepare,
		.handle = pool->job.handle,
		.limits = pool->job.limits,
		.is_fresh = pool->job.fresh,
		.is_open = pool->is_open };
	struct sandbox_forked forked;
	enum mun_status status;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return mun_error_system(err, errno, "socket for a worker");
	MUN_ASSERT(pthread_mutex_lock(&asking) == 0);
	status = send_wish(forker, &wish, ends[1], err);
	if (status == MUN_OK)
		status = receive(forker, pool->job.limits.wall_s, &forked,
		    sizeof(forked), err);
	MUN_ASSERT(pthread_mutex_unlock(&asking) == 0);
	if (status == MUN_OK && forked.pid <= 0)
		status = mun_error_system(err, forked.error, "start a worker");
	if (status == MUN_OK) {
		*pid = forked.pid;
		*fd = ends[0];
		ends[0] = -1;
	}
	mun_file_close(&ends[0]);
	mun_file_close(&ends[1]);
	return status;
}

static void
end_forker(struct sandbox_forker *forker)
{
	if (forker->pid != 0)
		(void)mun_sandbox_end(forker->pid);
	forker->pid = 0;
	mun_file_close(&forker->fd);
}

/* ---- the nursery ---- */

/* The one place where the program itself is forked for a worker. */
static enum mun_status
make_nursery(struct sandbox_forker *nursery, char **argv, struct mun_error *err)
{
	pid_t parent = getpid();
	sigset_t before;
	sigset_t all;
	pid_t forked;
	int ends[2];
	int number;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return mun_error_system(err, errno, "socket for the nursery");
	/* No handler of the parent's may run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	forked = fork();
	if (forked == 0)
		mun_sandbox_nursery_run(ends[1], parent, argv);
	number = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (forked == -1) {
		close(ends[0]);
		return mun_error_system(err, number, "start the nursery");
	}
	nursery->pid = forked;
	(void)snprintf(
	    nursery->what, sizeof(nursery->what), "nursery of the workers");
	/* Where a standard descriptor is closed, its place stays free. */
	nursery->fd = fcntl(ends[0], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	number = errno;
	close(ends[0]);
	if (nursery->fd != -1)
		return MUN_OK;
	end_forker(nursery);
	return mun_error_system(err, number, "socket for the nursery");
}

enum mun_status
mun_sandbox_nursery_start(char **argv, struct mun_error *err)
{
	enum mun_status status;

	if (kept.owner == getpid())
		return MUN_OK;
	mun_file_close(&kept.forker.fd);
	status = make_nursery(&kept.forker, argv, err);
	kept.owner = status == MUN_OK ? getpid() : 0;
	return status;
}

void
mun_sandbox_nursery_stop(void)
{
	if (kept.owner == getpid())
		end_forker(&kept.forker);
	kept.owner = 0;
}

/* ---- of a pool ---- */

static enum mun_status
start_template(struct mun_sandbox *pool, struct mun_error *err)
{
	struct sandbox_forker *template = &pool->template;
	unsigned patience_s = pool->job.limits.wall_s;
	struct sandbox_answer_head head;
	char text[SANDBOX_TEXT_MAX + 1] = { 0 };
	enum mun_status status;

	(void)snprintf(template->what, sizeof(template->what),
	    "template of the %s workers", pool->job.name);
	MUN_TRY(mun_sandbox_fork(
	    pool->origin, pool, &template->pid, &template->fd, err));
	pool->origin = template;
	MUN_TRY(receive(template, patience_s, &head, sizeof(head), err));
	if (head.kind == SANDBOX_READY)
		return MUN_OK;
	if (head.len <= SANDBOX_TEXT_MAX)
		MUN_TRY(
		    receive(template, patience_s, text, (size_t)head.len, err));
	status = mun_error_set(err, MUN_ERR_SYSTEM,
	    "the %s worker does not start: %s", pool->job.name, text);
out:
	return status;
}

enum mun_status
mun_sandbox_origin_start(struct mun_sandbox *pool, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	pool->origin = &kept.forker;
	if (kept.owner != getpid()) {
		MUN_TRY(make_nursery(&pool->nursery, NULL, err));
		pool->origin = &pool->nursery;
	}
	if (pool->job.fresh)
		status = start_template(pool, err);
out:
	return status;
}

void
mun_sandbox_origin_stop(struct mun_sandbox *pool)
{
	end_forker(&pool->template);
	end_forker(&pool->nursery);
}
