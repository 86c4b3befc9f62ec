/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_tile.c - the name of any file below log/, in a log of any size: the
 * size in decimal, a space, the name. */
#include <stdlib.h>

#include "base/reader.h"
#include "fuzz_log.h"
#include "log/log_internal.h"

static void
judge(const char *name, uint64_t size)
{
	bool is_expected = mun_tile_name_is_expected(name, size);
	bool is_litter = mun_tile_name_is_litter(name, size);
	char again[MUN_TILE_NAME_MAX];
	struct mun_tile tile;

	MUN_ASSERT(!(is_expected && is_litter));
	if (!mun_tile_name_parse(&tile, name)) {
		MUN_ASSERT(!is_litter);
		MUN_ASSERT(!is_expected || strcmp(name, "log/checkpoint") == 0);
		return;
	}
	mun_tile_name(again, tile.level, tile.number, tile.width);
	MUN_ASSERT(strcmp(again, name) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mun_reader reader = mun_reader_over(data, size);
	uint64_t log_size;
	char *name;

	if (!mun_reader_decimal(&reader, &log_size) ||
	    !mun_reader_literal(&reader, " "))
		return 0;
	name =
	    strndup((const char *)data + reader.pos, mun_reader_left(&reader));
	MUN_ASSERT(name != NULL);
	judge(name, log_size);
	free(name);
	return 0;
}
