/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_ask.c - a question before something that cannot be taken back. */
#include "common/tool.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool
tool_can_ask(void)
{
	return tool_is_terminal(STDIN_FILENO) &&
	    tool_is_terminal(STDERR_FILENO);
}

bool
tool_ask(struct tool *tool, const char *question)
{
	char answer[16];
	ssize_t len;

	(void)tool;
	if (!tool_can_ask())
		return false;
	if (!tool_wait_for_answer(question)) {
		/* Half an answer is not for the shell to take. */
		(void)tcflush(STDIN_FILENO, TCIFLUSH);
		(void)!write(STDERR_FILENO, "\n", 1);
		return false;
	}
	len = read(STDIN_FILENO, answer, sizeof(answer) - 1);
	if (len <= 0)
		return false;
	answer[len] = '\0';
	return strcmp(answer, "y\n") == 0 || strcmp(answer, "yes\n") == 0 ||
	    strcmp(answer, "Y\n") == 0;
}
