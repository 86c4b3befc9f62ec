/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.c - a process of its own for private keys.
 *
 * It is a fork without exec: nothing on disk can stand in for it.  What it
 * holds cannot be read through /proc or a debugger of the same user, is not in
 * a core, and is gone when its parent is.
 */
#define _GNU_SOURCE /* close_range(2) */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "keys/keys_internal.h"
#include "trust/openssl.h"

enum {
	SOCKET_FD = 3,
	HIGH_FD = 16,
	/* Passphrase, two keys and their numbers, many times over; a power of
	 * two well below the 8 MiB a user may lock. */
	SECURE_HEAP_LEN = 262144,
	SECURE_HEAP_UNIT = 32
};

static enum mun_status
harden(pid_t parent, struct mun_error *err)
{
	const struct rlimit none = { 0, 0 };
	sigset_t nothing;

	/* SIGTERM, not SIGKILL: the terminal may be without echo just then. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0)
		return mun_error_system(
		    err, errno, "protect the process that holds the keys");
	/* It may have died before it was asked about. */
	if (getppid() != parent)
		return mun_error_set(
		    err, MUN_ERR_CANCELED, "the calling process has ended");
	sigemptyset(&nothing);
	sigprocmask(SIG_SETMASK, &nothing, NULL);
	/* Locking may be refused by a limit; what cannot be locked is still
	 * wiped. */
	(void)CRYPTO_secure_malloc_init(SECURE_HEAP_LEN, SECURE_HEAP_UNIT);
	(void)mlockall(MCL_CURRENT);
	return MUN_OK;
}

enum mun_status
mun_keys_child_start(struct mun_keys_child *child, mun_keys_body *body,
    void *ctx, struct mun_error *err)
{
	struct mun_error failure = MUN_ERROR_INIT;
	pid_t parent = getpid();
	int ends[2];

	child->pid = -1;
	child->fd = -1;
	mun_openssl_start();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return mun_error_system(err, errno, "make a socket pair");
	child->pid = fork();
	if (child->pid < 0) {
		int saved_errno = errno;

		mun_file_close(&ends[0]);
		mun_file_close(&ends[1]);
		return mun_error_system(
		    err, saved_errno, "start the process that holds the keys");
	}
	if (child->pid == 0) {
		mun_file_close(&ends[0]);
		if (harden(parent, &failure) != MUN_OK)
			mun_keys_send_failure(ends[1], &failure);
		else
			body(ends[1], ctx);
		/* Not exit(): what the parent registered is the parent's. */
		_exit(0);
	}
	mun_file_close(&ends[1]);
	child->fd = ends[0];
	return MUN_OK;
}

void
mun_keys_child_end(struct mun_keys_child *child)
{
	mun_file_close(&child->fd);
	if (child->pid <= 0)
		return;
	/* It has nothing to finish: files are written before it answers. */
	(void)kill(child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	child->pid = -1;
}

enum mun_status
mun_keys_child_run(mun_keys_body *body, void *ctx, struct mun_buffer *answer,
    struct mun_error *err)
{
	struct mun_keys_child child;
	enum mun_status status;

	status = mun_keys_child_start(&child, body, ctx, err);
	if (status == MUN_OK)
		status = mun_keys_receive_answer(child.fd, answer, err);
	mun_keys_child_end(&child);
	return status;
}

enum mun_status
mun_keys_child_close_others(int *fd, struct mun_error *err)
{
	/* Out of the way of the numbers it and /dev/null are to have. */
	int socket_fd = fcntl(*fd, F_DUPFD, HIGH_FD);
	int null_fd = open("/dev/null", O_RDWR);

	/* The standard three stay taken, so that nothing opened later can be
	 * mistaken for them. */
	if (socket_fd < 0 || null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 ||
	    dup2(null_fd, STDOUT_FILENO) < 0 ||
	    dup2(null_fd, STDERR_FILENO) < 0 ||
	    dup2(socket_fd, SOCKET_FD) < 0 ||
	    close_range(SOCKET_FD + 1, UINT_MAX, 0) != 0)
		return mun_error_system(err, errno, "close inherited files");
	*fd = SOCKET_FD;
	return MUN_OK;
}
