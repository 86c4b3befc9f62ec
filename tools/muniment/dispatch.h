/* SPDX-License-Identifier: BSD-2-Clause */
/* dispatch.h - from a command line to its command. */
#ifndef TOOLS_MUNIMENT_DISPATCH_H
#define TOOLS_MUNIMENT_DISPATCH_H

#include "muniment/keeper.h"

struct command {
	const char *name;
	const char *summary;
	command_run *run;
};

/* A command whose first operand is a verb. */
struct verbs {
	const char *command;
	const char *summary;
	const struct command *list;
	size_t count;
};

/* The command's word on this command line; NULL: there is none. */
const char *dispatch_word(int argc, char **argv);
/* Find the command, and run it with its options and operands, wherever its
 * word stands among them; no command: status.  Gives its exit status. */
int dispatch(struct keeper *keeper, const struct command *commands,
    size_t count, int argc, char **argv);
/* The same for a command's verb; argv as the command got it. */
int dispatch_verb(
    struct keeper *keeper, const struct verbs *verbs, int argc, char **argv);

#endif
