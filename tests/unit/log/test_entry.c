/* SPDX-License-Identifier: BSD-2-Clause */
/* test_entry.c - an entry is one signature of one event, to the last bit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "edited.h"
#include "harness/harness.h"
#include "log/detail.h"
#include "pki/pki.h"
#include "signature/signature.h"

enum {
	SIGNED_AT = 1795428672
};

static void
make_event(struct mun_event *event, const char *actor)
{
	struct mun_certificate *certificate = mun_pki_certificate(actor);

	*event = (struct mun_event)MUN_EVENT_INIT;
	snprintf(event->origin, sizeof(event->origin), "example.org");
	snprintf(event->type, sizeof(event->type), "deposit");
	event->has_vault = true;
	event->seq = 1;
	event->prev[0] = 1;
	event->time_utc_s = SIGNED_AT;
	memcpy(event->actor, mun_certificate_sha256(certificate), 32);
	mun_buffer_append_text(&event->detail, "{}");
	mun_certificate_free(certificate);
}

/* Signed by that key, with the certificate of that name, as of that time. */
static struct mun_buffer
make_entry(const struct mun_event *event, const char *name, const char *key,
    int64_t at_utc_s)
{
	struct mun_certificate *signer = mun_pki_certificate(name);
	struct mun_buffer content = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer attributes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);

	mun_event_write(event, &content);
	mun_signature_attributes(
	    &attributes, signer, content.data, content.len, at_utc_s);
	mun_pki_sign(key, attributes.data, attributes.len, &value);
	mun_signature_build(&der, MUN_SIGNATURE_ENCLOSING, signer, content.data,
	    content.len, at_utc_s, value.data, value.len);
	assert_int_equal(der.status, MUN_OK);
	mun_buffer_free(&content);
	mun_buffer_free(&attributes);
	mun_buffer_free(&value);
	mun_certificate_free(signer);
	return der;
}

/* "PASSED", "malformed", or the rule. */
static const char *
verdict(const void *der, size_t len)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	const char *rule = "malformed";
	enum mun_status status;

	status = mun_entry_unverified(&entry, der, len, &err);
	if (status == MUN_OK)
		rule = mun_entry_check(&entry, der, len);
	else
		assert_int_equal(status, MUN_ERR_FORMAT);
	mun_entry_clear(&entry);
	return rule == NULL ? "PASSED" : rule;
}

static void
an_entry_gives_its_event_and_digest(void **state)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t digest[MUN_SHA256_LEN];
	struct mun_event event;
	struct mun_buffer der;

	(void)state;
	make_event(&event, "p256");
	der = make_entry(&event, "p256", "p256", SIGNED_AT);
	MUN_EXPECT_OK(
	    mun_entry_unverified(&entry, der.data, der.len, &err), &err);
	assert_null(mun_entry_check(&entry, der.data, der.len));
	assert_int_equal(entry.event.seq, 1);
	mun_sha256_of(digest, der.data, der.len);
	assert_memory_equal(digest, entry.sha256, sizeof(digest));
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	mun_event_clear(&event);
}

static void
every_flipped_bit_is_refused(void **state)
{
	struct mun_event event;
	struct mun_buffer der;

	(void)state;
	make_event(&event, "p256");
	der = make_entry(&event, "p256", "p256", SIGNED_AT);
	for (size_t bit = 0; bit < 8 * der.len; bit += MUN_FLIP_STEP) {
		der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (strcmp(verdict(der.data, der.len), "PASSED") == 0)
			fail_msg("bit %zu flipped, and accepted", bit);
		der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_string_equal(verdict(der.data, der.len), "PASSED");
	mun_buffer_free(&der);
	mun_event_clear(&event);
}

static void
every_truncation_and_one_byte_more_are_refused(void **state)
{
	struct mun_event event;
	struct mun_buffer der;

	(void)state;
	make_event(&event, "p384");
	der = make_entry(&event, "p384", "p384", SIGNED_AT);
	for (size_t len = 0; len < der.len; len++)
		assert_string_not_equal(verdict(der.data, len), "PASSED");
	mun_buffer_append_byte(&der, 0);
	assert_string_not_equal(verdict(der.data, der.len), "PASSED");
	mun_buffer_free(&der);
	mun_event_clear(&event);
}

static void
an_actor_who_is_not_the_signer_is_named(void **state)
{
	struct mun_event event;
	struct mun_buffer der;

	(void)state;
	make_event(&event, "p384");
	der = make_entry(&event, "p256", "p256", SIGNED_AT);
	assert_string_equal(verdict(der.data, der.len), "event.actor");
	mun_buffer_free(&der);
	mun_event_clear(&event);
}

static void
a_signing_time_other_than_the_events_is_refused(void **state)
{
	struct mun_event event;
	struct mun_buffer der;

	(void)state;
	make_event(&event, "p256");
	der = make_entry(&event, "p256", "p256", SIGNED_AT + 1);
	assert_string_equal(verdict(der.data, der.len), "cms.encoding");
	mun_buffer_free(&der);
	mun_event_clear(&event);
}

static void
a_certificate_that_may_not_sign_is_refused(void **state)
{
	struct mun_event event;
	struct mun_buffer der;

	(void)state;
	make_event(&event, "is-ca");
	der = make_entry(&event, "is-ca", "p256", SIGNED_AT);
	assert_string_equal(verdict(der.data, der.len), "certificate.is-ca");
	mun_buffer_free(&der);
	mun_event_clear(&event);
}

/* What is taken apart is as it was seen at a glance; what is not, nobody
 * takes for an event. */
static void
agree_on(const void *der, size_t len, bool must_be_seen)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_entry_glance glance;
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	bool is_seen = mun_entry_glance(&glance, der, len);

	if (must_be_seen)
		assert_true(is_seen);
	if (is_seen && mun_entry_unverified(&entry, der, len, NULL) == MUN_OK) {
		assert_int_equal(
		    glance.type, mun_event_type_of(entry.event.type));
		mun_buffer_append_format(
		    &subject, "{\"archive\":\"%s\"", glance.archive);
		if (entry.event.subject.len == 0)
			assert_string_equal(glance.archive, "");
		else
			assert_memory_equal(entry.event.subject.data,
			    subject.data, subject.len);
	}
	mun_buffer_free(&subject);
	mun_entry_clear(&entry);
}

/* An origin that holds all that an origin may. */
static struct mun_buffer
make_any(const char *type, const char *subject, const char *detail)
{
	struct mun_event event;
	struct mun_buffer der;

	make_event(&event, "p256");
	(void)snprintf(
	    event.origin, sizeof(event.origin), "a.example/type/subject-_");
	(void)snprintf(event.type, sizeof(event.type), "%s", type);
	mun_buffer_append_text(&event.subject, subject);
	mun_buffer_reset(&event.detail);
	mun_buffer_append_text(&event.detail, detail);
	der = make_entry(&event, "p256", "p256", SIGNED_AT);
	mun_event_clear(&event);
	return der;
}

static void
a_glance_says_what_reading_says(void **state)
{
	static const struct {
		const char *type, *subject, *detail;
		enum mun_event_type is;
		const char *archive;
	} cases[] = {
		{ "access", "{\"archive\":\"XPF-0003\"}", "{}",
		    MUN_EVENT_ACCESS, "XPF-0003" },
		{ "transfer", "{\"archive\":\"XPF-0003\",\"document\":42}",
		    "{\"step\":\"accepted\"}", MUN_EVENT_TRANSFER, "XPF-0003" },
		{ "actor-revoked", "",
		    "{\"x\":\",\\\"type\\\":\\\"access\\\"\"}",
		    MUN_EVENT_ACTOR_REVOKED, "" },
		{ "fixity-check", "", "{\"result\":\"passed\"}",
		    MUN_EVENT_FIXITY_CHECK, "" },
		{ "weather", "", "{\"type\":\"access\"}", MUN_EVENT_UNKNOWN,
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_buffer der =
		    make_any(cases[i].type, cases[i].subject, cases[i].detail);
		struct mun_entry_glance glance;

		agree_on(der.data, der.len, true);
		assert_true(mun_entry_glance(&glance, der.data, der.len));
		assert_int_equal(glance.type, cases[i].is);
		assert_string_equal(glance.archive, cases[i].archive);
		/* each bit of one, else it takes long */
		for (size_t bit = 0; i == 1 && bit < 8 * der.len;
		     bit += MUN_FLIP_STEP) {
			der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			agree_on(der.data, der.len, false);
			der.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (size_t len = 0; len < der.len; len++)
			agree_on(der.data, len, false);
		mun_buffer_free(&der);
	}
}

/* Whoever asks has to read it then. */
static void
a_subject_of_another_form_is_not_seen_at_a_glance(void **state)
{
	static const char *const subjects[] = { "{\"document\":42}",
		"{\"archive\":\"XPF\\\\0003\"}", "{\"archive\":3}",
		"{\"archive\":\"XPF-00000000000000000000000003\"}" };

	(void)state;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		struct mun_buffer der = make_any("access", subjects[i], "{}");
		struct mun_entry_glance glance;

		if (mun_entry_glance(&glance, der.data, der.len))
			fail_msg("%s: '%s'", subjects[i], glance.archive);
		mun_buffer_free(&der);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_gives_its_event_and_digest),
		cmocka_unit_test(every_flipped_bit_is_refused),
		cmocka_unit_test(
		    every_truncation_and_one_byte_more_are_refused),
		cmocka_unit_test(an_actor_who_is_not_the_signer_is_named),
		cmocka_unit_test(
		    a_signing_time_other_than_the_events_is_refused),
		cmocka_unit_test(a_certificate_that_may_not_sign_is_refused),
		cmocka_unit_test(a_glance_says_what_reading_says),
		cmocka_unit_test(
		    a_subject_of_another_form_is_not_seen_at_a_glance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
