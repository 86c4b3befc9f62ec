/* SPDX-License-Identifier: BSD-2-Clause */
/* test_values.c - what the parsers take out of a line is what was put in. */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

static void
fill(void *bytes, size_t len, uint8_t first)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)bytes)[i] = (uint8_t)(first + i);
}

/* The line without its LF. */
static const char *
line_of(const struct mun_buffer *buf, size_t *len)
{
	assert_int_equal(buf->status, MUN_OK);
	assert_int_equal(buf->data[buf->len - 1], '\n');
	*len = buf->len - 1;
	return (const char *)buf->data;
}

static void
test_record_keeps_every_field(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_record in = { .number = 42,
		.file = "data/XPF-0003-000042.pdf",
		.size = UINT64_C(1) << 40,
		.media_type = "application/pdf",
		.has_private = { true, true, false, true } };
	struct mun_record got;
	const char *line;
	size_t len;

	(void)state;
	fill(&in.digests, sizeof(in.digests), 1);
	fill(in.salt, sizeof(in.salt), 2);
	fill(in.private_sha256[MUN_PRIVATE_NAME], 32, 3);
	fill(in.private_sha256[MUN_PRIVATE_PATH], 32, 4);
	fill(in.private_sha256[MUN_PRIVATE_DESCRIPTION], 32, 5);
	mun_record_write(&in, &out);
	line = line_of(&out, &len);
	MUN_EXPECT_OK(mun_record_parse(&got, line, len, &err), &err);
	assert_true(got.number == in.number && got.size == in.size);
	assert_string_equal(got.file, in.file);
	assert_string_equal(got.media_type, in.media_type);
	assert_memory_equal(&got.digests, &in.digests, sizeof(in.digests));
	assert_memory_equal(got.salt, in.salt, sizeof(in.salt));
	assert_memory_equal(
	    got.has_private, in.has_private, sizeof(in.has_private));
	assert_memory_equal(
	    got.private_sha256, in.private_sha256, sizeof(in.private_sha256));
	mun_buffer_free(&out);
}

/* Every byte value, and one of the longest paths there can be. */
static void
expect_name_kept(const uint8_t *name, size_t name_len)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_private in = { .number = 7,
		.field = MUN_PRIVATE_PATH,
		.bytes = name,
		.len = name_len };
	struct mun_finding finding = { .rule = "source.symlink",
		.path = name,
		.path_len = name_len,
		.target = name,
		.target_len = name_len < 4096 ? name_len : 4096,
		.detail = "not followed" };
	struct mun_private got;
	struct mun_finding got_finding;
	const char *line;
	size_t len;

	mun_private_write(&in, &out);
	line = line_of(&out, &len);
	MUN_EXPECT_OK(mun_private_parse(&got, &scratch, line, len, &err), &err);
	assert_int_equal(got.len, name_len);
	assert_memory_equal(got.bytes, name, name_len);
	assert_int_equal(got.field, MUN_PRIVATE_PATH);

	mun_buffer_reset(&out);
	mun_finding_write(&finding, &out);
	line = line_of(&out, &len);
	MUN_EXPECT_OK(
	    mun_finding_parse(&got_finding, &scratch, line, len, &err), &err);
	assert_int_equal(got_finding.path_len, name_len);
	assert_memory_equal(got_finding.path, name, name_len);
	assert_int_equal(got_finding.target_len, finding.target_len);
	assert_memory_equal(got_finding.target, name, finding.target_len);
	assert_string_equal(got_finding.detail, "not followed");
	assert_string_equal(got_finding.rule, "source.symlink");
	mun_buffer_free(&out);
	mun_buffer_free(&scratch);
}

static void
test_any_path_is_kept_byte_for_byte(void **state)
{
	uint8_t *name = malloc(MUN_PATH_MAX);

	(void)state;
	assert_non_null(name);
	for (size_t i = 0; i < 255; i++)
		name[i] = (uint8_t)(i + 1);
	expect_name_kept(name, 255);
	/* The worst: control bytes, six characters each in JSON. */
	memset(name, 0x01, MUN_PATH_MAX);
	expect_name_kept(name, MUN_PATH_MAX);
	expect_name_kept(name, 1);
	free(name);
}

static void
test_member_keeps_every_field(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_member in = { .document = 42,
		.number = 9,
		.container = 8,
		.name = (const uint8_t *)"/../\0\xff",
		.name_len = 6,
		.size = 5 };
	struct mun_member got;
	const char *line;
	size_t len;

	(void)state;
	fill(&in.digests, sizeof(in.digests), 9);
	mun_member_write(&in, &out);
	line = line_of(&out, &len);
	MUN_EXPECT_OK(mun_member_parse(&got, &scratch, line, len, &err), &err);
	assert_true(got.document == 42 && got.number == 9 &&
	    got.container == 8 && got.size == 5);
	assert_int_equal(got.name_len, 6);
	assert_memory_equal(got.name, in.name, 6);
	assert_memory_equal(&got.digests, &in.digests, sizeof(in.digests));
	mun_buffer_free(&out);
	mun_buffer_free(&scratch);
}

static void
test_times_keep_sign_and_nanoseconds(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_private in = { .number = 1,
		.field = MUN_PRIVATE_TIMES,
		.modified_s = -62135596800,
		.modified_ns = 123456789 };
	struct mun_private got;
	const char *line;
	size_t len;

	(void)state;
	mun_private_write(&in, &out);
	line = line_of(&out, &len);
	MUN_EXPECT_OK(mun_private_parse(&got, &scratch, line, len, &err), &err);
	assert_true(got.modified_s == in.modified_s);
	assert_int_equal(got.modified_ns, 123456789);
	mun_buffer_free(&out);
	mun_buffer_free(&scratch);
}

static void
test_deposit_keeps_every_field(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_DEPOSIT_JSON_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_deposit_metadata in = { .archive = "XPF-0003",
		.tool = "muniment 0.1.0",
		.documents = 1,
		.bytes = 2,
		.members = 3,
		.findings = 4,
		.sandbox = true,
		.limits = { 11, 12, 13, 14, 15, 16, 17 } };
	struct mun_deposit_metadata got;

	(void)state;
	fill(in.padding_seed, 32, 6);
	mun_deposit_metadata_write(&in, &out);
	MUN_EXPECT_OK(
	    mun_deposit_metadata_parse(&got, out.data, out.len, &err), &err);
	assert_string_equal(got.archive, in.archive);
	assert_string_equal(got.tool, in.tool);
	assert_true(got.documents == 1 && got.bytes == 2 && got.members == 3 &&
	    got.findings == 4 && got.sandbox && !got.times);
	assert_memory_equal(&got.limits, &in.limits, sizeof(in.limits));
	assert_memory_equal(got.padding_seed, in.padding_seed, 32);
	mun_buffer_free(&out);
}

static void
test_seal_keeps_every_field(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_SEAL_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_seal in = { .archive = "XPF-0003",
		.sealed_at_utc_s = 1795428672,
		.complete = false };
	struct mun_seal got;

	(void)state;
	/* The longest origin still fits the limit. */
	memset(in.origin, 'o', MUN_ORIGIN_MAX);
	fill(in.vault, 32, 1);
	fill(in.after, 32, 2);
	fill(in.document_root.bytes, 32, 3);
	fill(in.tagmanifest_sha256, 32, 4);
	fill(in.tagmanifest_sha512, 64, 5);
	fill(in.nonce, 32, 6);
	mun_seal_write(&in, &out);
	MUN_EXPECT_OK(mun_seal_parse(&got, out.data, out.len, &err), &err);
	assert_string_equal(got.origin, in.origin);
	assert_string_equal(got.archive, in.archive);
	assert_true(got.sealed_at_utc_s == in.sealed_at_utc_s);
	assert_false(got.complete);
	assert_memory_equal(got.vault, in.vault, 32);
	assert_memory_equal(got.after, in.after, 32);
	assert_memory_equal(&got.document_root, &in.document_root, 32);
	assert_memory_equal(got.tagmanifest_sha256, in.tagmanifest_sha256, 32);
	assert_memory_equal(got.tagmanifest_sha512, in.tagmanifest_sha512, 64);
	assert_memory_equal(got.nonce, in.nonce, 32);
	mun_buffer_free(&out);
}

static void
test_a_refusal_names_what_is_wrong(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_record record;
	struct mun_seal seal;

	(void)state;
	MUN_EXPECT_STATUS(mun_record_parse(&record, "{\"n\":1}", 7, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "the record has no acceptable 'file'");
	MUN_EXPECT_STATUS(
	    mun_seal_parse(&seal, "{}", 2, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "line feed");
	MUN_EXPECT_STATUS(
	    mun_seal_parse(&seal, "x\n", 2, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "seal.json");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record_keeps_every_field),
		cmocka_unit_test(test_any_path_is_kept_byte_for_byte),
		cmocka_unit_test(test_member_keeps_every_field),
		cmocka_unit_test(test_times_keep_sign_and_nanoseconds),
		cmocka_unit_test(test_deposit_keeps_every_field),
		cmocka_unit_test(test_seal_keeps_every_field),
		cmocka_unit_test(test_a_refusal_names_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
