/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_print.c - what goes to standard output, collected until the end. */
#include "common/tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
tool_print(struct tool *tool, const char *format, ...)
{
	char text[4096];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= sizeof(text))
		tool->out.status = MUN_ERR_INTERNAL;
	else
		mun_buffer_append(&tool->out, text, (size_t)len);
}

void
tool_print_bytes(struct tool *tool, const void *bytes, size_t len)
{
	mun_text_escape(&tool->out, bytes, len, tool->out_mode);
}

void
tool_print_text(struct tool *tool, const char *text)
{
	tool_print_bytes(tool, text, strlen(text));
}

static bool
is_plain_word(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:@%+=,-";

	return text[0] != '\0' && text[strspn(text, plain)] == '\0';
}

/* Whether printing leaves it as it is, and '' does. */
static bool
is_printed_as_is(const struct tool *tool, const char *text)
{
	struct mun_buffer shown = MUN_BUFFER_INIT(TOOL_TEXT_MAX);
	bool same;

	mun_text_escape(&shown, text, strlen(text), tool->out_mode);
	same = strcmp(mun_buffer_text(&shown), text) == 0;
	mun_buffer_free(&shown);
	return same && strchr(text, '\'') == NULL;
}

void
tool_print_word(struct tool *tool, const char *text)
{
	if (is_plain_word(text)) {
		tool_print(tool, "%s", text);
		return;
	}
	if (is_printed_as_is(tool, text)) {
		tool_print(tool, "'");
		tool_print_text(tool, text);
		tool_print(tool, "'");
		return;
	}
	tool_print(tool, "$'");
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte < 0x20 || byte > 0x7e)
			tool_print(tool, "\\x%02x", byte);
		else
			tool_print(tool, "%s%c",
			    byte == '\'' || byte == '\\' ? "\\" : "", byte);
	}
	tool_print(tool, "'");
}

void
tool_print_size(struct tool *tool, uint64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB",
		"PB", "EB" };
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 999.5 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		size /= 1000;
		unit++;
	}
	tool_print(tool, unit == 0 || size >= 99.95 ? "%.0f %s" : "%.1f %s",
	    size, bytes == 1 ? "byte" : units[unit]);
}

void
tool_print_fingerprint(
    struct tool *tool, const uint8_t digest[32], const char *margin)
{
	for (size_t i = 0; i < 32; i++) {
		if (i % 8 == 0)
			tool_print(tool, "%s%s", i == 0 ? "" : "\n", margin);
		else if (i % 2 == 0)
			tool_print(tool, " ");
		tool_print(tool, "%02x", (unsigned)digest[i]);
	}
	tool_print(tool, "\n");
}

const char *
tool_plural(uint64_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}
