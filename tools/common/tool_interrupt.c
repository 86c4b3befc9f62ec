/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_interrupt.c - a person's wish to stop, taken between two steps. */
#define _XOPEN_SOURCE 700 /* SA_RESTART */
#include "common/tool.h"

#include <signal.h>

/* The one thing that a signal handler and the program can share. */
static volatile sig_atomic_t interrupted;

static void
remember(int signal_number)
{
	(void)signal_number;
	interrupted = 1;
}

void
tool_catch_interrupts(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = remember,
		.sa_flags = SA_RESTART };

	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &action, NULL);
}

bool
tool_is_interrupted(void)
{
	return interrupted != 0;
}
