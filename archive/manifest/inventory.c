/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inventory.c - inventory.csv: what is in an archive, for people.
 *
 * A verifier makes this file again and compares, so what is escaped is fixed
 * by ranges of code points, not by a version of Unicode.  No spreadsheet may
 * take a cell for a formula.
 *
 * Spec: docs/format/archive.md, "metadata/inventory.csv"; RFC 4180.
 */
#include "manifest/manifest.h"

#include <inttypes.h>
#include <string.h>

#include "base/time.h"

/* Code points above U+007F that are not seen, or that move or hide others:
 * controls, spaces, format and bidirectional characters, fillers, selectors,
 * tags, private use, noncharacters.  Ascending; part of the format. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x0080, 0x00a0 },
	{ 0x00ad, 0x00ad },
	{ 0x034f, 0x034f },
	{ 0x0600, 0x0605 },
	{ 0x061c, 0x061c },
	{ 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },
	{ 0x08e2, 0x08e2 },
	{ 0x115f, 0x1160 },
	{ 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },
	{ 0x2000, 0x200f },
	{ 0x2028, 0x202f },
	{ 0x205f, 0x206f },
	{ 0x2800, 0x2800 },
	{ 0x3000, 0x3000 },
	{ 0x3164, 0x3164 },
	{ 0xe000, 0xf8ff },
	{ 0xfdd0, 0xfdef },
	{ 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },
	{ 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

static bool
is_hidden(uint32_t code_point)
{
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (code_point < hidden[i].first)
			return false;
		if (code_point <= hidden[i].last)
			return true;
	}
	return false;
}

/*
 * Length of the well-formed UTF-8 sequence of two to four bytes at the start
 * of bytes, 0 if there is none (Unicode 15, table 3-7).
 */
static size_t
decode(const uint8_t *bytes, size_t len, uint32_t *code_point)
{
	uint8_t first = bytes[0];
	size_t want = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t least = want == 4 ? 0x10000 : want == 3 ? 0x800 : 0x80;
	uint32_t value = first & (0x7fU >> want);

	if (first < 0xc2 || first > 0xf4 || want > len)
		return 0;
	for (size_t i = 1; i < want; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (bytes[i] & 0x3fU);
	}
	if (value < least || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*code_point = value;
	return want;
}

static void
write_ascii(struct mun_buffer *out, uint8_t byte)
{
	if (byte == '\\')
		mun_buffer_append_text(out, "\\\\");
	else if (byte == '"')
		mun_buffer_append_text(out, "\"\"");
	else if (byte == '\n')
		mun_buffer_append_text(out, "\\n");
	else if (byte == '\r')
		mun_buffer_append_text(out, "\\r");
	else if (byte == '\t')
		mun_buffer_append_text(out, "\\t");
	else if (byte < 0x20 || byte == 0x7f)
		mun_buffer_append_format(out, "\\x%02x", byte);
	else
		mun_buffer_append_byte(out, byte);
}

/* Whether a spreadsheet could see a formula here, or a reader take our
 * apostrophe for the name's own. */
static bool
needs_apostrophe(const uint8_t *text, size_t len)
{
	/* U+FF0B, FF0D, FF1D, FF20: the same signs in full width. */
	static const char *const wide[] = { "\xef\xbc\x8b", "\xef\xbc\x8d",
		"\xef\xbc\x9d", "\xef\xbc\xa0" };

	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	if (len > 0 && memchr("=+-@'", *text, 5) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
		if (len >= 3 && memcmp(text, wide[i], 3) == 0)
			return true;
	}
	return false;
}

/* A name or path, between its quotes. */
static void
write_text_cell(struct mun_buffer *out, const uint8_t *text, size_t len)
{
	size_t used;

	mun_buffer_append_byte(out, '"');
	if (needs_apostrophe(text, len))
		mun_buffer_append_byte(out, '\'');
	for (size_t i = 0; i < len; i += used) {
		uint32_t code_point = 0;

		used = 1;
		if (text[i] < 0x80) {
			write_ascii(out, text[i]);
			continue;
		}
		used = decode(text + i, len - i, &code_point);
		if (used == 0) {
			mun_buffer_append_format(out, "\\x%02x", text[i]);
			used = 1;
		} else if (is_hidden(code_point)) {
			mun_buffer_append_format(
			    out, "\\u{%04" PRIx32 "}", code_point);
		} else {
			mun_buffer_append(out, text + i, used);
		}
	}
	mun_buffer_append_byte(out, '"');
}

static void
write_digest_cells(struct mun_buffer *out, const struct mun_digests *digests)
{
	mun_buffer_append_text(out, ",\"");
	mun_buffer_append_hex(out, digests->sha256, MUN_SHA256_LEN);
	mun_buffer_append_text(out, "\",\"");
	mun_buffer_append_hex(out, digests->sha512, MUN_SHA512_LEN);
	mun_buffer_append_text(out, "\"\r\n");
}

void
mun_inventory_write_head(struct mun_buffer *out)
{
	mun_buffer_append_text(out,
	    "\xef\xbb\xbf"
	    "\"number\",\"name\",\"path\",\"size\",\"modified\","
	    "\"media_type\",\"sha256\",\"sha512\"\r\n");
}

void
mun_inventory_write_document(
    struct mun_buffer *out, const struct mun_inventory_document *document)
{
	const struct mun_record *record = document->record;
	char modified[MUN_TIME_TEXT_LEN + 1] = "";

	/* Empty, too, outside the years that the form can say. */
	if (document->times != NULL &&
	    !mun_time_format(modified, document->times->modified_s))
		modified[0] = '\0';
	mun_buffer_append_format(out, "\"%s-%0*" PRIu64 "\",",
	    document->archive_id, (int)document->width, record->number);
	write_text_cell(out, document->name->bytes, document->name->len);
	mun_buffer_append_byte(out, ',');
	write_text_cell(out, document->path->bytes, document->path->len);
	mun_buffer_append_format(out, ",\"%" PRIu64 "\",\"%s\",\"%s\"",
	    record->size, modified, record->media_type);
	write_digest_cells(out, &record->digests);
}

void
mun_inventory_write_member(struct mun_buffer *out, const char *archive_id,
    unsigned width, const struct mun_member *member)
{
	mun_buffer_append_format(out, "\"%s-%0*" PRIu64 ".m%04" PRIu32 "\",",
	    archive_id, (int)width, member->document, member->number);
	write_text_cell(out, member->name, member->name_len);
	mun_buffer_append_format(
	    out, ",\"%s-%0*" PRIu64, archive_id, (int)width, member->document);
	if (member->container != 0)
		mun_buffer_append_format(
		    out, ".m%04" PRIu32, member->container);
	mun_buffer_append_format(
	    out, "\",\"%" PRIu64 "\",\"\",\"\"", member->size);
	write_digest_cells(out, &member->digests);
}
