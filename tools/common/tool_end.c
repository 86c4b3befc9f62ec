/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tool_end.c - failures said, output out, or an exit status that says it is
 * not.
 */
#include "common/tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, bytes, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		len -= (size_t)written;
	}
	return true;
}

/* One line on standard error, whole, escaped. */
static void
say(struct tool *tool, const char *kind, const char *text)
{
	struct mun_buffer line = MUN_BUFFER_INIT(65536);

	mun_buffer_append_text(&line, tool->program);
	mun_buffer_append_text(&line, ": ");
	mun_buffer_append_text(&line, kind);
	mun_text_escape_prose(&line, text, strlen(text),
	    tool->ascii ? MUN_TEXT_ASCII : tool->err_mode);
	mun_buffer_append_byte(&line, '\n');
	if (line.status == MUN_OK)
		(void)write_all(STDERR_FILENO, line.data, line.len);
	else
		(void)dprintf(STDERR_FILENO, "%s: %sout of memory\n",
		    tool->program, kind);
	mun_buffer_free(&line);
}

static int
exit_of(enum mun_status status)
{
	return status == MUN_ERR_USAGE ? TOOL_USAGE : TOOL_COULD_NOT;
}

static int
fail(struct tool *tool, enum mun_status status, const char *text)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	say(tool, "", text);
	if (tool->json) {
		mun_buffer_reset(&tool->out);
		mun_json_begin_object(&json);
		mun_json_key(&json, "error");
		tool_json_text(&json, text);
		mun_json_key(&json, "exit_status");
		mun_json_unsigned(&json, (uint64_t)exit_of(status));
		mun_json_end_object(&json);
		mun_buffer_append_byte(&tool->out, '\n');
	}
	return exit_of(status);
}

int
tool_fail(struct tool *tool, const struct mun_error *err)
{
	return fail(tool, err->status, err->text);
}

int
tool_fail_with(
    struct tool *tool, enum mun_status status, const char *format, ...)
{
	char text[MUN_ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return fail(tool, status, text);
}

void
tool_warn(struct tool *tool, const char *format, ...)
{
	char text[MUN_ERROR_TEXT_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	say(tool, "warning: ", text);
}

/* One code point of UTF-8 that starts at bytes; *step is its length. */
static uint32_t
code_point(const uint8_t *bytes, size_t len, size_t *step)
{
	size_t more = bytes[0] >= 0xf0 ? 3 : bytes[0] >= 0xe0 ? 2 : 1;
	uint32_t point = bytes[0] & (0x3fu >> more);

	*step = 1;
	for (size_t i = 1; i <= more && i < len; i++, ++*step)
		point = point << 6 | (bytes[i] & 0x3fu);
	return point;
}

/* JSON may be looked at on a terminal, too: what is not plain ASCII becomes
 * an escape, which means the same to every program. */
static void
make_ascii(struct mun_buffer *out, const struct mun_buffer *json)
{
	size_t i = 0;

	while (i < json->len) {
		uint32_t point = json->data[i];
		size_t step = 1;

		if (point >= 0x80)
			point =
			    code_point(json->data + i, json->len - i, &step);
		i += step;
		if (point < 0x7f) {
			mun_buffer_append_byte(out, (uint8_t)point);
			continue;
		}
		if (point >= 0x10000) {
			point -= 0x10000;
			mun_buffer_append_format(
			    out, "\\u%04x", (unsigned)(0xd800 + (point >> 10)));
			point = 0xdc00 + (point & 0x3ff);
		}
		mun_buffer_append_format(out, "\\u%04x", (unsigned)point);
	}
}

static void
make_json_ascii(struct tool *tool)
{
	struct mun_buffer ascii = MUN_BUFFER_INIT(TOOL_TEXT_MAX);

	make_ascii(&ascii, &tool->out);
	mun_buffer_free(&tool->out);
	tool->out = ascii;
}

void
tool_flush(struct tool *tool)
{
	if (tool->out.status == MUN_OK &&
	    write_all(STDOUT_FILENO, tool->out.data, tool->out.len))
		mun_buffer_reset(&tool->out);
}

int
tool_end(struct tool *tool, int exit_status)
{
	struct mun_error err = MUN_ERROR_INIT;

	tool->judges = false; /* what is written is not taken back */
	if (tool->json && tool->out.status == MUN_OK)
		make_json_ascii(tool);
	if (mun_buffer_status(&tool->out, "output", &err) != MUN_OK) {
		say(tool, "", err.text);
		exit_status = TOOL_COULD_NOT;
	} else if (!write_all(STDOUT_FILENO, tool->out.data, tool->out.len) ||
	    (tool->out.len > 0 && close(STDOUT_FILENO) != 0)) {
		(void)snprintf(err.text, sizeof(err.text),
		    "%s%sstandard output could not be written: %s", tool->done,
		    tool->done[0] != '\0' ? ", but " : "", strerror(errno));
		say(tool, "", err.text);
		exit_status = TOOL_COULD_NOT;
	}
	mun_buffer_free(&tool->out);
	return exit_status;
}
