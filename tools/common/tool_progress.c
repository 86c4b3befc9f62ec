/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_progress.c - how far it is, on standard error. */
#include "common/tool.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
	TERMINAL_EVERY_MS = 200,
	ELSEWHERE_EVERY_MS = 10000
};

static int64_t
now_ms(void)
{
	struct timespec now = { 0, 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void
tool_progress_start(struct tool_progress *progress, struct tool *tool)
{
	bool is_terminal = tool_is_terminal(STDERR_FILENO);

	*progress = (struct tool_progress){ .tool = tool,
		.is_terminal = is_terminal,
		.is_on = is_terminal || tool->want_progress,
		.started_ms = now_ms() };
}

static int
append_left(
    char *text, size_t size, int64_t elapsed_ms, uint64_t done, uint64_t all)
{
	double seconds = (double)elapsed_ms / 1000;
	double rate = seconds > 0 ? (double)done / seconds : 0;

	if (rate <= 0 || all <= done)
		return 0;
	return snprintf(text, size, ", %.1f MB/s, %.0f s left", rate / 1e6,
	    (double)(all - done) / rate);
}

void
tool_progress_show(struct tool_progress *progress, const char *step,
    uint64_t done_bytes, uint64_t all_bytes, uint64_t done, uint64_t all)
{
	int64_t now;
	char text[256];
	int len;

	if (!progress->is_on)
		return;
	now = now_ms();
	if (now -
		(progress->shown_ms == 0 ? progress->started_ms
					 : progress->shown_ms) <
	    (progress->is_terminal ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS))
		return;
	progress->shown_ms = now;
	len = snprintf(text, sizeof(text),
	    "%s%s: ", progress->is_terminal ? "\r\033[K" : "", step);
	if (all > 0)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    "%" PRIu64 " of %" PRIu64 " files, ", done, all);
	len +=
	    snprintf(text + len, sizeof(text) - (size_t)len, "%.1f of %.1f MB",
		(double)done_bytes / 1e6, (double)all_bytes / 1e6);
	len += append_left(text + len, sizeof(text) - (size_t)len,
	    now - progress->started_ms, done_bytes, all_bytes);
	if (!progress->is_terminal)
		text[len++] = '\n';
	(void)!write(STDERR_FILENO, text, (size_t)len);
	progress->is_shown = true;
}

void
tool_progress_end(struct tool_progress *progress)
{
	if (progress->is_shown && progress->is_terminal)
		(void)!write(STDERR_FILENO, "\r\033[K", 4);
	progress->is_shown = false;
}
