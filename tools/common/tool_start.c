/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool_start.c - nothing that surrounds the program steers it.
 *
 * OpenSSL, libmagic, SQLite, glibc and getopt all read the environment
 * (OPENSSL_CONF, MAGIC, SQLITE_TMPDIR, POSIXLY_CORRECT, …), so it is emptied
 * but for the variables this program documents and the locale's, which decide
 * only whether a terminal takes UTF-8.
 */
#define _GNU_SOURCE /* clearenv, newlocale with nl_langinfo_l */
#include "common/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *const kept[] = { "HOME", "XDG_DATA_HOME", "MUNIMENT_VAULT",
	"MUNIMENT_KEYS", "LANG", "LC_ALL", "LC_CTYPE", "TERM" };
enum {
	KEPT = sizeof(kept) / sizeof(kept[0])
};

/* What PKCS#11 modules find their configuration by.  Nobody but such a module
 * is to see it, so it is kept out of the environment, for the process that
 * loads one. */
static const char *const module_names[] = { "SOFTHSM2_CONF",
	"YUBIHSM_PKCS11_CONF" };
enum {
	MODULE_NAMES = sizeof(module_names) / sizeof(module_names[0])
};
static char *module_environment[MODULE_NAMES + 1];

enum {
	INHERITED_MAX = 256
};
static bool inherited[INHERITED_MAX];

static void
set_aside_module_environment(void)
{
	size_t count = 0;

	for (size_t i = 0; i < MODULE_NAMES; i++) {
		const char *value = getenv(module_names[i]);
		size_t size;
		char *text;

		if (value == NULL)
			continue;
		size = strlen(module_names[i]) + 1 + strlen(value) + 1;
		text = malloc(size);
		if (text == NULL)
			continue;
		(void)snprintf(text, size, "%s=%s", module_names[i], value);
		module_environment[count++] = text;
	}
}

const char *const *
tool_module_environment(void)
{
	return (const char *const *)module_environment;
}

/* What is open before anything of ours is; ours would not have outlived
 * execve(2). */
static void
see_inherited(void)
{
	for (int fd = 0; fd < INHERITED_MAX; fd++) {
		int flags = fcntl(fd, F_GETFD);

		inherited[fd] = flags != -1 && (flags & FD_CLOEXEC) == 0;
	}
}

bool
tool_is_inherited(int fd)
{
	return fd >= 0 && fd < INHERITED_MAX && inherited[fd];
}

static void
clean_environment(void)
{
	char *values[KEPT];

	for (size_t i = 0; i < KEPT; i++) {
		const char *value = getenv(kept[i]);

		values[i] = value == NULL ? NULL : strdup(value);
	}
	(void)clearenv();
	for (size_t i = 0; i < KEPT; i++) {
		if (values[i] != NULL)
			(void)setenv(kept[i], values[i], 1);
		free(values[i]);
	}
}

/* A closed descriptor would be given to the next file opened, and messages
 * would be written into it.  Standard output gets one that fails on writing:
 * what was printed did not reach anybody. */
static void
open_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
			continue;
		if (open("/dev/null", fd == 2 ? O_RDWR : O_RDONLY) != fd)
			_exit(TOOL_COULD_NOT);
	}
}

static bool
locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool is_utf8;

	if (locale == (locale_t)0)
		return false;
	is_utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return is_utf8;
}

static enum mun_text_mode
mode_of(int fd, bool is_utf8)
{
	return is_utf8 && tool_is_terminal(fd) ? MUN_TEXT_UTF8 : MUN_TEXT_ASCII;
}

void
tool_start(struct tool *tool, const char *program)
{
	const struct rlimit no_core = { 0, 0 };
	bool is_utf8;

	see_inherited();
	open_standard_descriptors();
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)signal(SIGPIPE, SIG_IGN);
	/* Ignored, as it may come, children are gone before they are waited
	 * for: their ends are not told, and their numbers are others'. */
	(void)signal(SIGCHLD, SIG_DFL);
	/* A file size limit is an error of write(2), not a death. */
	(void)signal(SIGXFSZ, SIG_IGN);
	set_aside_module_environment();
	clean_environment();
	is_utf8 = locale_is_utf8();
	*tool = (struct tool){ .program = program,
		.out_mode = mode_of(STDOUT_FILENO, is_utf8),
		.err_mode = mode_of(STDERR_FILENO, is_utf8),
		.out = MUN_BUFFER_INIT(TOOL_TEXT_MAX) };
	tool_watch_memory(tool);
}

const char *
tool_env(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

bool
tool_is_terminal(int fd)
{
	return isatty(fd) == 1;
}
