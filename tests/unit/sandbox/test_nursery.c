/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_nursery.c - no worker has in its memory what its program came to know
 * after the nursery was made; and what becomes of a nursery and of workers that
 * are lost before they are ready.
 */
#define _GNU_SOURCE /* syscall(2): sigprocmask(3) looks for itself */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sandbox/sandbox_internal.h"

enum {
	CANARY_LEN = 256,
	SMALL_STACK = 128 << 10,
	DEEP = 16 << 10, /* into the stack, and half of what is wiped */
	SEED_LEN = 8,
	SIGNALS_LEN = 8 /* of the kernel's set */
};

/* Where something may lie, and of what it would be made: not the thing itself,
 * which a worker would then have been given. */
struct question {
	uint8_t kind;
	uint8_t seed[SEED_LEN];
	const uint8_t *at;
};

static uint8_t
canary_byte(const uint8_t seed[SEED_LEN], size_t i)
{
	return (uint8_t)(seed[i % SEED_LEN] ^ (i * 37));
}

/* Whether memory can be read here: the kernel copies the set of signals before
 * it looks at what is to be done with it. */
static bool
is_readable(const void *at)
{
	return syscall(SYS_rt_sigprocmask, -1, at, NULL, SIGNALS_LEN) == -1 &&
	    errno != EFAULT;
}

/* A sanitizer would ask whose memory that is. */
static __attribute__((no_sanitize_address)) bool
is_canary(const struct question *question)
{
	for (size_t i = 0; i < CANARY_LEN; i++) {
		const uint8_t *at = question->at + i;

		if (i % SIGNALS_LEN == 0 && !is_readable(at))
			return false;
		if (*(const volatile uint8_t *)at !=
		    canary_byte(question->seed, i))
			return false;
	}
	return true;
}

static enum mun_status
handle(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	struct question question;

	(void)state;
	(void)fd;
	(void)err;
	assert_int_equal(len, sizeof(question));
	memcpy(&question, request, sizeof(question));
	if (question.kind == 'C')
		_exit(1);
	mun_buffer_append_text(answer, is_canary(&question) ? "found" : "none");
	return MUN_OK;
}

static const struct mun_sandbox_job lasting = { .name = "test",
	.handle = handle,
	.limits = { .memory_bytes = 64 << 20,
	    .cpu_s = 10,
	    .wall_s = 60,
	    .answer_max = 100 } };

static struct mun_sandbox *
start(bool fresh)
{
	struct mun_sandbox_job job = lasting;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox *pool;

	job.fresh = fresh;
	if (mun_sandbox_probe(&err) != MUN_OK) {
		print_message("%s\n", err.text);
		skip();
	}
	MUN_EXPECT_OK(mun_sandbox_start(&pool, &job, 1, false, &err), &err);
	return pool;
}

static struct mun_sandbox_answer
ask(struct mun_sandbox *pool, const struct question *question)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox_answer answer;

	MUN_EXPECT_OK(
	    mun_sandbox_submit(pool, question, sizeof(*question), -1, 0, &err),
	    &err);
	MUN_EXPECT_OK(mun_sandbox_collect(pool, &answer, true, &err), &err);
	return answer;
}

static void
expect_said(struct mun_sandbox *pool, const struct question *question,
    const char *expected)
{
	struct mun_sandbox_answer answer = ask(pool, question);

	assert_int_equal(answer.outcome, MUN_SANDBOX_ANSWERED);
	assert_int_equal(answer.len, strlen(expected));
	assert_memory_equal(answer.data, expected, answer.len);
}

static void
expect_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
keep_nursery(void)
{
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(mun_sandbox_nursery_start(NULL, &err), &err);
}

/* Learn something, as a program does; not left out as something never read. */
static struct question
learn(uint8_t *at)
{
	struct question question = { .at = at };
	volatile uint8_t *kept = at;

	assert_int_equal(getrandom(question.seed, SEED_LEN, 0), SEED_LEN);
	for (size_t i = 0; i < CANARY_LEN; i++)
		kept[i] = canary_byte(question.seed, i);
	return question;
}

/* What a worker says to it, and another one made after that one's death. */
static void
expect_of_workers(const struct question *question, const char *expected)
{
	const struct question deadly = { .kind = 'C' };

	for (int fresh = 0; fresh < 2; fresh++) {
		struct mun_sandbox *pool = start(fresh == 1);

		expect_said(pool, question, expected);
		assert_int_equal(ask(pool, &deadly).outcome, MUN_SANDBOX_DIED);
		expect_said(pool, question, expected);
		mun_sandbox_stop(pool);
	}
}

static uint8_t written_later[CANARY_LEN];

static void
test_workers_know_nothing_of_what_came_later(void **state)
{
	uint8_t *heap;
	uint8_t stack[CANARY_LEN];
	uint8_t *places[] = { written_later, NULL, stack };

	(void)state;
	mun_sandbox_stop(start(false)); /* or skip */
	heap = places[1] = malloc(CANARY_LEN);
	assert_non_null(heap);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct question question;

		keep_nursery();
		question = learn(places[i]);
		expect_of_workers(&question, "none");
		mun_sandbox_nursery_stop();
		/* The same search finds what was there before. */
		expect_of_workers(&question, "found");
	}
	free(heap);
	expect_no_children();
}

/* As the loader and the libraries do before main. */
static __attribute__((noinline)) void
learn_deep_in_the_stack(struct question *question)
{
	uint8_t deep[DEEP];

	*question = learn(deep);
}

static void
test_workers_know_nothing_of_what_was_left_on_the_stack(void **state)
{
	struct question question;

	(void)state;
	mun_sandbox_stop(start(false)); /* or skip */
	learn_deep_in_the_stack(&question);
	keep_nursery();
	assert_true(is_canary(&question));
	expect_of_workers(&question, "none");
	mun_sandbox_nursery_stop();
	expect_no_children();
}

static void
test_a_nursery_stays_until_it_is_stopped(void **state)
{
	struct mun_sandbox *pool;
	pid_t pid;

	(void)state;
	keep_nursery();
	keep_nursery();
	pool = start(false);
	pid = pool->origin->pid;
	mun_sandbox_stop(pool);
	pool = start(false);
	assert_int_equal(pool->origin->pid, pid);
	mun_sandbox_stop(pool);
	mun_sandbox_nursery_stop();
	mun_sandbox_nursery_stop();
	expect_no_children();
}

static void
test_a_dead_nursery_is_a_failure(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct question question = { .kind = 'e', .at = NULL };
	struct mun_sandbox *pool, *another;
	enum mun_status status = MUN_OK;

	(void)state;
	keep_nursery();
	pool = start(false);
	assert_int_equal(kill(pool->origin->pid, SIGKILL), 0);
	/* Whoever lives is not concerned. */
	expect_said(pool, &question, "none");
	MUN_EXPECT_STATUS(mun_sandbox_start(&another, &lasting, 1, false, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "the nursery of the workers died");
	assert_null(another);
	question.kind = 'C';
	for (int i = 0; i < 2 && status == MUN_OK; i++)
		status = mun_sandbox_submit(
		    pool, &question, sizeof(question), -1, 0, &err);
	if (status == MUN_OK) {
		struct mun_sandbox_answer answer;

		status = mun_sandbox_collect(pool, &answer, true, &err);
	}
	MUN_EXPECT_STATUS(status, MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "the nursery of the workers died");
	mun_sandbox_stop(pool);
	mun_sandbox_nursery_stop();
	expect_no_children();
	mun_sandbox_stop(start(true));
	expect_no_children();
}

/* How many more workers die before they are ready; all processes see it. */
static int *deaths;

static enum mun_status
die_or_prepare(void **state, struct mun_error *err)
{
	(void)state;
	(void)err;
	if (*deaths > 0) {
		(*deaths)--;
		raise(SIGKILL);
	}
	return MUN_OK;
}

/* Killed by somebody else, before it was ready, first and then again: a few
 * times are forgiven, each time anew. */
static void
test_a_worker_lost_at_its_start_is_started_again(void **state)
{
	struct mun_sandbox_job job = lasting;
	struct mun_error err = MUN_ERROR_INIT;
	struct question question = { .kind = 'C', .at = NULL };
	struct mun_sandbox *pool;

	(void)state;
	if (mun_sandbox_probe(&err) != MUN_OK)
		skip();
	deaths = mmap(NULL, sizeof(*deaths), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(deaths, MAP_FAILED);
	job.prepare = die_or_prepare;
	*deaths = SANDBOX_LOST_STARTS_MAX;
	MUN_EXPECT_OK(mun_sandbox_start(&pool, &job, 1, false, &err), &err);
	*deaths = SANDBOX_LOST_STARTS_MAX;
	assert_int_equal(ask(pool, &question).outcome, MUN_SANDBOX_DIED);
	question.kind = 'e';
	expect_said(pool, &question, "none");
	assert_int_equal(*deaths, 0);
	mun_sandbox_stop(pool);
	*deaths = SANDBOX_LOST_STARTS_MAX + 1;
	MUN_EXPECT_STATUS(mun_sandbox_start(&pool, &job, 1, false, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "does not start");
	munmap(deaths, sizeof(*deaths));
	expect_no_children();
}

/* A fork of the program is another program. */
static void
test_a_fork_has_a_nursery_of_its_own(void **state)
{
	const struct question question = { .kind = 'e', .at = NULL };
	int wait_status;
	pid_t child;

	(void)state;
	keep_nursery();
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct mun_sandbox *pool = start(true);

		expect_said(pool, &question, "none");
		mun_sandbox_stop(pool);
		_exit(waitpid(-1, NULL, WNOHANG) == -1 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	assert_int_equal(wait_status, 0);
	mun_sandbox_nursery_stop();
	expect_no_children();
}

static void *
start_and_stop(void *arg)
{
	struct mun_error *err = arg;
	struct mun_sandbox *pool;

	if (mun_sandbox_start(&pool, &lasting, 1, false, err) == MUN_OK)
		mun_sandbox_stop(pool);
	return NULL;
}

/* What the start left on the stack is wiped; this one is another. */
static void
test_a_thread_with_a_small_stack_has_a_nursery(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	pthread_attr_t attributes;
	pthread_t thread;

	(void)state;
	mun_sandbox_stop(start(false)); /* or skip */
	assert_int_equal(pthread_attr_init(&attributes), 0);
	assert_int_equal(
	    pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
	assert_int_equal(
	    pthread_create(&thread, &attributes, start_and_stop, &err), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attributes);
	MUN_EXPECT_OK(err.status, &err);
	expect_no_children();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_workers_know_nothing_of_what_came_later),
		cmocka_unit_test(
		    test_workers_know_nothing_of_what_was_left_on_the_stack),
		cmocka_unit_test(test_a_nursery_stays_until_it_is_stopped),
		cmocka_unit_test(test_a_dead_nursery_is_a_failure),
		cmocka_unit_test(
		    test_a_worker_lost_at_its_start_is_started_again),
		cmocka_unit_test(test_a_fork_has_a_nursery_of_its_own),
		cmocka_unit_test(
		    test_a_thread_with_a_small_stack_has_a_nursery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
