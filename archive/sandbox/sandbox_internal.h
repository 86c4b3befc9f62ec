/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_internal.h - both ends of the socket between pool and worker.
 *
 * A request is a head and bytes, an answer is a head and bytes; both ends are
 * one program on one machine, so heads are plain structs.  The parent believes
 * nothing of an answer: kind, ticket and length are checked before a byte of
 * the rest is read.
 */
#ifndef MUN_SANDBOX_SANDBOX_INTERNAL_H
#define MUN_SANDBOX_SANDBOX_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "sandbox/sandbox.h"

enum {
	SANDBOX_SOCKET = 3, /* the worker's end; its only descriptor */
	SANDBOX_WORKERS_MAX = 16,
	/* Requests a worker has before it, so that it never waits for the
	 * parent; 4 of 64 KiB fill a socket's buffer. */
	SANDBOX_QUEUE_MAX = 4,
	/* How often a lasting worker may be lost before it is ready. */
	SANDBOX_LOST_STARTS_MAX = 3,
	SANDBOX_TEXT_MAX = 255
};

enum sandbox_kind {
	SANDBOX_READY = 1, /* no bytes; ticket 0 */
	SANDBOX_NOT_READY, /* a text; ticket 0 */
	SANDBOX_ANSWER,
	SANDBOX_FAILED, /* the handler's text */
	SANDBOX_EXHAUSTED /* memory or answer limit; a text */
};

struct sandbox_request_head {
	uint64_t ticket;
	uint64_t len;
	uint64_t has_fd;
};

/*
 * What a child is to be, said to whoever forks it.  That process is a fork of
 * this one: functions and static text lie at the same addresses.  No member
 * may leave a hole, which would carry some of this process's memory.
 */
struct sandbox_wish {
	const char *name;
	mun_sandbox_prepare *prepare;
	mun_sandbox_handle *handle;
	struct mun_sandbox_limits limits;
	uint64_t is_fresh; /* a template of fresh workers, not a lasting one */
	uint64_t is_open; /* no Landlock, no seccomp */
};
_Static_assert(sizeof(struct sandbox_wish) == 8 * sizeof(uint64_t),
    "a hole in a wish");

/* What is said of the child that was to be forked. */
struct sandbox_forked {
	int32_t pid; /* -1: none */
	int32_t error; /* errno */
};

struct sandbox_answer_head {
	uint64_t ticket;
	uint64_t len;
	uint64_t kind;
};

struct sandbox_request {
	struct sandbox_request *next;
	uint64_t ticket; /* of the pool's own, counting from 0 */
	uint64_t mark;
	struct mun_buffer wire; /* head and bytes */
	size_t sent;
	int fd; /* own duplicate, or -1 */
	uint64_t waited_ns; /* time the parent spent waiting for it */
	uint64_t cpu_start_ns;
	struct mun_buffer answer;
	enum mun_sandbox_outcome outcome;
	char reason[SANDBOX_TEXT_MAX + 1];
};

struct sandbox_queue {
	struct sandbox_request *first;
	struct sandbox_request *last;
	unsigned count;
};

struct sandbox_worker {
	pid_t pid; /* 0: not running */
	int fd;
	clockid_t clock; /* its CPU time */
	uint64_t cpu_limit_s; /* where the kernel ends it; 0: not said yet */
	bool is_ready;
	unsigned lost_starts; /* in a row */
	struct sandbox_queue queue; /* the first is being worked on */
	struct sandbox_answer_head head;
	size_t head_got;
	struct mun_buffer body;
};

/* A process that forks on a wish: the nursery, or a template. */
struct sandbox_forker {
	pid_t pid; /* 0: none */
	int fd; /* where wishes go, or -1 */
	char what[64]; /* for messages */
};

struct mun_sandbox {
	struct mun_sandbox_job job;
	bool is_open; /* no Landlock, no seccomp */
	struct sandbox_forker nursery; /* its own; none: one is kept */
	struct sandbox_forker template; /* none: workers are lasting */
	const struct sandbox_forker *origin; /* who forks the workers */
	unsigned worker_count;
	unsigned queue_max;
	unsigned in_flight;
	uint64_t next_ticket;
	uint64_t glanced_ns; /* when CPU clocks were last looked at */
	struct sandbox_queue done;
	struct sandbox_request *lent; /* whose answer the caller looks at */
	struct sandbox_worker workers[SANDBOX_WORKERS_MAX];
};

/* sandbox_close.c, in the child: first what a process that still has to fork
 * can do without, then the rest. */
MUN_MUST_USE enum mun_status mun_sandbox_close_most(
    const struct sandbox_wish *wish, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_sandbox_close_rest(
    const struct sandbox_wish *wish, const struct mun_buffer *filter,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_sandbox_landlock_probe(
    int *abi, struct mun_error *err);

/* sandbox_filter.c */
MUN_MUST_USE enum mun_status mun_sandbox_filter_probe(struct mun_error *err);
/* Write the filter's program. */
MUN_MUST_USE enum mun_status mun_sandbox_filter_build(
    struct mun_buffer *program, struct mun_error *err);
/* Put this process under it. */
MUN_MUST_USE enum mun_status mun_sandbox_filter_load(
    const struct mun_buffer *program, struct mun_error *err);

/* sandbox_child.c: what the nursery does from fork to its end, and each of its
 * children from then on. */
_Noreturn void mun_sandbox_nursery_run(
    int socket_fd, pid_t parent, char **argv);

/* sandbox_forget.c, in the nursery: no trace of argv (main's, or NULL: argv and
 * environment stay where they lie), of the environment, which is empty from
 * then on, and of the program's path.  On processors other than x86-64 vector
 * registers keep what they have. */
void mun_sandbox_forget(char **argv);

/* sandbox_nursery.c, in the program */
/* Who forks the pool's workers: the nursery, or a template, whose prepare has
 * run when this returns.  MUN_ERR_SYSTEM with its text. */
MUN_MUST_USE enum mun_status mun_sandbox_origin_start(
    struct mun_sandbox *pool, struct mun_error *err);
void mun_sandbox_origin_stop(struct mun_sandbox *pool);
/* A new child of this process for the pool, at the other end of *fd. */
MUN_MUST_USE enum mun_status mun_sandbox_fork(
    const struct sandbox_forker *forker, const struct mun_sandbox *pool,
    pid_t *pid, int *fd, struct mun_error *err);

/* sandbox_worker.c, in the program */
/* Kill a child and wait for its end; what waitpid(2) says of it. */
int mun_sandbox_end(pid_t pid);
MUN_MUST_USE enum mun_status mun_sandbox_worker_start(struct mun_sandbox *pool,
    struct sandbox_worker *worker, struct mun_error *err);
/* The first in the queue is now being worked on: its clocks start. */
void mun_sandbox_worker_begin(
    const struct mun_sandbox *pool, struct sandbox_worker *worker);
void mun_sandbox_worker_kill(struct sandbox_worker *worker);
/* Send what fits, read what is there, judge, without waiting. */
MUN_MUST_USE enum mun_status mun_sandbox_worker_turn(struct mun_sandbox *pool,
    struct sandbox_worker *worker, struct mun_error *err);
/* Account for waiting_ns of waiting; end what is beyond its limits.  Its CPU
 * clock, a system call, is looked at only if is_glance. */
MUN_MUST_USE enum mun_status mun_sandbox_worker_check(struct mun_sandbox *pool,
    struct sandbox_worker *worker, uint64_t waiting_ns, bool is_glance,
    struct mun_error *err);
bool mun_sandbox_worker_has_unsent(const struct sandbox_worker *worker);

/* sandbox_queue.c */
void mun_sandbox_queue_put(
    struct sandbox_queue *queue, struct sandbox_request *request);
struct sandbox_request *mun_sandbox_queue_take(struct sandbox_queue *queue);
void mun_sandbox_queue_clear(struct sandbox_queue *queue);
void mun_sandbox_request_free(struct sandbox_request *request);

#endif
