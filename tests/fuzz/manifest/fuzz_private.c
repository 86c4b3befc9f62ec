/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_private.c - a line of private.jsonl, and what becomes of a hostile name:
 * payload name and inventory cell.
 */
#include "fuzz_line.h"

static void
expect_plain_payload_name(const struct mun_private *name)
{
	char file[MUN_TAR_PATH_MAX + 1];

	mun_payload_name(file, "XPF-0003", 6, 42, name->bytes, name->len);
	MUN_ASSERT(mun_payload_name_matches(file, "XPF-0003", 6, 42));
	for (const char *c = file; *c != '\0'; c++)
		MUN_ASSERT((*c >= 'a' && *c <= 'z') ||
		    (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		    *c == '/' || *c == '-' || *c == '.');
}

/* The byte after a cell: no byte of it is a control, none begins a formula. */
static const uint8_t *
pass_cell(const uint8_t *at, const uint8_t *end)
{
	MUN_ASSERT(at < end && *at == '"');
	at++;
	MUN_ASSERT(at < end && memchr("=+-@", *at, 4) == NULL);
	for (; at < end; at++) {
		MUN_ASSERT(*at >= 0x20 && *at != 0x7f);
		if (*at != '"')
			continue;
		/* Doubled: the name's own. */
		if (at + 1 == end || at[1] != '"')
			break;
		at++;
	}
	MUN_ASSERT(at < end);
	return at + 1;
}

/* One line of eight cells, whatever the name. */
static void
expect_plain_inventory(const struct mun_private *name)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX * 4);
	const struct mun_record record = { .number = 42 };
	const struct mun_inventory_document document = { "XPF-0003", 6, &record,
		name, name, NULL };
	const uint8_t *at;
	const uint8_t *end;

	mun_inventory_write_document(&out, &document);
	MUN_ASSERT(out.status == MUN_OK);
	at = out.data;
	end = out.data + out.len;
	for (int i = 0; i < 8; i++) {
		at = pass_cell(at, end);
		MUN_ASSERT(at < end && *at == (i < 7 ? ',' : '\r'));
		at++;
	}
	MUN_ASSERT(at + 1 == end && *at == '\n');
	mun_buffer_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_private parsed;
	enum mun_status status = mun_private_parse(
	    &parsed, &scratch, (const char *)data, size, &err);

	if (status == MUN_OK) {
		mun_private_write(&parsed, &out);
		expect_same(&out, data, size);
		if (parsed.field != MUN_PRIVATE_TIMES) {
			expect_plain_payload_name(&parsed);
			expect_plain_inventory(&parsed);
		}
	} else {
		expect_refusal(status, &err);
	}
	mun_buffer_free(&scratch);
	mun_buffer_free(&out);
	return 0;
}
