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

/* What a template says of the worker it was to fork. */
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
	uint64_t ticket;
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
	struct sandbox_queue queue; /* the first is being worked on */
	struct sandbox_answer_head head;
	size_t head_got;
	struct mun_buffer body;
};

struct mun_sandbox {
	struct mun_sandbox_job job;
	pid_t template_pid; /* 0: none (lasting workers have none) */
	int template_fd; /* control socket, or -1 */
	bool is_open; /* no Landlock, no seccomp */
	struct mun_buffer filter; /* seccomp program */
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
    const struct mun_sandbox *pool, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_sandbox_close_rest(
    const struct mun_sandbox *pool, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_sandbox_landlock_probe(
    int *abi, struct mun_error *err);

/* sandbox_filter.c */
MUN_MUST_USE enum mun_status mun_sandbox_filter_probe(struct mun_error *err);
/* Write the filter's program; the same for every worker. */
MUN_MUST_USE enum mun_status mun_sandbox_filter_build(
    struct mun_buffer *program, struct mun_error *err);
/* Put this process under it. */
MUN_MUST_USE enum mun_status mun_sandbox_filter_load(
    const struct mun_buffer *program, struct mun_error *err);

/* sandbox_child.c: what a process does from fork to its end, a lasting worker
 * or the template of fresh ones. */
typedef void mun_sandbox_child(
    const struct mun_sandbox *pool, int socket_fd, pid_t parent);
_Noreturn mun_sandbox_child mun_sandbox_child_run;
_Noreturn mun_sandbox_child mun_sandbox_template_run;

/*
 * sandbox_template.c, in the parent: the process that fresh workers are forked
 * from.  It is made once, before this process has threads and much memory, so
 * that a worker costs little, and it sees no request.
 */
/* Its prepare has run when this returns.  MUN_ERR_SYSTEM with its text. */
MUN_MUST_USE enum mun_status mun_sandbox_template_start(
    struct mun_sandbox *pool, struct mun_error *err);
/* A new worker, a child of this process, at the other end of *fd. */
MUN_MUST_USE enum mun_status mun_sandbox_template_fork(
    const struct mun_sandbox *pool, pid_t *pid, int *fd, struct mun_error *err);
void mun_sandbox_template_stop(struct mun_sandbox *pool);

/* sandbox_worker.c, in the parent */
/* Fork a child that runs `child` at the other end of *fd. */
MUN_MUST_USE enum mun_status mun_sandbox_fork(const struct mun_sandbox *pool,
    mun_sandbox_child *child, pid_t *pid, int *fd, struct mun_error *err);
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
