/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_stopped.c - who stands still (SIGSTOP, Ctrl-Z) is not waited for for
 * ever; and while the program itself does, no worker is blamed.
 */
#define _DEFAULT_SOURCE /* usleep(3) */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sandbox/sandbox_internal.h"

enum {
	NAP_MS = 5000
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum mun_status
nap(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	int64_t end = now_ms() + NAP_MS;

	while (now_ms() < end)
		continue;
	(void)state;
	(void)request;
	(void)len;
	(void)fd;
	(void)answer;
	(void)err;
	return MUN_OK;
}

static const struct mun_sandbox_job napping = { .name = "test",
	.handle = nap,
	.limits = { .memory_bytes = 64 << 20,
	    .cpu_s = 60,
	    .wall_s = 60,
	    .answer_max = 100 } };

static struct mun_sandbox *
start(const struct mun_sandbox_job *job)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox *pool;

	if (mun_sandbox_probe(&err) != MUN_OK) {
		print_message("%s\n", err.text);
		skip();
	}
	MUN_EXPECT_OK(mun_sandbox_start(&pool, job, 1, false, &err), &err);
	return pool;
}

static void
expect_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static enum mun_status
stop_and_prepare(void **state, struct mun_error *err)
{
	(void)state;
	(void)err;
	raise(SIGSTOP);
	return MUN_OK;
}

/* Nobody is waited for for ever. */
static void
test_who_is_stopped_is_a_failure(void **state)
{
	struct mun_sandbox_job job = napping;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox *pool;

	(void)state;
	mun_sandbox_stop(start(&napping)); /* or skip */
	job.limits.wall_s = 3;
	job.prepare = stop_and_prepare;
	MUN_EXPECT_STATUS(mun_sandbox_start(&pool, &job, 1, false, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "the test worker does not start");
	job.fresh = true;
	MUN_EXPECT_STATUS(mun_sandbox_start(&pool, &job, 1, false, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err,
	    "the template of the test workers does not answer; is it stopped?");
	MUN_EXPECT_OK(mun_sandbox_nursery_start(NULL, &err), &err);
	pool = start(&napping);
	assert_int_equal(kill(pool->origin->pid, SIGSTOP), 0);
	mun_sandbox_stop(pool);
	MUN_EXPECT_STATUS(mun_sandbox_start(&pool, &job, 1, false, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(
	    &err, "the nursery of the workers does not answer; is it stopped?");
	mun_sandbox_nursery_stop();
	expect_no_children();
}

static void
stop(int number)
{
	(void)number;
	raise(SIGSTOP);
}

/* Wake the parent when it has stood still for a while. */
static pid_t
start_waker(unsigned stopped_s)
{
	pid_t pid = fork();
	char path[64], text[256];

	if (pid != 0)
		return pid;
	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)getppid());
	for (;;) {
		int fd = open(path, O_RDONLY);
		ssize_t got = read(fd, text, sizeof(text) - 1);

		close(fd);
		if (got <= 0)
			_exit(1);
		text[got] = 0;
		if (strstr(text, ") T ") != NULL)
			break;
		usleep(10000);
	}
	sleep(stopped_s);
	kill(getppid(), SIGCONT);
	_exit(0);
}

/* Ctrl-Z and fg: the worker gets on meanwhile, and is not blamed. */
static void
test_time_in_which_the_parent_is_stopped_does_not_count(void **state)
{
	const struct sigaction stops = { .sa_handler = stop };
	const struct itimerval soon = { .it_value = { .tv_usec = 200000 } };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox_answer answer;
	struct mun_sandbox *pool;
	pid_t waker;

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &stops, NULL), 0);
	pool = start(&napping);
	pool->job.limits.wall_s = 3;
	waker = start_waker(4);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	MUN_EXPECT_OK(mun_sandbox_submit(pool, "", 0, -1, 0, &err), &err);
	MUN_EXPECT_OK(mun_sandbox_collect(pool, &answer, true, &err), &err);
	assert_int_equal(answer.outcome, MUN_SANDBOX_ANSWERED);
	assert_int_equal(waitpid(waker, NULL, 0), waker);
	mun_sandbox_stop(pool);
	(void)signal(SIGALRM, SIG_DFL);
	expect_no_children();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_stopped_is_a_failure),
		cmocka_unit_test(
		    test_time_in_which_the_parent_is_stopped_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
