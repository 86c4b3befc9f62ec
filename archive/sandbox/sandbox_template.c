/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_template.c - fresh workers, forked from a small process.
 *
 * To fork the program itself means to write-protect all of its memory each
 * time, and then to fault on every page it writes while its threads run on.  A
 * template has one thread, and the memory of the moment it was made.
 *
 * The template sees neither requests nor answers: it gets a worker's end of a
 * socket, forks, and says who that is.
 */
/* SCM_RIGHTS */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

static enum mun_status
receive(const struct mun_sandbox *pool, void *bytes, size_t len,
    struct mun_error *err)
{
	uint8_t *at = bytes;

	while (len > 0) {
		ssize_t got = recv(pool->template_fd, at, len, 0);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return mun_error_system(
			    err, errno, "template of workers");
		if (got == 0)
			return mun_error_set(err, MUN_ERR_SYSTEM,
			    "the template of the %s workers died",
			    pool->job.name);
		at += got;
		len -= (size_t)got;
	}
	return MUN_OK;
}

enum mun_status
mun_sandbox_template_start(struct mun_sandbox *pool, struct mun_error *err)
{
	struct sandbox_answer_head head;
	char text[SANDBOX_TEXT_MAX + 1] = { 0 };
	enum mun_status status;

	MUN_TRY(mun_sandbox_fork(pool, mun_sandbox_template_run,
	    &pool->template_pid, &pool->template_fd, err));
	MUN_TRY(receive(pool, &head, sizeof(head), err));
	if (head.kind == SANDBOX_READY)
		return MUN_OK;
	if (head.len <= SANDBOX_TEXT_MAX)
		MUN_TRY(receive(pool, text, (size_t)head.len, err));
	status = mun_error_set(err, MUN_ERR_SYSTEM,
	    "the %s worker does not start: %s", pool->job.name, text);
out:
	return status;
}

/* Hand over the worker's end of its socket. */
static enum mun_status
wish(const struct mun_sandbox *pool, int fd, struct mun_error *err)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	uint8_t byte = 0;
	struct iovec piece = { .iov_base = &byte, .iov_len = sizeof(byte) };
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
		done = sendmsg(pool->template_fd, &message, MSG_NOSIGNAL);
	while (done == -1 && errno == EINTR);
	if (done != 1)
		return mun_error_system(err, errno, "template of workers");
	return MUN_OK;
}

enum mun_status
mun_sandbox_template_fork(
    const struct mun_sandbox *pool, pid_t *pid, int *fd, struct mun_error *err)
{
	struct sandbox_forked forked;
	enum mun_status status;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return mun_error_system(err, errno, "socket for a worker");
	MUN_TRY(wish(pool, ends[1], err));
	MUN_TRY(receive(pool, &forked, sizeof(forked), err));
	if (forked.pid <= 0) {
		status = mun_error_system(err, forked.error, "start a worker");
		goto out;
	}
	*pid = forked.pid;
	*fd = ends[0];
	ends[0] = -1;
out:
	mun_file_close(&ends[0]);
	mun_file_close(&ends[1]);
	return status;
}

void
mun_sandbox_template_stop(struct mun_sandbox *pool)
{
	if (pool->template_pid != 0)
		(void)mun_sandbox_end(pool->template_pid);
	pool->template_pid = 0;
	mun_file_close(&pool->template_fd);
}
