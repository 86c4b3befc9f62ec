/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_progress.c - how far it is, on standard error. */
#include "common/tool.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	TERMINAL_EVERY_MS = 200,
	ELSEWHERE_EVERY_MS = 10000,
	STEP_MAX = 48, /* bytes of a step's name: a line is a line */
	PROGRESS_MAX = 1024
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

static void
append_left(
    struct mun_buffer *line, int64_t elapsed_ms, uint64_t done, uint64_t all)
{
	double seconds = (double)elapsed_ms / 1000;
	double rate = seconds > 0 ? (double)done / seconds : 0;

	if (rate <= 0 || all <= done)
		return;
	mun_buffer_append_format(line, ", %.1f MB/s, %.0f s left", rate / 1e6,
	    (double)(all - done) / rate);
}

/* The end of a path says more than its beginning. */
static void
append_step(struct mun_buffer *line, const char *step, enum mun_text_mode mode)
{
	size_t len = strlen(step);

	if (len > STEP_MAX) {
		mun_buffer_append_text(line, "...");
		step += len - STEP_MAX;
		len = STEP_MAX;
	}
	mun_text_escape(line, step, len, mode);
	mun_buffer_append_text(line, ": ");
}

static bool
is_due(struct tool_progress *progress, int64_t now)
{
	int64_t since =
	    progress->shown_ms == 0 ? progress->started_ms : progress->shown_ms;

	return progress->is_on &&
	    now - since >=
	    (progress->is_terminal ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS);
}

void
tool_progress_show(struct tool_progress *progress, const char *step,
    uint64_t done_bytes, uint64_t all_bytes, uint64_t done, uint64_t all)
{
	struct mun_buffer line = MUN_BUFFER_INIT(PROGRESS_MAX);
	int64_t now = now_ms();

	if (!is_due(progress, now))
		return;
	progress->shown_ms = now;
	if (progress->is_terminal)
		mun_buffer_append_text(&line, "\r\033[K");
	append_step(&line, step, progress->tool->err_mode);
	if (all > 0)
		mun_buffer_append_format(
		    &line, "%" PRIu64 " of %" PRIu64 " files, ", done, all);
	mun_buffer_append_format(&line, "%.1f", (double)done_bytes / 1e6);
	if (all_bytes > 0)
		mun_buffer_append_format(
		    &line, " of %.1f", (double)all_bytes / 1e6);
	mun_buffer_append_text(&line, " MB");
	append_left(&line, now - progress->started_ms, done_bytes, all_bytes);
	if (!progress->is_terminal)
		mun_buffer_append_byte(&line, '\n');
	if (line.status == MUN_OK)
		(void)!write(STDERR_FILENO, line.data, line.len);
	mun_buffer_free(&line);
	progress->is_shown = true;
}

void
tool_progress_end(struct tool_progress *progress)
{
	if (progress->is_shown && progress->is_terminal)
		(void)!write(STDERR_FILENO, "\r\033[K", 4);
	progress->is_shown = false;
}
