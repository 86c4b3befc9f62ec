/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox.h - runs a parser in a child that has nothing to lose.
 *
 * A worker is a forked child with no files (Landlock, when the kernel has it,
 * and seccomp), no network, no new processes, a memory limit and a CPU limit a
 * request.  It gets requests (bytes, and at most one read-only descriptor) and
 * sends answers.  A worker that dies, hangs or answers nonsense is killed and
 * its request's answer says so; that is a finding for the caller, never a
 * failure.
 *
 * A forked child has its parent's memory, so none is forked from the program
 * itself but one, the nursery, before anything was read (below).  It forks
 * lasting workers, each of which runs prepare, and for fresh ones a template,
 * which has run it and forks them.  Nursery and template see no request.  All
 * are children of the program.
 *
 * No secret may be in this process when the nursery is made; none that comes
 * later can be in a worker.  Keys never are in it: they live in the signer's
 * process (keys.h).
 *
 * A worker can read a passed descriptor at any offset and can do nothing else
 * with it: its position and flags, which the parent shares, stay as they are.
 * Workers begin with an empty environment, the C locale and TZ=UTC0, ignore
 * signals meant for the terminal's group, and die with their parent.
 *
 * What a lasting worker has seen it may use against the next request: such a
 * job's answers are descriptions, never relied on, or its parser is small and
 * has been attacked for decades in vain.  A fresh one sees one request only.
 *
 * Thread rule: a pool belongs to one thread at a time, and the thread that made
 * the nursery (it, or else the pool) has to outlive the workers: it is their
 * parent, whoever asks for them, and PR_SET_PDEATHSIG goes by threads.
 */
#ifndef MUN_SANDBOX_SANDBOX_H
#define MUN_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/* MUN_OK when Landlock and seccomp can be had here; MUN_ERR_UNSUPPORTED with
 * what is missing. */
MUN_MUST_USE enum mun_status mun_sandbox_probe(struct mun_error *err);

struct mun_sandbox_limits {
	uint64_t memory_bytes;	/* address space above what is mapped at start */
	unsigned cpu_s;		/* CPU seconds a request may burn */
	unsigned wall_s;	/* seconds spent waiting for one answer, or
				 * for a worker to start, in calls of the pool;
				 * while this process is stopped, none pass */
	size_t answer_max;	/* bytes an answer may have */
};

/* Functions of the program itself, and static: a child is told where they are,
 * and nothing else of the program's memory. */
typedef enum mun_status mun_sandbox_prepare(
    void **state, struct mun_error *err);
typedef enum mun_status mun_sandbox_handle(void *state,
    const uint8_t *request, size_t len, int fd, struct mun_buffer *answer,
    struct mun_error *err);

/* What the child runs.  prepare (may be NULL) runs before the door closes, once
 * for all fresh workers: it may open files (a magic database) and makes *state,
 * NULL before it.  handle runs after it, once a request. */
struct mun_sandbox_job {
	const char *name;	/* static; for messages: "identify" */
	mun_sandbox_prepare *prepare;
	mun_sandbox_handle *handle;
	struct mun_sandbox_limits limits;
	bool fresh;		/* a new worker for every request */
};

enum mun_sandbox_outcome {
	MUN_SANDBOX_ANSWERED = 0,
	MUN_SANDBOX_REFUSED,	/* the handler failed; its text is in reason */
	MUN_SANDBOX_DIED,	/* crashed, or killed by the kernel */
	MUN_SANDBOX_TIMEOUT,	/* CPU or wall limit */
	MUN_SANDBOX_TOO_LARGE	/* memory or answer limit */
};

struct mun_sandbox_answer {
	uint64_t mark;		/* of the request, its caller's own */
	enum mun_sandbox_outcome outcome;
	const uint8_t *data;	/* borrowed until the next call on the pool */
	size_t len;
	char reason[256];	/* for people; may hold hostile bytes */
};

/*
 * The nursery: all workers descend from it, and have in their memory what it
 * had and what their job gave them, but nothing that this process came to know
 * after it was made.  Made by mun_sandbox_nursery_start, once, it stays until
 * mun_sandbox_nursery_stop (no pool may be left) and serves all pools; else each
 * pool makes one of its own.  argv: main's, to be wiped in the nursery with the
 * environment, which is as it came; NULL: neither is wiped.  A nursery that was
 * killed, or is stopped, is an error of whatever needs a new worker
 * (MUN_ERR_SYSTEM).
 */
MUN_MUST_USE enum mun_status mun_sandbox_nursery_start(
    char **argv, struct mun_error *err);
void mun_sandbox_nursery_stop(void);

/* A pool of up to `workers` children doing one job side by side. */
struct mun_sandbox;

/* workers: 1 to 16.  The job's prepare has run when this returns; its failure
 * is MUN_ERR_SYSTEM with its text.
 * unsafe_no_sandbox: workers run without Landlock and seccomp (still children
 * with limits).  Otherwise MUN_ERR_UNSUPPORTED where they cannot be had. */
MUN_MUST_USE enum mun_status mun_sandbox_start(struct mun_sandbox **out,
    const struct mun_sandbox_job *job, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err);
/* Whether submit would go through without waiting. */
bool mun_sandbox_has_room(const struct mun_sandbox *pool);
/* Hand over a request (copied); fd -1 or a descriptor the worker may read.
 * Waits for room only if there is none.  mark comes back with the answer. */
MUN_MUST_USE enum mun_status mun_sandbox_submit(struct mun_sandbox *pool,
    const void *request, size_t len, int fd, uint64_t mark,
    struct mun_error *err);
/* Get one finished answer, in any order; waits if wait.  MUN_ERR_NOT_FOUND
 * when none is finished (or none is under way, with wait). */
MUN_MUST_USE enum mun_status mun_sandbox_collect(struct mun_sandbox *pool,
    struct mun_sandbox_answer *answer, bool wait, struct mun_error *err);
/* Kill the workers; NULL-safe. */
void mun_sandbox_stop(struct mun_sandbox *pool);

#endif
