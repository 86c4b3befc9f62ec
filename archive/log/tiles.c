/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tiles.c - names and widths of tiles, and what is in them.
 *
 * A log of S entries has floor(S / 256^L) hashes at level L, 256 to a tile,
 * the last tile of a level being partial.  A name is judged by taking it
 * apart and writing it again.
 *
 * Spec: docs/format/log.md, Tree and tiles; C2SP tlog-tiles.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"
#include "log/log_internal.h"

/* A number below 2^64 has 20 digits: 7 groups of three. */
enum {
	GROUPS_MAX = 7
};

/* Write format at out + *at and step on.  Every name fits: the longest has 17
 * characters of folders, 34 of groups, 6 of width. */
static void MUN_PRINTF(3, 4)
    put(char out[MUN_TILE_NAME_MAX], size_t *at, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out + *at, MUN_TILE_NAME_MAX - *at, format, args);
	va_end(args);
	MUN_ASSERT(len > 0 && (size_t)len < MUN_TILE_NAME_MAX - *at);
	*at += (size_t)len;
}

static void
put_stem(char out[MUN_TILE_NAME_MAX], size_t *at, int level, uint64_t number)
{
	unsigned groups[GROUPS_MAX];
	size_t count = 0;

	do {
		groups[count++] = (unsigned)(number % 1000);
		number /= 1000;
	} while (number > 0);
	if (level == MUN_TILE_ENTRIES)
		put(out, at, "log/tile/entries/");
	else
		put(out, at, "log/tile/%d/", level);
	while (--count > 0)
		put(out, at, "x%03u/", groups[count]);
	put(out, at, "%03u", groups[0]);
}

void
mun_tile_folder(char out[MUN_TILE_NAME_MAX], int level, uint64_t number)
{
	size_t at = 0;

	put_stem(out, &at, level, number);
	put(out, &at, ".p");
}

void
mun_tile_name(
    char out[MUN_TILE_NAME_MAX], int level, uint64_t number, unsigned width)
{
	size_t at = 0;

	put_stem(out, &at, level, number);
	if (width < MUN_TILE_WIDTH)
		put(out, &at, ".p/%u", width);
}

void
mun_staged_name(
    char out[MUN_TILE_NAME_MAX], uint64_t size, const struct mun_hash *root)
{
	size_t at = 0;

	put(out, &at, "log/staged/%" PRIu64 "-", size);
	for (int i = 0; i < MUN_SHA256_LEN; i++)
		put(out, &at, "%02x", root->bytes[i]);
}

static bool
parse_level(int *level, struct mun_reader *reader)
{
	uint64_t number;

	if (mun_reader_literal(reader, "entries/")) {
		*level = MUN_TILE_ENTRIES;
		return true;
	}
	if (!mun_reader_decimal(reader, &number) || number >= MUN_TILE_LEVELS)
		return false;
	*level = (int)number;
	return mun_reader_literal(reader, "/");
}

/* Loosely: three digits, an x before and a slash after all but the last.  The
 * caller writes the number again and compares. */
static bool
parse_number(uint64_t *number, struct mun_reader *reader)
{
	const uint8_t *group;
	bool more;

	*number = 0;
	for (int i = 0; i < GROUPS_MAX; i++) {
		more = mun_reader_literal(reader, "x");
		if (!mun_reader_take(reader, 3, &group))
			return false;
		*number *= 1000;
		for (int j = 0; j < 3; j++) {
			if (group[j] < '0' || group[j] > '9')
				return false;
		}
		*number += (uint64_t)(group[0] - '0') * 100 +
		    (uint64_t)(group[1] - '0') * 10 +
		    (uint64_t)(group[2] - '0');
		if (!more)
			return true;
		if (!mun_reader_literal(reader, "/"))
			return false;
	}
	return false;
}

bool
mun_tile_name_parse(struct mun_tile *tile, const char *name)
{
	struct mun_reader reader = mun_reader_over(name, strlen(name));
	char again[MUN_TILE_NAME_MAX];
	uint64_t width = MUN_TILE_WIDTH;

	if (!mun_reader_literal(&reader, "log/tile/") ||
	    !parse_level(&tile->level, &reader) ||
	    !parse_number(&tile->number, &reader))
		return false;
	if (mun_reader_literal(&reader, ".p/") &&
	    (!mun_reader_decimal(&reader, &width) || width < 1 ||
		width >= MUN_TILE_WIDTH))
		return false;
	tile->width = (unsigned)width;
	mun_tile_name(again, tile->level, tile->number, tile->width);
	return strcmp(again, name) == 0;
}

uint64_t
mun_tile_level_count(int level, uint64_t size)
{
	return level <= 0 ? size : size >> (8 * level);
}

unsigned
mun_tile_width(int level, uint64_t number, uint64_t size)
{
	uint64_t count = mun_tile_level_count(level, size);

	if (number < count / MUN_TILE_WIDTH)
		return MUN_TILE_WIDTH;
	return number == count / MUN_TILE_WIDTH
	    ? (unsigned)(count % MUN_TILE_WIDTH)
	    : 0;
}

bool
mun_tile_name_is_expected(const char *name, uint64_t size)
{
	struct mun_tile tile;

	if (strcmp(name, "log/checkpoint") == 0)
		return true;
	return mun_tile_name_parse(&tile, name) &&
	    mun_tile_width(tile.level, tile.number, size) == tile.width;
}

bool
mun_tile_name_is_litter(const char *name, uint64_t size)
{
	struct mun_tile tile;

	return mun_tile_name_parse(&tile, name) &&
	    tile.width < mun_tile_width(tile.level, tile.number, size);
}

void
mun_tile_to_frontier(struct mun_merkle_frontier *frontier, int level,
    const struct mun_hash *hashes, unsigned width)
{
	struct mun_merkle_frontier part = MUN_MERKLE_FRONTIER_INIT;

	for (unsigned i = 0; i < width; i++)
		mun_merkle_add(&part, &hashes[i]);
	for (int bit = 0; bit < 8; bit++) {
		if (width & 1u << bit)
			frontier->full[8 * level + bit] = part.full[bit];
	}
	frontier->size |= (uint64_t)width << (8 * level);
}

void
mun_tile_fold(struct mun_hash *out, const struct mun_hash *hashes, size_t count)
{
	struct mun_merkle_frontier part = MUN_MERKLE_FRONTIER_INIT;

	for (size_t i = 0; i < count; i++)
		mun_merkle_add(&part, &hashes[i]);
	mun_merkle_root(&part, out);
}

void
mun_bundle_append(struct mun_buffer *bytes, const void *entry, size_t len)
{
	MUN_ASSERT(len <= MUN_CMS_MAX);
	mun_buffer_append_byte(bytes, (uint8_t)(len >> 8));
	mun_buffer_append_byte(bytes, (uint8_t)(len & 0xff));
	mun_buffer_append(bytes, entry, len);
}

enum mun_status
mun_bundle_parse(struct mun_bundle *bundle, struct mun_error *err)
{
	struct mun_reader reader =
	    mun_reader_over(bundle->bytes.data, bundle->bytes.len);
	const uint8_t *entry;
	uint16_t len;

	bundle->count = 0;
	do {
		if (bundle->count == MUN_TILE_WIDTH ||
		    !mun_reader_u16(&reader, &len) || len == 0)
			goto damaged;
		bundle->start[bundle->count] = reader.pos;
		bundle->len[bundle->count] = len;
		if (!mun_reader_take(&reader, len, &entry))
			goto damaged;
		bundle->count++;
	} while (mun_reader_left(&reader) > 0);
	return MUN_OK;
damaged:
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "entry bundle: damaged after %u entries", bundle->count);
}
