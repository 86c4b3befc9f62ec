/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool_interrupt.c - a person's wish to stop, taken between two steps, or while
 * an answer is waited for.
 */
#define _XOPEN_SOURCE 700 /* SA_RESTART */
#include "common/tool.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
enum {
	SIGNALS = sizeof(signals) / sizeof(signals[0])
};

/* The one thing that a signal handler and the program can share. */
static volatile sig_atomic_t interrupted;

static void
remember(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

static struct sigaction
remembering(void)
{
	struct sigaction action = { .sa_handler = remember,
		.sa_flags = SA_RESTART };

	(void)sigemptyset(&action.sa_mask);
	return action;
}

void
tool_catch_interrupts(void)
{
	const struct sigaction action = remembering();

	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &action, NULL);
}

bool
tool_is_interrupted(void)
{
	return interrupted != 0;
}

/* The signals are blocked but while pselect waits: none is lost between the
 * look at the flag and the waiting.  pselect is never restarted. */
static bool
wait_blocked(const sigset_t *mask)
{
	const int fd = STDIN_FILENO;
	fd_set fds;

	while (!tool_is_interrupted()) {
		FD_ZERO(&fds);
		FD_SET(fd, &fds);
		if (pselect(fd + 1, &fds, NULL, NULL, NULL, mask) > 0)
			return true;
		if (errno != EINTR)
			return false;
	}
	return false;
}

bool
tool_wait_for_answer(const char *question)
{
	const struct sigaction action = remembering();
	struct sigaction saved[SIGNALS];
	sigset_t ours, mask;
	bool is_there;

	(void)sigemptyset(&ours);
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaddset(&ours, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &ours, &mask);
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &action, &saved[i]);
	/* Not before: who sees it may answer with a signal. */
	(void)!write(STDERR_FILENO, question, strlen(question));
	is_there = wait_blocked(&mask);
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &saved[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	return is_there;
}
