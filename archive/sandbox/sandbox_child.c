/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_child.c - a worker's life.  The nursery sheds everything; a child of
 * it prepares, closes the door, then answers requests until the program is gone.
 * Where every request has a worker of its own, a template prepares once for all
 * of them.
 *
 * The same locale, time zone and environment for everybody: what a parser says
 * must not depend on the machine, or it would tell something about it.
 */
/* clone(2), close_range(2), prctl(2). */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <locale.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	SMALL = 1024 /* what is not worth a system call of its own */
};

static void
send_all(const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	ssize_t done;

	while (len > 0) {
		done = send(SANDBOX_SOCKET, at, len, MSG_NOSIGNAL);
		if (done == -1 && errno == EINTR)
			continue;
		if (done <= 0)
			_exit(0);
		at += done;
		len -= (size_t)done;
	}
}

static void
send_answer(
    enum sandbox_kind kind, uint64_t ticket, const void *bytes, size_t len)
{
	const struct sandbox_answer_head head = {
		.ticket = ticket, .len = len, .kind = kind
	};
	uint8_t both[sizeof(head) + SMALL];

	if (len <= SMALL) {
		memcpy(both, &head, sizeof(head));
		if (len > 0)
			memcpy(both + sizeof(head), bytes, len);
		send_all(both, sizeof(head) + len);
		return;
	}
	send_all(&head, sizeof(head));
	send_all(bytes, len);
}

static void
send_text(enum sandbox_kind kind, uint64_t ticket, const char *text)
{
	size_t len = strnlen(text, SANDBOX_TEXT_MAX);

	send_answer(kind, ticket, text, len);
}

/* One recvmsg; *fd is set if a descriptor came with the bytes. */
static size_t
receive_some(void *bytes, size_t len, int *fd)
{
	struct iovec piece = { .iov_base = bytes, .iov_len = len };
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *head;
	ssize_t got;

	do
		got = recvmsg(SANDBOX_SOCKET, &message, 0);
	while (got == -1 && errno == EINTR);
	if (got <= 0)
		_exit(0);
	head = CMSG_FIRSTHDR(&message);
	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(head), sizeof(*fd));
	return (size_t)got;
}

static void
receive_all(void *bytes, size_t len, int *fd)
{
	uint8_t *at = bytes;

	while (len > 0) {
		size_t got = receive_some(at, len, fd);

		at += got;
		len -= got;
	}
}

static void
answer_one(mun_sandbox_handle *handle, void *state, struct mun_buffer *request,
    struct mun_buffer *answer)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct sandbox_request_head head;
	enum mun_status status;
	uint8_t *room;
	int fd = -1;

	receive_all(&head, sizeof(head), &fd);
	mun_buffer_reset(request);
	mun_buffer_reset(answer);
	room = mun_buffer_reserve(request, (size_t)head.len);
	if (room == NULL)
		_exit(1);
	receive_all(room, (size_t)head.len, &fd);
	status = handle(state, room, (size_t)head.len, fd, answer, &err);
	mun_file_close(&fd);
	if (status == MUN_OK)
		status = mun_buffer_status(answer, "answer", &err);
	if (status == MUN_OK)
		send_answer(
		    SANDBOX_ANSWER, head.ticket, answer->data, answer->len);
	else if (status == MUN_ERR_NOMEM || status == MUN_ERR_LIMIT)
		send_text(SANDBOX_EXHAUSTED, head.ticket, err.text);
	else
		send_text(SANDBOX_FAILED, head.ticket, err.text);
}

/* A Ctrl-C is for the parent to act on: a worker that died of it would become
 * a finding about the document it was reading. */
static void
settle_signals(void)
{
	static const int ignored[] = { SIGINT, SIGHUP, SIGQUIT, SIGTERM,
		SIGTSTP, SIGTTIN, SIGTTOU };
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		(void)sigaction(number, &action, NULL);
	action.sa_handler = SIG_IGN;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		(void)sigaction(ignored[i], &action, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Die with the program; it may be dead already. */
static void
follow(pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

static bool
close_all_but_socket(void)
{
	return close_range(0, SANDBOX_SOCKET - 1, 0) == 0 &&
	    close_range(SANDBOX_SOCKET + 1, ~0U, 0) == 0;
}

/* The only descriptor left, in its place. */
static void
keep_socket(int socket_fd)
{
	if (socket_fd != SANDBOX_SOCKET &&
	    dup2(socket_fd, SANDBOX_SOCKET) == -1)
		_exit(1);
	if (!close_all_but_socket())
		_exit(1);
}

/* ---- forking on wishes ---- */

/*
 * A child is the program's child, as if the program had forked it: the program
 * waits for it, and it dies with the program.  fork(3) cannot do that.  There
 * are no threads here whose locks it would have to care for.
 */
static pid_t
fork_for_parent(void)
{
	return (pid_t)syscall(
	    SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* Returns in the children only, each with its wish and its own socket. */
static void
fork_on_wishes(struct sandbox_wish *wish, pid_t parent)
{
	for (;;) {
		struct sandbox_forked forked;
		int child_fd = -1;

		receive_all(wish, sizeof(*wish), &child_fd);
		forked.pid = fork_for_parent();
		forked.error = errno;
		if (forked.pid == 0) {
			follow(parent);
			keep_socket(child_fd);
			(void)prctl(PR_SET_NAME, wish->name);
			return;
		}
		mun_file_close(&child_fd);
		send_all(&forked, sizeof(forked));
	}
}

/* What prepare opened and forgot is closed too. */
static enum mun_status
get_ready(const struct sandbox_wish *wish, struct mun_buffer *filter,
    void **state, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (wish->prepare != NULL)
		MUN_TRY(wish->prepare(state, err));
	if (!wish->is_open)
		MUN_TRY(mun_sandbox_filter_build(filter, err));
	if (!close_all_but_socket()) {
		status = mun_error_system(err, errno, "close");
		goto out;
	}
	/* What was freed by now, each worker would tidy up. */
	(void)malloc_trim(0);
	MUN_TRY(mun_sandbox_close_most(wish, err));
out:
	return status;
}

static void
say_readiness(enum mun_status status, const struct mun_error *err)
{
	if (status != MUN_OK) {
		send_text(SANDBOX_NOT_READY, 0, err->text);
		_exit(1);
	}
	send_answer(SANDBOX_READY, 0, NULL, 0);
}

/* A lasting worker, or the template of fresh ones and each of these. */
static _Noreturn void
run_job(struct sandbox_wish *wish, pid_t parent)
{
	struct mun_buffer filter = MUN_BUFFER_INIT(65536);
	struct mun_buffer request = MUN_BUFFER_INIT(SIZE_MAX / 2);
	struct mun_buffer answer = MUN_BUFFER_INIT(wish->limits.answer_max);
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;
	void *state = NULL;

	status = get_ready(wish, &filter, &state, &err);
	if (wish->is_fresh) {
		say_readiness(status, &err);
		fork_on_wishes(wish, parent);
	}
	if (status == MUN_OK)
		status = mun_sandbox_close_rest(wish, &filter, &err);
	say_readiness(status, &err);
	do
		answer_one(wish->handle, state, &request, &answer);
	while (!wish->is_fresh);
	_exit(0);
}

/* ---- the nursery ---- */

void
mun_sandbox_nursery_run(int socket_fd, pid_t parent, char **argv)
{
	const struct rlimit none = { 0 };
	struct sandbox_wish wish;

	follow(parent);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)prctl(PR_SET_NAME, "nursery");
	(void)setrlimit(RLIMIT_CORE, &none);
	settle_signals();
	keep_socket(socket_fd);
	mun_sandbox_forget(argv);
	(void)!chdir("/");
	(void)setenv("TZ", "UTC0", 1);
	(void)setlocale(LC_ALL, "C");
	fork_on_wishes(&wish, parent);
	run_job(&wish, parent);
}
