/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool_options.c - options by table, before or after operands.
 */
#define _GNU_SOURCE /* getopt_long */
#include "common/tool.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPTIONS_MAX = 40,
	CODE_FIRST = 1000, /* getopt's value of option 0 */
	CODE_HELP = 900,
	CODE_VERSION
};

struct getopt_tables {
	struct option options[OPTIONS_MAX + 3];
	char letters[2 * OPTIONS_MAX + 4];
};

static void
add_letter(char *letters, char letter, bool has_argument)
{
	size_t len = strlen(letters);

	letters[len++] = letter;
	if (has_argument)
		letters[len++] = ':';
	letters[len] = '\0';
}

static void
make_tables(struct getopt_tables *tables, const struct tool_usage *usage)
{
	size_t count = 0;

	*tables = (struct getopt_tables){ .letters = ":h" };
	for (size_t i = 0; i < usage->option_count && i < OPTIONS_MAX; i++) {
		const struct tool_option *option = &usage->options[i];
		bool takes = option->kind != TOOL_FLAG;

		if (option->letter != 0)
			add_letter(tables->letters, option->letter, takes);
		if (option->name != NULL)
			tables->options[count++] =
			    (struct option){ option->name,
				    takes ? required_argument : no_argument,
				    NULL, CODE_FIRST + (int)i };
	}
	tables->options[count++] =
	    (struct option){ "help", no_argument, NULL, CODE_HELP };
	tables->options[count++] =
	    (struct option){ "version", no_argument, NULL, CODE_VERSION };
}

static const struct tool_option *
option_of(const struct tool_usage *usage, int code)
{
	if (code >= CODE_FIRST)
		return &usage->options[code - CODE_FIRST];
	for (size_t i = 0; i < usage->option_count; i++) {
		if (usage->options[i].letter == code)
			return &usage->options[i];
	}
	return NULL;
}

static bool
add_text(struct tool_texts *texts, const char *text)
{
	const char **grown =
	    realloc(texts->text, (texts->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return false;
	texts->text = grown;
	texts->text[texts->count++] = text;
	return true;
}

static bool
take(const struct tool_option *option, const char *argument)
{
	switch (option->kind) {
	case TOOL_FLAG:
		*(bool *)option->value = true;
		return true;
	case TOOL_TEXT:
		*(const char **)option->value = argument;
		return true;
	case TOOL_TEXTS:
		return add_text(option->value, argument);
	}
	return false;
}

static const char *
help_hint(const struct tool *tool, char *text, size_t size)
{
	(void)snprintf(text, size, "'%s%s%s --help' shows what is",
	    tool->program, tool->command == NULL ? "" : " ",
	    tool->command == NULL ? "" : tool->command);
	return text;
}

static int
wrong_option(struct tool *tool, int code, const char *word)
{
	char hint[128];

	return tool_fail_with(tool, MUN_ERR_USAGE,
	    code == ':'
		? "option '%s' needs a value; %s"
		: "there is no option '%s' here, or not in that form; %s",
	    word, help_hint(tool, hint, sizeof(hint)));
}

static bool
check_operands(struct tool *tool, const struct tool_usage *usage, size_t count,
    const char *last, int *exit_status)
{
	char hint[128];

	if (count < usage->operand_min) {
		*exit_status =
		    tool_fail_with(tool, MUN_ERR_USAGE, "%s is missing; %s",
			usage->operands, help_hint(tool, hint, sizeof(hint)));
		return false;
	}
	if (usage->operand_max != SIZE_MAX && count > usage->operand_max) {
		*exit_status = tool_fail_with(tool, MUN_ERR_USAGE,
		    "'%s' is one operand too many; %s", last,
		    help_hint(tool, hint, sizeof(hint)));
		return false;
	}
	return true;
}

/* The word that getopt stopped at, for the message. */
static const char *
word_at(char **argv, char letter[3])
{
	if (optopt != 0 && optopt < CODE_HELP) {
		letter[0] = '-';
		letter[1] = (char)optopt;
		letter[2] = '\0';
		return letter;
	}
	return argv[optind - 1];
}

bool
tool_parse(struct tool *tool, const struct tool_usage *usage, int argc,
    char **argv, char ***operands, size_t *operand_count, int *exit_status)
{
	struct getopt_tables tables;
	char letter[3];
	int code;

	make_tables(&tables, usage);
	opterr = 0;
	optind = 0; /* start anew */
	while ((code = getopt_long(
		    argc, argv, tables.letters, tables.options, NULL)) != -1) {
		const struct tool_option *option = NULL;

		if (code == CODE_HELP || code == 'h') {
			tool_help(tool, usage);
			*exit_status = TOOL_DONE;
			return false;
		}
		if (code == CODE_VERSION) {
			tool_print(tool, "%s %s\n", tool->program, MUN_VERSION);
			*exit_status = TOOL_DONE;
			return false;
		}
		if (code != '?' && code != ':')
			option = option_of(usage, code);
		if (option == NULL) {
			*exit_status =
			    wrong_option(tool, code, word_at(argv, letter));
			return false;
		}
		if (!take(option, optarg)) {
			*exit_status =
			    tool_fail_with(tool, MUN_ERR_NOMEM, "no memory");
			return false;
		}
	}
	if (tool->ascii)
		tool->out_mode = tool->err_mode = MUN_TEXT_ASCII;
	*operands = argv + optind;
	*operand_count = (size_t)(argc - optind);
	return check_operands(
	    tool, usage, *operand_count, argv[argc - 1], exit_status);
}
