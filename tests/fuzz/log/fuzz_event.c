/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_event.c - the event line, and what is in the types we know. */
#include "fuzz_log.h"

static void
look_inside(const struct mun_event *event)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_deposit_subject subject;
	struct mun_vault_created created;
	enum mun_status status;
	int64_t clock_utc_s;

	(void)mun_event_clock(event, &clock_utc_s);
	status = mun_event_deposit(&subject, event, &err);
	if (status == MUN_OK) {
		mun_deposit_subject_write(&subject, &again);
		expect_same(&again, event->subject.data, event->subject.len);
	} else {
		expect_refusal(status, &err);
	}
	status = mun_event_vault_created(&created, event, &err);
	if (status == MUN_OK) {
		mun_vault_created_write(&created, &again);
		expect_same(&again, event->detail.data, event->detail.len);
	} else {
		expect_refusal(status, &err);
	}
	mun_vault_created_clear(&created);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = mun_event_parse(&event, data, size, &err);

	if (status == MUN_OK) {
		mun_event_write(&event, &again);
		expect_same(&again, data, size);
		look_inside(&event);
	} else {
		expect_refusal(status, &err);
	}
	mun_event_clear(&event);
	return 0;
}
