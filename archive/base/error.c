/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * error.c - fills the fixed-size error its caller owns.
 *
 * Runs on paths where memory has just run out, so nothing here allocates and
 * nothing here can fail; a text that does not fit is cut at its end.
 */
#define _GNU_SOURCE /* strerrordesc_np: the text without the user's locale */
#include "muniment/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/memory.h"

static const char *
system_text(int code)
{
#if defined(__GLIBC__)
	const char *text = strerrordesc_np(code);
#else
	const char *text = strerror(code);
#endif

	return text ? text : "unknown error";
}

static enum mun_status
status_of_errno(int code)
{
	switch (code) {
	case ENOMEM:
		return MUN_ERR_NOMEM;
	case ENOENT:
		return MUN_ERR_NOT_FOUND;
	case EEXIST:
		return MUN_ERR_EXISTS;
	default:
		return MUN_ERR_SYSTEM;
	}
}

MUN_PRINTF(2, 0)
static void
set_text(struct mun_error *err, const char *format, va_list args)
{
	if (vsnprintf(err->text, sizeof(err->text), format, args) < 0)
		err->text[0] = '\0';
}

static void
add_text(struct mun_error *err, const char *separator, const char *text)
{
	size_t used = strlen(err->text);

	(void)snprintf(err->text + used, sizeof(err->text) - used, "%s%s",
	    separator, text);
}

static void
set_origin(struct mun_error *err, enum mun_status status,
    enum mun_error_domain domain, int code, const char *file, int line)
{
	err->status = status;
	err->domain = domain;
	err->code = code;
	err->file = file;
	err->line = line;
}

/* Whoever asked for no words may lose the reason, too. */
static void
note_failed_memory(enum mun_status status)
{
	if (status == MUN_ERR_NOMEM)
		mun_memory_failed();
}

enum mun_status
mun_error_set_at(struct mun_error *err, enum mun_status status,
    const char *file, int line, const char *format, ...)
{
	va_list args;

	/* A failure that says MUN_OK would be read as success. */
	MUN_ASSERT(status != MUN_OK);
	note_failed_memory(status);
	if (!err)
		return status;
	set_origin(err, status, MUN_DOMAIN_MUNIMENT, 0, file, line);
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	return status;
}

enum mun_status
mun_error_system_at(struct mun_error *err, int saved_errno, const char *file,
    int line, const char *format, ...)
{
	enum mun_status status = status_of_errno(saved_errno);
	va_list args;

	note_failed_memory(status);
	if (!err)
		return status;
	set_origin(err, status, MUN_DOMAIN_SYSTEM, saved_errno, file, line);
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	add_text(err, ": ", system_text(saved_errno));
	return status;
}

enum mun_status
mun_error_foreign_at(struct mun_error *err, enum mun_status status,
    enum mun_error_domain domain, int code, const char *file, int line,
    const char *format, ...)
{
	va_list args;

	MUN_ASSERT(status != MUN_OK);
	note_failed_memory(status);
	if (!err)
		return status;
	set_origin(err, status, domain, code, file, line);
	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	return status;
}

void
mun_error_wrap(struct mun_error *err, const char *format, ...)
{
	struct mun_error whole;
	va_list args;

	if (!err)
		return;
	va_start(args, format);
	set_text(&whole, format, args);
	va_end(args);
	add_text(&whole, ": ", err->text);
	/* Both are the same size and terminated. */
	memcpy(err->text, whole.text, strlen(whole.text) + 1);
}
