/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_help.c - the help text, made from the same table that parses. */
#include "common/tool.h"

#include <stdio.h>
#include <string.h>

enum {
	HELP_COLUMN = 28
};

static void
print_option(struct tool *tool, const struct tool_option *option)
{
	char left[80];
	const char *help = option->help;
	int len;

	len = snprintf(left, sizeof(left), "  %c%c%s%s%s%s%s",
	    option->letter != 0 ? '-' : ' ',
	    option->letter != 0 ? option->letter : ' ',
	    option->letter != 0 && option->name != NULL ? ", "
		: option->letter != 0                   ? ""
							: "  ",
	    option->name != NULL ? "--" : "",
	    option->name != NULL ? option->name : "",
	    option->argument != NULL ? " " : "",
	    option->argument != NULL ? option->argument : "");
	tool_print(tool, "%s", left);
	if (len >= HELP_COLUMN)
		tool_print(tool, "\n%*s", HELP_COLUMN, "");
	else
		tool_print(tool, "%*s", HELP_COLUMN - len, "");
	for (; *help != '\0'; help++) {
		if (*help == '\n')
			tool_print(tool, "\n%*s", HELP_COLUMN, "");
		else
			tool_print(tool, "%c", *help);
	}
	tool_print(tool, "\n");
}

static void
print_indented(struct tool *tool, const char *lines)
{
	while (*lines != '\0') {
		const char *end = strchr(lines, '\n');
		size_t len =
		    end == NULL ? strlen(lines) : (size_t)(end - lines);

		tool_print(tool, "  %.*s\n", (int)len, lines);
		lines += len + (end == NULL ? 0 : 1);
	}
}

void
tool_help(struct tool *tool, const struct tool_usage *usage)
{
	static const struct tool_option always[] = {
		{ "help", 'h', TOOL_FLAG, NULL, NULL, "print this" },
		{ "version", 0, TOOL_FLAG, NULL, NULL, "print the version" },
	};

	tool_print(tool, "Usage: %s%s%s [OPTION]...%s%s\n\n%s\n\nOptions:\n",
	    tool->program, tool->command == NULL ? "" : " ",
	    tool->command == NULL ? "" : tool->command,
	    usage->operands[0] == '\0' ? "" : " ", usage->operands,
	    usage->summary);
	for (size_t i = 0; i < usage->option_count; i++)
		print_option(tool, &usage->options[i]);
	print_option(tool, &always[0]);
	print_option(tool, &always[1]);
	tool_print(tool, "\nExample:\n");
	print_indented(tool, usage->example);
	tool_print(tool,
	    "\nExit status: 0 done or PASSED, 1 FAILED, "
	    "2 INDETERMINATE,\n3 could not do the work, 64 wrong usage.\n");
}
