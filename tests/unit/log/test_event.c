/* SPDX-License-Identifier: BSD-2-Clause */
/* test_event.c - the event line, and what is in the types we know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edited.h"
#include "harness/harness.h"
#include "log/event.h"
#include "pki/pki.h"

#define SUBJECT                                          \
	"{\"archive\":\"XPF-0003\",\"sha256\":\"" HEX64( \
	    "1") "\",\"seal\":\"" HEX64("2") "\",\"seal_signature\":\"" HEX64("3") "\"}"
#define LINE                                                                  \
	"{\"format\":\"muniment-event/1\",\"origin\":\"example.org/a_b-c\","  \
	"\"vault\":\"" HEX64("a") "\",\"seq\":17,\"prev\":\"" HEX64(          \
	    "b") "\",\"time\":\"2026-11-23T10:11:12Z\",\"type\":\"deposit\"," \
		 "\"actor\":\"" HEX64(                                        \
		     "c") "\",\"subject\":" SUBJECT                           \
			  ",\"detail\":{},\"statement\":\"" HEX64(            \
			      "d") "\",\"nonce\":\"" HEX64("e") "\"}\n"

static enum mun_status
parse(struct mun_event *event, const char *text, struct mun_error *err)
{
	return mun_event_parse(event, text, strlen(text), err);
}

static void
an_event_is_taken_out_and_written_the_same(void **state)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	MUN_EXPECT_OK(parse(&event, LINE, &err), &err);
	assert_string_equal(event.origin, "example.org/a_b-c");
	assert_true(event.has_vault);
	assert_int_equal(event.seq, 17);
	assert_int_equal(event.time_utc_s, 1795428672);
	assert_string_equal(event.type, "deposit");
	assert_int_equal(event.actor[31], 0xcc);
	assert_string_equal(mun_buffer_text(&event.subject), SUBJECT);
	assert_string_equal(mun_buffer_text(&event.detail), "{}");
	assert_true(event.has_statement);
	assert_int_equal(event.nonce[0], 0xee);
	mun_event_write(&event, &again);
	assert_string_equal(mun_buffer_text(&again), LINE);
	mun_buffer_free(&again);
	mun_event_clear(&event);
}

/* SOURCE: docs/format/log.md, Event; docs/format/json.md. */
static const struct edit good[] = {
	{ "\"statement\":\"" HEX64("d") "\",", "" },
	{ "\"subject\":" SUBJECT ",", "" },
	{ "\"type\":\"deposit\"", "\"type\":\"never-seen\"" },
	{ "\"detail\":{}", "\"detail\":{\"clock\":\"2026-11-23T09:00:00Z\"}" },
	{ "\"detail\":{}",
	    "\"detail\":{\"a\":[1,{\"b\":\"\\n\\u001f\xc3\xa9"
	    "\"},true,null,-5]}" },
	{ "\"seq\":17", "\"seq\":9223372036854775807" },
	{ "\"vault\":\"" HEX64("a") "\",\"seq\":17,\"prev\":\"" HEX64("b") "\"",
	    "\"seq\":0,\"prev\":\"" HEX64("0") "\"" },
};

static void
other_shapes_of_an_event_are_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
		struct mun_event event = MUN_EVENT_INIT;
		struct mun_error err = MUN_ERROR_INIT;
		char *text = edited(LINE, &good[i]);

		MUN_EXPECT_OK(parse(&event, text, &err), &err);
		mun_event_write(&event, &again);
		assert_string_equal(mun_buffer_text(&again), text);
		mun_event_clear(&event);
		mun_buffer_free(&again);
		free(text);
	}
}

static const struct edit bad[] = {
	{ "muniment-event/1", "muniment-event/2" },
	{ "{\"format\"", "{ \"format\"" },
	{ "{\"format\"", " {\"format\"" },
	{ "{\"format\"", "\xef\xbb\xbf{\"format\"" },
	{ "{\"format\":\"muniment-event/1\",", "{" },
	{ "example.org/a_b-c", "" },
	{ "example.org/a_b-c", "example org" },
	{ "example.org/a_b-c", "a+b" },
	{ "example.org/a_b-c", "a\\nb" },
	{ "example.org/a_b-c", "a\\u0000b" },
	{ "example.org/a_b-c", "\xc3\xa9" },
	{ "example.org", "example\\u002eorg" },
	{ "example.org/", HEX64("o") HEX64("o") HEX64("o") HEX64("o") },
	{ "\"vault\":\"" HEX64("a") "\",", "" },
	{ "\"vault\":\"" HEX64("a"), "\"vault\":\"" HEX64("A") },
	{ "\"vault\":\"" HEX64("a"), "\"vault\":\"a" HEX64("a") },
	{ "\"vault\":\"" HEX64("a") "\"", "\"vault\":null" },
	{ "\"seq\":17", "\"seq\":0" },
	{ "\"seq\":17", "\"seq\":-17" },
	{ "\"seq\":17", "\"seq\":17.0" },
	{ "\"seq\":17", "\"seq\":017" },
	{ "\"seq\":17", "\"seq\":1e1" },
	{ "\"seq\":17", "\"seq\":\"17\"" },
	{ "\"seq\":17", "\"seq\":9223372036854775808" },
	{ "\"seq\":17", "\"seq\":1e999" },
	{ "\"seq\":17", "\"seq\":NaN" },
	{ "\"prev\":\"" HEX64("b"), "\"prev\":\"" HEX64("0") },
	{ "\"prev\":\"" HEX64("b"), "\"prev\":\"" },
	{ "10:11:12Z", "10:11:12z" },
	{ "10:11:12Z", "10:11:12.000Z" },
	{ "10:11:12Z", "10:11:60Z" },
	{ "10:11:12Z", "10:11:12+00:00" },
	{ "2026-11-23", "2026-02-29" },
	{ "\"time\":\"2026-11-23T10:11:12Z\"", "\"time\":1795428672" },
	{ "\"type\":\"deposit\"", "\"type\":\"\"" },
	{ "\"type\":\"deposit\"", "\"type\":\"Deposit\"" },
	{ "\"type\":\"deposit\"",
	    "\"type\":\"a-type-longer-than-thirty-one-"
	    "characters\"" },
	{ "\"actor\":\"" HEX64("c") "\",", "" },
	{ "\"subject\":" SUBJECT, "\"subject\":\"text\"" },
	{ "\"subject\":" SUBJECT, "\"subject\":[]" },
	{ "\"subject\":" SUBJECT, "\"subject\":null" },
	{ "\"detail\":{},", "" },
	{ "\"detail\":{}", "\"detail\":{ }" },
	{ "\"detail\":{}", "\"detail\":[]" },
	{ "\"detail\":{}", "\"detail\":{\"a\":1.5}" },
	{ "\"detail\":{}", "\"detail\":{\"a\":1,\"a\":1}" },
	{ "\"detail\":{}", "\"detail\":{\"a\":\"\\u000a\"}" },
	{ "\"detail\":{}", "\"detail\":{\"a\":\"\\/\"}" },
	{ "\"detail\":{}", "\"detail\":{\"a\":\"\\ud800\"}" },
	{ "\"detail\":{}", "\"detail\":{\"a\":\"\xff\"}" },
	{ "\"detail\":{}",
	    "\"detail\":{\"a\":[[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]"
	    "]]]]]}" },
	{ "\"statement\":\"" HEX64("d") "\"", "\"statement\":null" },
	{ "\"nonce\":\"" HEX64("e"), "\"nonce\":\"" HEX64("e") "ee" },
	{ ",\"nonce\":\"" HEX64("e") "\"", "" },
	{ "\"}\n", "\",\"extra\":1}\n" },
	{ "\"seq\":17", "\"seq\":17,\"seq\":17" },
	{ "\"}\n", "\",}\n" },
	{ "\"}\n", "\"}" },
	{ "\"}\n", "\"}\r\n" },
	{ "", "\n" },
	{ "", "{}" },
	{ LINE, "" },
	{ LINE, "\n" },
	{ LINE, "null\n" },
	{ LINE, "[]\n" },
};

static void
each_departure_from_the_one_form_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mun_event event = MUN_EVENT_INIT;
		struct mun_error err = MUN_ERROR_INIT;
		char *text = edited(LINE, &bad[i]);

		if (parse(&event, text, &err) != MUN_ERR_FORMAT)
			fail_msg("'%s' for '%s' gave status %d", bad[i].to,
			    bad[i].from, (int)err.status);
		mun_event_clear(&event);
		free(text);
	}
}

static void
an_event_above_the_limit_is_refused(void **state)
{
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	size_t filler = MUN_EVENT_MAX - strlen(LINE) - strlen("\"a\":\"\"");
	char *long_text = malloc(filler + 16);
	struct edit edit = { "\"detail\":{}", NULL };
	char *detail = malloc(filler + 64);
	char *text;

	(void)state;
	assert_non_null(long_text);
	assert_non_null(detail);
	for (size_t extra = 0; extra < 2; extra++) {
		memset(long_text, 'x', filler + extra);
		long_text[filler + extra] = '\0';
		sprintf(detail, "\"detail\":{\"a\":\"%s\"}", long_text);
		edit.to = detail;
		text = edited(LINE, &edit);
		MUN_EXPECT_STATUS(parse(&event, text, &err),
		    extra == 0 ? MUN_OK : MUN_ERR_FORMAT, &err);
		free(text);
	}
	mun_event_clear(&event);
	free(long_text);
	free(detail);
}

static void
a_clock_is_found_as_the_last_key_only(void **state)
{
	static const struct {
		const char *detail;
		bool found;
	} cases[] = {
		{ "{}", false },
		{ "{\"clock\":\"2026-11-23T10:00:00Z\"}", true },
		{ "{\"a\":1,\"clock\":\"2026-11-23T10:00:00Z\"}", true },
		{ "{\"clock\":\"2026-11-23T10:00:00Z\",\"a\":1}", false },
		{ "{\"clock\":\"yesterday\"}", false },
		{ "{\"clock\":12}", false },
	};
	int64_t clock_utc_s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_event event = MUN_EVENT_INIT;

		mun_buffer_append_text(&event.detail, cases[i].detail);
		assert_int_equal(
		    mun_event_clock(&event, &clock_utc_s), cases[i].found);
		if (cases[i].found)
			assert_int_equal(clock_utc_s, 1795428000);
		mun_event_clear(&event);
	}
}

static enum mun_status
deposit(const struct edit *edit, struct mun_deposit_subject *subject)
{
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	char *text = edited(LINE, edit);
	enum mun_status status;

	MUN_EXPECT_OK(parse(&event, text, &err), &err);
	status = mun_event_deposit(subject, &event, &err);
	mun_event_clear(&event);
	free(text);
	return status;
}

static void
a_deposit_names_its_archive_and_three_digests(void **state)
{
	static const struct edit same = { "", "" };
	static const struct edit behind = { "\"detail\":{}",
		"\"detail\":{\"clock\":\"2026-11-23T10:11:11Z\"}" };
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_deposit_subject subject;

	(void)state;
	assert_int_equal(deposit(&behind, &subject), MUN_OK);
	assert_int_equal(deposit(&same, &subject), MUN_OK);
	assert_string_equal(subject.archive, "XPF-0003");
	assert_int_equal(subject.sha256[0], 0x11);
	assert_int_equal(subject.seal[0], 0x22);
	assert_int_equal(subject.seal_signature[0], 0x33);
	mun_deposit_subject_write(&subject, &again);
	assert_string_equal(mun_buffer_text(&again), SUBJECT);
	mun_buffer_free(&again);
}

static void
a_deposit_of_another_shape_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "\"subject\":" SUBJECT ",", "" },
		{ "\"type\":\"deposit\"", "\"type\":\"transfer\"" },
		{ "XPF-0003", "XPF-3" },
		{ "XPF-0003", "XPF-00003" },
		{ "XPF-0003", "xpf-0003" },
		{ "XPF-0003", "../../etc" },
		{ "XPF-0003", "XPF-0000" },
		{ "\"archive\":\"XPF-0003\",", "" },
		{ "\"seal\":\"" HEX64("2") "\",", "" },
		{ "\"sha256\":\"" HEX64("1"), "\"sha256\":\"" HEX16("1") },
		{ HEX64("3") "\"}", HEX64("3") "\",\"size\":10}" },
		{ "\"detail\":{}", "\"detail\":{\"note\":\"typed\"}" },
		{ "\"detail\":{}",
		    "\"detail\":{\"a\":1,\"clock\":\"2026-11-"
		    "23T10:11:11Z\"}" },
		/* A clock that was not behind has no business there. */
		{ "\"detail\":{}",
		    "\"detail\":{\"clock\":\"2026-11-23T10:11:12Z\"}" },
	};
	struct mun_deposit_subject subject;

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		if (deposit(&edits[i], &subject) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", edits[i].to);
	}
}

static void
make_created(struct mun_vault_created *created, bool all)
{
	*created = (struct mun_vault_created){ .prefix = "XPF",
		.log_key = { 7 },
		.time_stamp_authorities = 2,
		.continues_reason = "key-lost" };
	created->certificate = mun_pki_certificate("p256");
	created->continues = all;
	if (all)
		created->recovery = mun_pki_certificate("p384");
}

static enum mun_status
created_from(const char *detail, struct mun_vault_created *out)
{
	struct mun_event event = MUN_EVENT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;

	snprintf(event.type, sizeof(event.type), "vault-created");
	mun_buffer_append_text(&event.detail, detail);
	status = mun_event_vault_created(out, &event, &err);
	mun_event_clear(&event);
	return status;
}

static void
the_creation_of_a_vault_is_taken_out_as_it_was_put_in(void **state)
{
	(void)state;
	for (int all = 0; all < 2; all++) {
		struct mun_buffer detail = MUN_BUFFER_INIT(MUN_EVENT_MAX);
		struct mun_vault_created created, read;

		make_created(&created, all != 0);
		mun_vault_created_write(&created, &detail);
		assert_int_equal(
		    created_from(mun_buffer_text(&detail), &read), MUN_OK);
		assert_string_equal(read.prefix, "XPF");
		assert_int_equal(read.log_key[0], 7);
		assert_int_equal(read.time_stamp_authorities, 2);
		assert_int_equal(read.continues, all);
		assert_int_equal(read.recovery != NULL, all);
		assert_memory_equal(mun_certificate_sha256(read.certificate),
		    mun_certificate_sha256(created.certificate), 32);
		mun_vault_created_clear(&read);
		mun_vault_created_clear(&created);
		mun_buffer_free(&detail);
	}
}

static void
the_creation_of_a_vault_in_another_shape_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "\"XPF\"", "\"xpf\"" },
		{ "\"XPF\"", "\"X\"" },
		{ "\"prefix\":\"XPF\",", "" },
		{ "\"log_key\":\"07", "\"log_key\":\"" },
		{ "\"certificate_b64\":\"M", "\"certificate_b64\":\"N" },
		{ "\"certificate_b64\":\"", "\"certificate_b64\":\"AA" },
		{ "\"recovery_b64\":\"M", "\"recovery_b64\":\"N" },
		{ "\"recovery_b64\":\"", "\"recovery_b64\":1,\"x\":\"" },
		{ "\"policy\":{\"time_stamp_authorities\":2}", "\"policy\":2" },
		{ "\"time_stamp_authorities\":2", "" },
		{ "authorities\":2", "authorities\":2,\"more\":1" },
		{ "\"key-lost\"", "\"bored\"" },
		{ ",\"reason\":\"key-lost\"", "" },
		{ "\"key-lost\"}", "\"key-lost\",\"by\":\"X\"}" },
		{ "\"key-lost\"}}", "\"key-lost\"},\"more\":{}}" },
		{ "\"key-lost\"}}",
		    "\"key-lost\"},\"clock\":\"2026-11-23T10:11:12Z\"}" },
	};
	struct mun_buffer detail = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_vault_created created, read;

	(void)state;
	make_created(&created, true);
	mun_vault_created_write(&created, &detail);
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *text = edited(mun_buffer_text(&detail), &edits[i]);

		if (created_from(text, &read) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", edits[i].to);
		assert_null(read.certificate);
		assert_null(read.recovery);
		free(text);
	}
	mun_vault_created_clear(&created);
	mun_buffer_free(&detail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_taken_out_and_written_the_same),
		cmocka_unit_test(other_shapes_of_an_event_are_accepted),
		cmocka_unit_test(each_departure_from_the_one_form_is_refused),
		cmocka_unit_test(an_event_above_the_limit_is_refused),
		cmocka_unit_test(a_clock_is_found_as_the_last_key_only),
		cmocka_unit_test(a_deposit_names_its_archive_and_three_digests),
		cmocka_unit_test(a_deposit_of_another_shape_is_refused),
		cmocka_unit_test(
		    the_creation_of_a_vault_is_taken_out_as_it_was_put_in),
		cmocka_unit_test(
		    the_creation_of_a_vault_in_another_shape_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
