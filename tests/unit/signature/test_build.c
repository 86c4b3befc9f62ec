/* SPDX-License-Identifier: BSD-2-Clause */
/* The encoding, against objects that another program wrote. */
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/time.h"
#include "pki/pki.h"
#include "signed.h"

enum {
	LINE_MAX_LEN = 8192
};

struct vector {
	enum mun_signature_form form;
	struct mun_buffer certificate, content, object;
	int64_t time_utc_s;
};

static struct mun_buffer
from_hex(const char *hex)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	size_t len = strlen(hex) / 2;
	uint8_t *room = mun_buffer_reserve(&bytes, len);

	assert_true(mun_hex_decode(room, len, hex, 2 * len));
	bytes.len = len;
	return bytes;
}

static struct vector
read_vector(const char *name)
{
	struct vector vector = { .form = MUN_SIGNATURE_DETACHED };
	char path[4096], line[LINE_MAX_LEN];
	FILE *file;

	snprintf(path, sizeof(path), MUN_TEST_DIR "/vectors/cms/%s.txt", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *value = strchr(line, ' ');

		assert_non_null(value);
		*value++ = '\0';
		value[strcspn(value, "\n")] = '\0';
		if (strcmp(line, "certificate") == 0)
			vector.certificate = from_hex(value);
		else if (strcmp(line, "content") == 0)
			vector.content = from_hex(value);
		else if (strcmp(line, "object") == 0)
			vector.object = from_hex(value);
		else if (strcmp(line, "form") == 0)
			vector.form = strcmp(value, "enclosing") == 0
			    ? MUN_SIGNATURE_ENCLOSING
			    : MUN_SIGNATURE_DETACHED;
		else if (strcmp(line, "time") == 0)
			assert_true(mun_time_parse(
			    &vector.time_utc_s, value, strlen(value)));
		else
			assert_string_equal(line, "SOURCE");
	}
	fclose(file);
	return vector;
}

static void
expect_same(const char *name)
{
	struct vector vector = read_vector(name);
	struct mun_buffer built = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *signer;
	struct mun_signature_claim claim;

	MUN_EXPECT_OK(mun_certificate_from_der(&signer, vector.certificate.data,
			  vector.certificate.len, &err),
	    &err);
	MUN_EXPECT_OK(mun_signature_unverified_claim(&claim, vector.form,
			  vector.object.data, vector.object.len, &err),
	    &err);
	mun_signature_build(&built, vector.form, signer, vector.content.data,
	    vector.content.len, vector.time_utc_s, claim.value,
	    claim.value_len);
	assert_int_equal(built.status, MUN_OK);
	assert_int_equal(built.len, vector.object.len);
	assert_memory_equal(built.data, vector.object.data, built.len);
	assert_null(mun_signature_check(vector.form, signer,
	    vector.content.data, vector.content.len, vector.time_utc_s,
	    vector.object.data, vector.object.len));
	mun_certificate_free(signer);
	mun_buffer_free(&built);
	mun_buffer_free(&vector.certificate);
	mun_buffer_free(&vector.content);
	mun_buffer_free(&vector.object);
}

static void
test_it_is_what_openssl_writes(void **state)
{
	(void)state;
	expect_same("seal-p256");
	expect_same("entry-p384");
	expect_same("entry-rsa3072");
}

/* Where `bytes` stand in the signed attributes for that time. */
static bool
attributes_hold(int64_t at_utc_s, const char *bytes, size_t len)
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_CMS_MAX);
	bool is_there = false;

	mun_signature_attributes(
	    &out, signer, signed_content, signed_content_len, at_utc_s);
	assert_int_equal(out.status, MUN_OK);
	assert_int_equal(out.data[0], 0x31);
	for (size_t at = 0; at + len <= out.len; at++)
		is_there = is_there || memcmp(out.data + at, bytes, len) == 0;
	mun_buffer_free(&out);
	mun_certificate_free(signer);
	return is_there;
}

static void
test_the_form_of_the_time_changes_with_2050(void **state)
{
	(void)state;
	assert_true(attributes_hold(0,
	    "\x17\x0d"
	    "700101000000Z",
	    15));
	/* 1999-12-31T23:59:59Z and the second after */
	assert_true(attributes_hold(946684799,
	    "\x17\x0d"
	    "991231235959Z",
	    15));
	assert_true(attributes_hold(946684800,
	    "\x17\x0d"
	    "000101000000Z",
	    15));
	/* 2049-12-31T23:59:59Z and the second after */
	assert_true(attributes_hold(2524607999,
	    "\x17\x0d"
	    "491231235959Z",
	    15));
	assert_true(attributes_hold(2524608000,
	    "\x18\x0f"
	    "20500101000000Z",
	    17));
	/* 9999-12-31T23:59:59Z */
	assert_true(attributes_hold(INT64_C(253402300799),
	    "\x18\x0f"
	    "99991231235959Z",
	    17));
}

static void
test_a_time_that_cannot_be_written_is_an_error(void **state)
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	const int64_t times[] = { -1, INT64_C(253402300800), INT64_MAX,
		INT64_MIN };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct mun_buffer out = MUN_BUFFER_INIT(MUN_CMS_MAX);

		mun_signature_attributes(&out, signer, "", 0, times[i]);
		assert_int_equal(out.status, MUN_ERR_LIMIT);
		mun_buffer_free(&out);
	}
	mun_certificate_free(signer);
}

static void
test_an_object_above_the_limit_is_an_error(void **state)
{
	struct mun_certificate *signer = mun_pki_certificate("p256");
	static const char content[MUN_CMS_MAX];
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_CMS_MAX);

	(void)state;
	mun_signature_build(&out, MUN_SIGNATURE_ENCLOSING, signer, content,
	    sizeof(content), SIGNED_AT, "v", 1);
	assert_int_equal(out.status, MUN_ERR_LIMIT);
	mun_buffer_free(&out);
	mun_certificate_free(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_what_openssl_writes),
		cmocka_unit_test(test_the_form_of_the_time_changes_with_2050),
		cmocka_unit_test(
		    test_a_time_that_cannot_be_written_is_an_error),
		cmocka_unit_test(test_an_object_above_the_limit_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
