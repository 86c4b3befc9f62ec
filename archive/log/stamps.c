/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamps.c - what the files of a stamped checkpoint are called.
 *
 * Spec: docs/format/time-stamp.md, Files.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"
#include "log/detail.h"
#include "log/log.h"
#include "trust/crl.h"

#define FOLDER "log/time-stamps/"

enum {
	QUERY_MAX = 256,
	TOKEN_MAX = 65536,
	CERTIFICATES_MAX = 1048576 /* 20 certificates of the largest kind */
};

static const char *const endings[MUN_STAMP_FILES] = {
	[MUN_STAMP_QUERY] = ".tsq",
	[MUN_STAMP_TOKEN] = ".tst",
	[MUN_STAMP_CERTIFICATES] = ".pem",
	[MUN_STAMP_CRLS] = ".crl",
};

void
mun_stamp_name(char out[MUN_TILE_NAME_MAX], uint64_t size, unsigned number,
    enum mun_stamp_file which)
{
	MUN_ASSERT((size_t)which < MUN_STAMP_FILES);
	if (which == MUN_STAMP_CHECKPOINT)
		(void)snprintf(out, MUN_TILE_NAME_MAX,
		    FOLDER "%" PRIu64 "/checkpoint", size);
	else
		(void)snprintf(out, MUN_TILE_NAME_MAX,
		    FOLDER "%" PRIu64 "/%u%s", size, number, endings[which]);
}

static bool
take_number(
    struct mun_reader *reader, unsigned *number, enum mun_stamp_file *which)
{
	uint64_t value;

	if (!mun_reader_decimal(reader, &value) || value < 1 ||
	    value > MUN_STAMPS_MAX)
		return false;
	*number = (unsigned)value;
	for (unsigned i = MUN_STAMP_QUERY; i < MUN_STAMP_FILES; i++) {
		*which = (enum mun_stamp_file)i;
		if (mun_reader_literal(reader, endings[i]))
			return true;
	}
	return false;
}

bool
mun_stamp_name_parse(uint64_t *size, unsigned *number,
    enum mun_stamp_file *which, const char *name)
{
	struct mun_reader reader = mun_reader_over(name, strlen(name));

	*number = 0;
	*which = MUN_STAMP_CHECKPOINT;
	if (!mun_reader_literal(&reader, FOLDER) ||
	    !mun_reader_decimal(&reader, size) || *size == 0 ||
	    !mun_reader_literal(&reader, "/"))
		return false;
	return (mun_reader_literal(&reader, "checkpoint") ||
		   take_number(&reader, number, which)) &&
	    mun_reader_left(&reader) == 0;
}

size_t
mun_stamp_file_max(enum mun_stamp_file which)
{
	switch (which) {
	case MUN_STAMP_CHECKPOINT:
		return MUN_CHECKPOINT_MAX;
	case MUN_STAMP_QUERY:
		return QUERY_MAX;
	case MUN_STAMP_TOKEN:
		return TOKEN_MAX;
	case MUN_STAMP_CERTIFICATES:
		return CERTIFICATES_MAX;
	case MUN_STAMP_CRLS:
		return MUN_CRL_BUNDLE_MAX;
	case MUN_STAMP_FILES:
		break;
	}
	return 0;
}

const uint8_t *
mun_stamp_digest(const struct mun_stamp *stamp, enum mun_stamp_file which)
{
	switch (which) {
	case MUN_STAMP_QUERY:
		return stamp->query;
	case MUN_STAMP_TOKEN:
		return stamp->token;
	case MUN_STAMP_CERTIFICATES:
		return stamp->certificates;
	case MUN_STAMP_CRLS:
		return stamp->crls;
	case MUN_STAMP_CHECKPOINT:
	case MUN_STAMP_FILES:
		break;
	}
	MUN_ASSERT(false); /* no file that an event binds by a stamp */
	return NULL;
}

void
mun_stamps_mark_name(char out[MUN_TILE_NAME_MAX], uint64_t size)
{
	(void)snprintf(
	    out, MUN_TILE_NAME_MAX, MUN_STAMPS_MARK "%" PRIu64, size);
}
