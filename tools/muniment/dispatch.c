/* SPDX-License-Identifier: BSD-2-Clause */
/* dispatch.c - see dispatch.h. */
#include "muniment/dispatch.h"

#include <stdio.h>
#include <string.h>

/* Options that may stand before the command, with a value of their own. */
static bool
takes_value(const char *word)
{
	static const char *const words[] = { "-C", "--keys",
		"--passphrase-file", "--passphrase-fd" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

/* Where the command stands; argc if nowhere. */
static int
command_at(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0')
		i += takes_value(argv[i]) ? 2 : 1;
	return i < argc ? i : argc;
}

const char *
dispatch_word(int argc, char **argv)
{
	int at = command_at(argc, argv);

	return at == argc ? NULL : argv[at];
}

static bool
wants_help(int argc, char **argv, int at)
{
	if (argc == 2 && strcmp(argv[1], "help") == 0)
		return true;
	for (int i = 1; i < at; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			return true;
	}
	return false;
}

static int
help(struct keeper *keeper, const struct command *commands, size_t count)
{
	struct tool *tool = &keeper->tool;

	tool_print(tool,
	    "Usage: muniment [-C DIR] COMMAND [OPTION]... [OPERAND]...\n\n"
	    "Keeps documents as evidence: sealed, logged, provable to others.\n"
	    "Without a command: what is here, and what to do next.\n\n"
	    "Commands:\n");
	for (size_t i = 0; i < count; i++)
		tool_print(tool, "  %-12s %s\n", commands[i].name,
		    commands[i].summary);
	tool_print(tool,
	    "\n'muniment COMMAND --help' shows its options and an example.\n\n"
	    "Example:\n"
	    "  muniment init vault\n"
	    "  muniment -C vault deposit /media/stick --case 'Case 17'\n"
	    "  muniment -C vault find 'minutes 2019'\n");
	return TOOL_DONE;
}

static const struct command *
find(const struct command *commands, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* Options before a word move up by one; the word takes the place of what was
 * the name before it. */
static void
move_up(char **argv, int at, char *word)
{
	memmove(&argv[2], &argv[1], (size_t)(at - 1) * sizeof(argv[0]));
	argv[1] = word;
}

static int
help_verbs(struct tool *tool, const struct verbs *verbs)
{
	tool_print(tool,
	    "Usage: muniment %s VERB [OPTION]... [OPERAND]...\n\n%s\n\n"
	    "Verbs:\n",
	    verbs->command, verbs->summary);
	for (size_t i = 0; i < verbs->count; i++)
		tool_print(tool, "  %-12s %s\n", verbs->list[i].name,
		    verbs->list[i].summary);
	tool_print(tool,
	    "\n'muniment %s VERB --help' shows its options and an example.\n",
	    verbs->command);
	return TOOL_DONE;
}

int
dispatch(struct keeper *keeper, const struct command *commands, size_t count,
    int argc, char **argv)
{
	int at = command_at(argc, argv);
	const struct command *command;
	char *word;

	if (wants_help(argc, argv, at))
		return help(keeper, commands, count);
	word = at == argc ? NULL : argv[at];
	command = find(commands, count, word == NULL ? "status" : word);
	if (command == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "there is no command '%s'; 'muniment --help' lists them",
		    word);
	if (word == NULL)
		return command->run(keeper, argc, argv);
	keeper->tool.command = command->name;
	move_up(argv, at, word);
	return command->run(keeper, argc - 1, argv + 1);
}

int
dispatch_verb(
    struct keeper *keeper, const struct verbs *verbs, int argc, char **argv)
{
	int at = command_at(argc, argv);
	char *word = at == argc ? NULL : argv[at];
	const struct command *verb = NULL;

	if (wants_help(argc, argv, at))
		return help_verbs(&keeper->tool, verbs);
	if (word != NULL)
		verb = find(verbs->list, verbs->count, word);
	if (word == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "a verb is missing; 'muniment %s --help' lists them",
		    verbs->command);
	if (verb == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "there is no verb '%s'; 'muniment %s --help' lists them",
		    word, verbs->command);
	(void)snprintf(keeper->verb, sizeof(keeper->verb), "%s %s",
	    verbs->command, verb->name);
	keeper->tool.command = keeper->verb;
	move_up(argv, at, word);
	return verb->run(keeper, argc - 1, argv + 1);
}
