/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool_memory.c - a verdict needs memory.
 *
 * A library that gets none may refuse what is in order, or crash.  While
 * evidence is judged, that ends the program: nothing is changed by judging, so
 * there is nothing to put in order.  At other times the library says what it
 * can, as ever.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/tool.h"
#include "muniment/verify.h"

static const struct tool *watched;
static pid_t watched_pid; /* those forked from it have ends of their own */

static void
ran_out(void)
{
	static const char json[] =
	    "{\"error\":\"out of memory\",\"exit_status\":3}\n";
	char line[128];

	if (!watched->judges || getpid() != watched_pid)
		return;
	(void)snprintf(line, sizeof(line),
	    "%s: out of memory; nothing was judged\n", watched->program);
	(void)!write(STDERR_FILENO, line, strlen(line));
	if (watched->json)
		(void)!write(STDOUT_FILENO, json, strlen(json));
	_exit(TOOL_COULD_NOT);
}

void
tool_watch_memory(const struct tool *tool)
{
	enum mun_status status;

	watched = tool;
	watched_pid = getpid();
	status = mun_verify_watch_memory(ran_out, NULL);
	/* What was loaded before us (LD_PRELOAD) may have used one of them: no
	 * reason to do nothing at all; the others are watched. */
	(void)status;
}
