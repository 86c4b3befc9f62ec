/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool.h - what both programs share: a clean start, options, output that harms
 * no terminal, an end that tells the truth.
 *
 * The environment, the locale and the terminal are looked at here and nowhere
 * else.  Everything that comes from outside is printed through these calls.
 */
#ifndef TOOLS_COMMON_TOOL_H
#define TOOLS_COMMON_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "muniment/json.h"
#include "muniment/text.h"

/* Exit statuses: a contract. */
enum tool_exit {
	TOOL_DONE = 0, /* done, or PASSED */
	TOOL_FAILED = 1, /* FAILED */
	TOOL_INDETERMINATE = 2,
	TOOL_COULD_NOT = 3, /* could not do the work */
	TOOL_USAGE = 64 /* the command line is wrong */
};

enum {
	TOOL_TEXT_MAX = 1 << 30
}; /* bytes of output built in memory */

/* One run of a program; filled by tool_start and tool_parse. */
struct tool {
	const char *program; /* "muniment" */
	const char *command; /* "deposit"; NULL before it is known */
	bool json; /* one JSON document on standard output */
	bool ascii; /* 0x20 to 0x7e only */
	bool judges; /* at work on a verdict: see tool_watch_memory */
	bool want_progress; /* even where stderr is no terminal */
	enum mun_text_mode out_mode, err_mode;
	struct mun_buffer out; /* standard output, written by tool_end */
	/* What cannot be undone and was done, to be said if out cannot be. */
	char done[128];
};

/* ---- start and end ---- */

/*
 * Before anything else in main: descriptors 0 to 2 are open (a closed standard
 * output becomes one that cannot be written), no core dumps, SIGPIPE ignored,
 * the memory of libraries watched (*tool has to stay where it is), and an
 * environment of nothing but what tool_env may ask for, so that no library is
 * steered by it.
 */
void tool_start(struct tool *tool, const char *program);
/* What an environment variable said at the start: HOME, XDG_DATA_HOME,
 * MUNIMENT_VAULT, MUNIMENT_KEYS; NULL when unset or empty. */
const char *tool_env(const char *name);
/* "NAME=VALUE", NULL at the end: what a PKCS#11 module is given of the
 * environment; nobody else gets it. */
const char *const *tool_module_environment(void);
/* Whether the caller left this descriptor open (0 to 255). */
bool tool_is_inherited(int fd);
/* Write what is left of the output.  Returns exit_status, or TOOL_COULD_NOT
 * (with a message) when the output did not get out whole. */
int tool_end(struct tool *tool, int exit_status);
/* Write now what is there, before a question is asked. */
void tool_flush(struct tool *tool);

/* ---- failures ---- */

/* Say a failure on standard error (and, with --json, as {"error":…} on
 * standard output) and give the exit status that goes with it. */
int tool_fail(struct tool *tool, const struct mun_error *err);
/* The same for one sentence of ours; status decides the exit status. */
int tool_fail_with(struct tool *tool, enum mun_status status,
    const char *format, ...) MUN_PRINTF(3, 4);
/* Done by tool_start, before any library is used: from then on one that gets no
 * memory ends the program, while it judges, with TOOL_COULD_NOT. */
void tool_watch_memory(const struct tool *tool);
/* A sentence on standard error that is no failure. */
void tool_warn(struct tool *tool, const char *format, ...) MUN_PRINTF(2, 3);

/* ---- options ---- */

enum tool_option_kind {
	TOOL_FLAG, /* bool */
	TOOL_TEXT, /* const char *, the last one given */
	TOOL_TEXTS /* struct tool_texts */
};
struct tool_texts {
	const char **text; /* owned; free(text) */
	size_t count;
};
struct tool_option {
	const char *name; /* without "--"; NULL: only the letter */
	char letter; /* 0: none */
	enum tool_option_kind kind;
	void *value; /* where it goes */
	const char *argument; /* "DIR"; NULL for a flag */
	const char *help; /* one sentence, no full stop; may hold \n */
};
struct tool_usage {
	const char *operands; /* "PATH..." */
	const char *summary; /* one or more sentences */
	const char *example; /* lines as typed, without the margin */
	const struct tool_option *options;
	size_t option_count;
	size_t operand_min, operand_max; /* max SIZE_MAX: any number */
};
/* --json, --ascii, --progress: what every command has. */
#define TOOL_COMMON_OPTIONS(tool)                            \
	{ "json", 0, TOOL_FLAG, &(tool)->json, NULL,         \
		"print one JSON document" },                 \
	{                                                    \
		"ascii", 0, TOOL_FLAG, &(tool)->ascii, NULL, \
		    "print nothing but ASCII"                \
	}

/*
 * Take options out of argv, wherever they stand; operands are moved to its end
 * in order.  --help prints the usage and --version the version.  Returns false
 * when there is nothing more to do: exit with *exit_status.
 */
bool tool_parse(struct tool *tool, const struct tool_usage *usage, int argc,
    char **argv, char ***operands, size_t *operand_count, int *exit_status);
/* Append a command's help; used by tool_parse. */
void tool_help(struct tool *tool, const struct tool_usage *usage);

/* Append a whole regular file that an option names; the error names it, too. */
enum mun_status tool_read_file(
    const char *path, struct mun_buffer *out, struct mun_error *err);

/* ---- printing ---- */

/* To standard output: text of ours as it is. */
void tool_print(struct tool *tool, const char *format, ...) MUN_PRINTF(2, 3);
/* Bytes from outside, escaped for where standard output goes. */
void tool_print_bytes(struct tool *tool, const void *bytes, size_t len);
void tool_print_text(struct tool *tool, const char *text);
/* The same as one word of a command that can be typed: quoted for a shell where
 * it needs that, in $'' where it holds what is never printed as it is. */
void tool_print_word(struct tool *tool, const char *text);
/* 1,234,567 as people read it: "1.2 MB"; and with groups. */
void tool_print_size(struct tool *tool, uint64_t bytes);
/* 64 hex digits in groups of 4, 4 groups of four a line, margin first. */
void tool_print_fingerprint(
    struct tool *tool, const uint8_t digest[32], const char *margin);
/* "document" or "documents". */
const char *tool_plural(uint64_t count, const char *one, const char *many);

/* JSON of bytes that may be no UTF-8: "<key>_b64" always, "<key>" when they
 * are text. */
void tool_json_bytes(struct mun_json_writer *json, const char *key,
    const void *bytes, size_t len);
/* Text from outside that has to be UTF-8 in JSON; what is not, is escaped. */
void tool_json_text(struct mun_json_writer *json, const char *text);

/* ---- terminal ---- */

bool tool_is_terminal(int fd);
/* Whether there is somebody to ask: standard input and standard error are a
 * terminal. */
bool tool_can_ask(void);
/* Ask on the terminal; true for yes.  False without asking when there is
 * nobody, and at once when SIGINT, SIGTERM or SIGHUP comes meanwhile. */
bool tool_ask(struct tool *tool, const char *question);

/* From here on SIGINT, SIGTERM and SIGHUP do not end the program but are
 * remembered, for whoever asks. */
void tool_catch_interrupts(void);
bool tool_is_interrupted(void);
/* Put a question on standard error and wait until standard input has something
 * to read, or an end.  False: one of these signals came before, or from the
 * question on, whether they are caught elsewhere or not; it is remembered. */
bool tool_wait_for_answer(const char *question);

/* A line on standard error that says how far it is, at most 5 times a second
 * on a terminal, every 10 seconds elsewhere. */
struct tool_progress {
	struct tool *tool;
	bool is_on, is_terminal, is_shown;
	int64_t started_ms, shown_ms;
};
void tool_progress_start(struct tool_progress *progress, struct tool *tool);
/* step: "packing"; unit bytes and counts of whatever is counted. */
void tool_progress_show(struct tool_progress *progress, const char *step,
    uint64_t done_bytes, uint64_t all_bytes, uint64_t done, uint64_t all);
/* Take the line away. */
void tool_progress_end(struct tool_progress *progress);

#endif
