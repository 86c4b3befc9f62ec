/* SPDX-License-Identifier: BSD-2-Clause */
/* lines.c - canonical lines of every kind, and one way to try any line. */
#include "lines.h"

#include <stdlib.h>
#include <string.h>

enum mun_status
record_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_record record;
	enum mun_status status = mun_record_parse(&record, line, len, err);

	if (status == MUN_OK)
		mun_record_write(&record, out);
	return status;
}

enum mun_status
private_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_private parsed;
	enum mun_status status =
	    mun_private_parse(&parsed, &scratch, line, len, err);

	if (status == MUN_OK)
		mun_private_write(&parsed, out);
	mun_buffer_free(&scratch);
	return status;
}

enum mun_status
member_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_member member;
	enum mun_status status =
	    mun_member_parse(&member, &scratch, line, len, err);

	if (status == MUN_OK)
		mun_member_write(&member, out);
	mun_buffer_free(&scratch);
	return status;
}

enum mun_status
finding_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_finding finding;
	enum mun_status status =
	    mun_finding_parse(&finding, &scratch, line, len, err);

	if (status == MUN_OK)
		mun_finding_write(&finding, out);
	mun_buffer_free(&scratch);
	return status;
}

char *
with_line_feed(const char *line, size_t len)
{
	char *file = malloc(len + 1);

	assert_non_null(file);
	memcpy(file, line, len);
	file[len] = '\n';
	return file;
}

enum mun_status
deposit_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	char *file = with_line_feed(line, len);
	struct mun_deposit_metadata metadata;
	enum mun_status status =
	    mun_deposit_metadata_parse(&metadata, file, len + 1, err);

	if (status == MUN_OK)
		mun_deposit_metadata_write(&metadata, out);
	free(file);
	return status;
}

enum mun_status
seal_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	char *file = with_line_feed(line, len);
	struct mun_seal seal;
	enum mun_status status = mun_seal_parse(&seal, file, len + 1, err);

	if (status == MUN_OK)
		mun_seal_write(&seal, out);
	free(file);
	return status;
}

const struct good_line good[GOOD_COUNT] = {
	{ record_again, RECORD_LINE },
	{ record_again,
	    "{\"n\":1,\"file\":\"data/A1-0001-000001\",\"size\":0,"
	    "\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","
	    "\"media_type\":\"a/b\",\"private\":{\"name\":\"" HEX64
	    "\",\"path\":\"" HEX64 "\"},\"salt\":\"" HEX64 "\"}" },
	{ record_again,
	    "{\"n\":9223372036854775807,\"file\":\"data/A1-0001-2\","
	    "\"size\":9223372036854775807,"
	    "\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","
	    "\"media_type\":\"x-a/b.c+d_e-f\",\"private\":{\"name\":\"" HEX64
	    "\",\"path\":\"" HEX64 "\",\"description\":\"" HEX64
	    "\"},\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"name\",\"bytes_b64\":\"YSJcCgF/\","
	    "\"text\":\"a\\\"\\\\\\n\\u0001\x7f\",\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"name\",\"bytes_b64\":\"/w==\","
	    "\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"path\",\"bytes_b64\":\"YS8uLi4vYg==\","
	    "\"text\":\"a/.../b\",\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"times\",\"modified_s\":-1,"
	    "\"modified_ns\":999999999,\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"times\","
	    "\"modified_s\":-9223372036854775808,"
	    "\"modified_ns\":0,\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"description\",\"text\":\"PDF, "
	    "\xc2\xa0\xe2\x82\xac\",\"salt\":\"" HEX64 "\"}" },
	{ member_again, MEMBER_LINE },
	{ member_again,
	    "{\"n\":42,\"m\":1,\"in\":0,\"name_b64\":\"\",\"name\":\"\","
	    "\"size\":0,\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\"}" },
	{ member_again, /* a NUL in it: no text */
	    "{\"n\":42,\"m\":4294967295,\"in\":4294967294,"
	    "\"name_b64\":\"AA==\","
	    "\"size\":0,\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\"}" },
	{ finding_again, LINK_LINE },
	{ finding_again,
	    "{\"rule\":\"identify.failed\",\"n\":1,\"detail\":\"\"}" },
	{ finding_again,
	    "{\"rule\":\"container.died\",\"n\":1,\"m\":2,"
	    "\"detail\":\"~\"}" },
	{ deposit_again, DEPOSIT_LINE },
	{ seal_again, SEAL_LINE },
};

enum mun_status
try_line(again_fn *again, const char *line, size_t len)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = again(line, len, &out, &err);

	if (status == MUN_OK) {
		assert_int_equal(out.len, len + 1);
		assert_memory_equal(out.data, line, len);
	} else {
		assert_int_equal(status, MUN_ERR_FORMAT);
		assert_true(strlen(err.text) > 10);
	}
	mun_buffer_free(&out);
	return status;
}
