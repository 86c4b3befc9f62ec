/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_detail.c - subject and detail of an event: three lines, type, subject
 * (empty: none) and detail.  A + before the type: it has a statement.
 */
#include "fuzz_log.h"

#include "base/reader.h"
#include "log/detail.h"

enum {
	SEQ = 40,
	TIME_UTC_S = 1795428672 /* 2026-11-23T10:11:12Z */
};

static bool
take_event(struct mun_event *event, const uint8_t *data, size_t size)
{
	struct mun_reader reader = mun_reader_over(data, size);
	const char *line;
	size_t len;

	event->seq = SEQ;
	event->time_utc_s = TIME_UTC_S;
	event->has_statement = mun_reader_literal(&reader, "+");
	if (!mun_reader_line(&reader, &line, &len) ||
	    len >= sizeof(event->type) || memchr(line, '\0', len) != NULL)
		return false;
	for (size_t i = 0; i < len; i++)
		event->type[i] = line[i];
	if (!mun_reader_line(&reader, &line, &len))
		return false;
	mun_buffer_append(&event->subject, line, len);
	if (!mun_reader_line(&reader, &line, &len))
		return false;
	mun_buffer_append(&event->detail, line, len);
	return event->subject.status == MUN_OK &&
	    event->detail.status == MUN_OK && event->detail.len > 0 &&
	    mun_reader_left(&reader) == 0;
}

/* Without the clock, which belongs to the event. */
static void
check_written(const struct mun_detail *detail, const struct mun_event *event)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	int64_t clock_utc_s;

	mun_detail_write_subject(detail, &again);
	expect_same(&again, event->subject.data, event->subject.len);
	mun_detail_write(detail, &again);
	if (mun_event_clock(event, &clock_utc_s)) {
		MUN_ASSERT(clock_utc_s < event->time_utc_s);
		MUN_ASSERT(again.len < event->detail.len);
		MUN_ASSERT(
		    memcmp(again.data, event->detail.data, again.len - 1) == 0);
		mun_buffer_free(&again);
	} else {
		expect_same(&again, event->detail.data, event->detail.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_detail detail;
	enum mun_status status;

	if (take_event(&event, data, size)) {
		status = mun_detail_read(&detail, &event, &err);
		if (status != MUN_OK) {
			expect_refusal(status, &err);
		} else {
			if (detail.type != MUN_EVENT_UNKNOWN)
				check_written(&detail, &event);
			mun_detail_clear(&detail);
		}
	}
	mun_event_clear(&event);
	return 0;
}
