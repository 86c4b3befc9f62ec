/* SPDX-License-Identifier: BSD-2-Clause */
/* test_detail.c - subject and detail of each type of event: read, written
 * again, and each thing that is wrong by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "details.h"
#include "edited.h"
#include "harness/harness.h"
#include "log/detail.h"
#include "pki/pki.h"

enum {
	SEQ = 40 /* of the event in all tests */
};

/* Whether text is read as an event of that type; *out is then cleared by the
 * caller. */
static enum mun_status
read_it(struct mun_detail *out, const char *type, const char *subject,
    const char *detail, bool has_statement)
{
	struct mun_event event = MUN_EVENT_INIT;
	enum mun_status status;

	(void)snprintf(event.type, sizeof(event.type), "%s", type);
	event.seq = SEQ;
	event.time_utc_s = INT64_C(1795428672); /* TIME */
	event.has_statement = has_statement;
	mun_buffer_append_text(&event.subject, subject);
	mun_buffer_append_text(&event.detail, detail);
	status = mun_detail_read(out, &event, NULL);
	mun_event_clear(&event);
	return status;
}

/* The text with the certificate in its place; free() it. */
static char *
with_certificate(const char *text)
{
	struct mun_certificate *certificate = mun_pki_certificate("p256");
	struct mun_buffer coded = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	size_t len;
	const uint8_t *der = mun_certificate_der(certificate, &len);
	struct edit edit = { CERT, NULL };
	char *made;

	mun_buffer_append_base64(&coded, der, len);
	edit.to = mun_buffer_text(&coded);
	made = strstr(text, CERT) == NULL ? strdup(text) : edited(text, &edit);
	mun_certificate_free(certificate);
	mun_buffer_free(&coded);
	return made;
}

static void
each_detail_is_read_and_written_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
		char *text = with_certificate(good[i].detail);
		struct mun_detail detail;

		if (read_it(&detail, good[i].type, good[i].subject, text,
			true) != MUN_OK)
			fail_msg("%s %s", good[i].type, text);
		assert_string_equal(
		    mun_event_type_name(detail.type), good[i].type);
		mun_detail_write(&detail, &again);
		assert_string_equal(mun_buffer_text(&again), text);
		mun_buffer_reset(&again);
		mun_detail_write_subject(&detail, &again);
		assert_int_equal(again.len, strlen(good[i].subject));
		assert_memory_equal(
		    again.len == 0 ? (const void *)"" : again.data,
		    good[i].subject, again.len);
		mun_detail_clear(&detail);
		mun_buffer_free(&again);
		free(text);
	}
}

static void
values_are_taken_out(void **state)
{
	struct mun_detail detail;

	(void)state;
	assert_int_equal(read_it(&detail, "transfer", DOCUMENT,
			     "{\"step\":\"handed-over\",\"form\":"
			     "\"countersigned\",\"to\":\"" HEX64("2") "\"}",
			     false),
	    MUN_OK);
	assert_string_equal(detail.subject.archive, "XPF-0003");
	assert_int_equal(detail.subject.document, 42);
	assert_int_equal(detail.subject.leaf[31], 0xaa);
	assert_int_equal(detail.step, MUN_TRANSFER_HANDED_OVER);
	assert_int_equal(detail.form, MUN_TRANSFER_COUNTERSIGNED);
	assert_false(mun_detail_has(&detail, MUN_DETAIL_FROM));
	assert_true(mun_detail_has(&detail, MUN_DETAIL_TO));
	assert_int_equal(detail.to[0], 0x22);
	mun_detail_clear(&detail);
	assert_int_equal(read_it(&detail, "copy", ARCHIVE,
			     "{\"kind\":\"evidentiary\",\"entries\":[[0,3],[5,"
			     "39]]}",
			     false),
	    MUN_OK);
	assert_int_equal(detail.copy, MUN_COPY_EVIDENTIARY);
	assert_int_equal(detail.entry_count, 2);
	assert_int_equal(detail.entries[1].first, 5);
	assert_int_equal(detail.entries[1].last, 39);
	mun_detail_clear(&detail);
	assert_int_equal(
	    read_it(&detail, "actor-revoked", "",
		"{\"actor\":\"" HEX64(
		    "1") "\",\"reason\":\"lost\",\"since\":\"" TIME "\"}",
		false),
	    MUN_OK);
	assert_int_equal(detail.reason, MUN_REVOKED_LOST);
	assert_int_equal(detail.since_utc_s, 1795428672);
	assert_int_equal(detail.actor[0], 0x11);
	mun_detail_clear(&detail);
}

static size_t
first_of(const char *type)
{
	size_t i = 0;

	while (strcmp(good[i].type, type) != 0)
		i++;
	return i;
}

/* The detail, by itself, that is refused for that type. */
static void
refused(const char *type, const char *subject, const char *detail)
{
	char *text = with_certificate(detail);
	struct mun_detail out;
	enum mun_status status = read_it(&out, type, subject, text, true);

	if (status != MUN_ERR_FORMAT)
		fail_msg("%s about %s was read, or %d: %s", type,
		    subject[0] == '\0' ? "the vault" : subject, (int)status,
		    detail);
	free(text);
}

/* Of the good ones: a key more in front, a clock that is not the last, an array
 * for the object. */
static void
each_detail_has_its_keys_and_no_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct edit all[] = { { "{", "{\"x\":1," },
			{ "{", "{\"clock\":\"" TIME "\"," }, { "{", "[" } };

		if (strcmp(good[i].detail, "{}") == 0)
			continue;
		for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
			char *text = edited(good[i].detail, &all[k]);

			refused(good[i].type, good[i].subject, text);
			free(text);
		}
	}
}

static char *
ending(const char *detail, const char *more)
{
	size_t len = strlen(detail) - 1;
	size_t size = len + strlen(more) + 3; /* comma, brace, NUL */
	char *text = malloc(size);

	assert_non_null(text);
	(void)snprintf(text, size, "%.*s%s%s}", (int)len, detail,
	    len > 1 ? "," : "", more);
	return text;
}

static void
nothing_follows_but_an_earlier_clock(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *more = ending(good[i].detail, "\"x\":1");
		char *late = ending(good[i].detail, "\"clock\":\"" TIME "\"");
		char *early = ending(
		    good[i].detail, "\"clock\":\"2026-11-23T10:11:11Z\"");
		char *text = with_certificate(early);
		struct mun_detail out;

		refused(good[i].type, good[i].subject, more);
		refused(good[i].type, good[i].subject, late);
		if (read_it(&out, good[i].type, good[i].subject, text, true) !=
		    MUN_OK)
			fail_msg("%s %s", good[i].type, text);
		mun_detail_clear(&out);
		free(text);
		free(early);
		free(late);
		free(more);
	}
}

/* An event with that many stamps. */
static enum mun_status
read_stamps(size_t count, size_t *found)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_detail detail;
	enum mun_status status;

	mun_buffer_append_text(&text, STAMPED("1") "\"stamps\":[");
	for (size_t i = 0; i < count; i++)
		mun_buffer_append_text(&text, i == 0 ? STAMP : "," STAMP);
	mun_buffer_append_text(&text, "]}");
	status =
	    read_it(&detail, "time-stamp", "", mun_buffer_text(&text), false);
	if (status == MUN_OK) {
		*found = detail.stamp_count;
		mun_detail_clear(&detail);
	}
	mun_buffer_free(&text);
	return status;
}

static void
a_time_stamp_is_of_at_most_16_authorities(void **state)
{
	size_t found = 0;

	(void)state;
	assert_int_equal(read_stamps(16, &found), MUN_OK);
	assert_int_equal(found, 16);
	assert_int_equal(read_stamps(17, &found), MUN_ERR_FORMAT);
}

static void
a_type_is_about_what_it_may_be_about(void **state)
{
	static const char *const subjects[] = { "", ARCHIVE, DOCUMENT };
	/* SOURCE: docs/format/custody.md: vault, archive, document */
	static const struct {
		const char *type;
		bool may[3];
	} table[] = { { "actor-enrolled", { true, false, false } },
		{ "actor-revoked", { true, false, false } },
		{ "key-rotated", { true, false, false } },
		{ "policy-changed", { true, false, false } },
		{ "transfer", { false, true, true } },
		{ "access", { false, true, true } },
		{ "examination", { false, true, true } },
		{ "copy", { false, true, true } },
		{ "relation", { false, true, true } },
		{ "annotation", { false, true, true } },
		{ "migration", { true, true, false } },
		{ "deaccession", { false, true, false } },
		{ "time-stamp", { true, false, false } } };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (size_t k = 0; k < 3; k++) {
			char *text = with_certificate(
			    good[first_of(table[i].type)].detail);
			struct mun_detail out;
			enum mun_status status = read_it(
			    &out, table[i].type, subjects[k], text, true);

			if ((status == MUN_OK) != table[i].may[k])
				fail_msg("%s %zu", table[i].type, k);
			if (status == MUN_OK)
				mun_detail_clear(&out);
			free(text);
		}
	refused("fixity-check", DOCUMENT, "{\"result\":\"passed\"}");
}

static void
a_malformed_subject_is_refused(void **state)
{
	static const char *const bad[] = { "{}", "[]", "{\"archive\":3}",
		"{\"archive\":\"XPF-3\"}", "{\"archive\":\"XPF-0000\"}",
		"{\"archive\":\"xpf-0003\"}", "{\"archive\":\"\"}",
		"{\"archive\":\"XPF-0003\",\"x\":1}",
		"{\"archive\":\"XPF-0003\",\"document\":42}",
		"{\"archive\":\"XPF-0003\"," LEAF,
		"{\"document\":42,\"archive\":\"XPF-0003\"," LEAF,
		"{\"archive\":\"XPF-0003\",\"document\":0," LEAF,
		"{\"archive\":\"XPF-0003\",\"document\":-1," LEAF,
		"{\"archive\":\"XPF-0003\",\"document\":4294967296," LEAF,
		"{\"archive\":\"XPF-0003\",\"document\":\"42\"," LEAF,
		"{\"archive\":\"XPF-0003\",\"document\":42,\"leaf\":\"aa\"}",
		"{\"archive\":\"XPF-0003\",\"document\":42,\"leaf\":null}" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused("access", bad[i], "{}");
}

static void
each_wrong_detail_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		refused(wrong[i].type, wrong[i].subject, wrong[i].detail);
}

static void
an_annotation_needs_a_statement(void **state)
{
	struct mun_detail out;

	(void)state;
	assert_int_equal(read_it(&out, "annotation", ARCHIVE,
			     "{\"keys\":[\"note\"]}", false),
	    MUN_ERR_FORMAT);
}

/* As many ranges as an event can hold, and one more. */
static void
ranges_end_at_their_limit(void **state)
{
	(void)state;
	for (int more = 0; more < 2; more++) {
		struct mun_event event = MUN_EVENT_INIT;
		struct mun_detail out;
		enum mun_status status;

		(void)snprintf(event.type, sizeof(event.type), "copy");
		event.seq = 100000;
		mun_buffer_append_text(
		    &event.detail, "{\"kind\":\"evidentiary\",\"entries\":[");
		for (int i = 0; i < MUN_ENTRIES_RANGES_MAX + more; i++) {
			char range[64];

			(void)snprintf(range, sizeof(range), "%s[%d,%d]",
			    i == 0 ? "" : ",", 2 * i, 2 * i);
			mun_buffer_append_text(&event.detail, range);
		}
		mun_buffer_append_text(&event.detail, "]}");
		mun_buffer_append_text(&event.subject, ARCHIVE);
		status = mun_detail_read(&out, &event, NULL);
		assert_int_equal(status, more == 0 ? MUN_OK : MUN_ERR_FORMAT);
		if (status == MUN_OK)
			mun_detail_clear(&out);
		mun_event_clear(&event);
	}
}

static void
an_unknown_type_says_what_it_is_about(void **state)
{
	struct mun_detail out;

	(void)state;
	assert_int_equal(
	    read_it(&out, "disclosure", DOCUMENT, "{\"any\":[1]}", false),
	    MUN_OK);
	assert_int_equal(out.type, MUN_EVENT_UNKNOWN);
	assert_string_equal(out.subject.archive, "XPF-0003");
	assert_int_equal(out.subject.document, 42);
	assert_int_equal(
	    read_it(&out, "disclosure", "{\"thing\":1}", "{}", false), MUN_OK);
	assert_string_equal(out.subject.archive, "");
	assert_int_equal(out.subject.document, 0);
}

static void
words_and_numbers_agree(void **state)
{
	(void)state;
	assert_int_equal(
	    mun_detail_number(MUN_DETAIL_ROLE, "counsel"), MUN_ROLE_COUNSEL);
	assert_string_equal(
	    mun_detail_word(MUN_DETAIL_ROLE, MUN_ROLE_KEEPER), "keeper");
	assert_null(mun_detail_word(MUN_DETAIL_ROLE, MUN_ROLES));
	assert_null(mun_detail_word(MUN_DETAIL_ROLE, 0));
	assert_int_equal(mun_detail_number(MUN_DETAIL_ROLE, "owner"), 0);
	assert_int_equal(mun_event_type_of("x"), MUN_EVENT_UNKNOWN);
	assert_int_equal(
	    mun_event_type_of("deaccession"), MUN_EVENT_DEACCESSION);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_detail_is_read_and_written_the_same),
		cmocka_unit_test(values_are_taken_out),
		cmocka_unit_test(each_detail_has_its_keys_and_no_others),
		cmocka_unit_test(nothing_follows_but_an_earlier_clock),
		cmocka_unit_test(a_time_stamp_is_of_at_most_16_authorities),
		cmocka_unit_test(a_type_is_about_what_it_may_be_about),
		cmocka_unit_test(a_malformed_subject_is_refused),
		cmocka_unit_test(each_wrong_detail_is_refused),
		cmocka_unit_test(an_annotation_needs_a_statement),
		cmocka_unit_test(ranges_end_at_their_limit),
		cmocka_unit_test(an_unknown_type_says_what_it_is_about),
		cmocka_unit_test(words_and_numbers_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
