/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_wants.c - which bytes begin a container we look into.
 *
 * Left out on purpose: rar (its decoder is the part of libarchive with the
 * most holes), xar and mtree (they parse XML and text lists), warc (a web
 * archive is a document here), and whatever needs a program outside.
 */
#include "inspect/inspect_internal.h"

#include <string.h>

#include "base/macros.h"

enum {
	TAR_BLOCK_LEN = 512,
	ISO_MARK_AT = 32769
};

struct mark {
	enum inspect_kind kind;
	size_t at;
	size_t len;
	const char *bytes;
};

static const struct mark marks[] = {
	{ INSPECT_ZIP, 0, 4, "PK\x03\x04" },
	{ INSPECT_ZIP, 0, 4, "PK\x05\x06" }, /* empty */
	{ INSPECT_ZIP, 0, 4, "PK\x07\x08" }, /* split, or once split */
	{ INSPECT_7Z, 0, 6, "7z\xbc\xaf\x27\x1c" },
	{ INSPECT_CAB, 0, 8, "MSCF\0\0\0\0" },
	{ INSPECT_CPIO, 0, 6, "070701" },
	{ INSPECT_CPIO, 0, 6, "070702" },
	{ INSPECT_CPIO, 0, 6, "070707" },
	{ INSPECT_AR, 0, 8, "!<arch>\n" },
	{ INSPECT_ISO, ISO_MARK_AT, 5, "CD001" },
	{ INSPECT_TAR, 257, 5, "ustar" },
	{ INSPECT_GZIP, 0, 3, "\x1f\x8b\x08" },
	{ INSPECT_XZ, 0, 6,
	    "\xfd"
	    "7zXZ\0" },
	{ INSPECT_ZSTD, 0, 4, "\x28\xb5\x2f\xfd" },
};

/* Seventh-edition tar has no mark, only a checksum over its first block. */
static bool
is_old_tar(const uint8_t *first, size_t len)
{
	uint64_t told = 0;
	uint64_t sum = 0;
	size_t i = 148;

	if (len < TAR_BLOCK_LEN || first[0] == 0)
		return false;
	while (i < 156 && first[i] == ' ')
		i++;
	for (; i < 156 && first[i] >= '0' && first[i] <= '7'; i++)
		told = told * 8 + (uint64_t)(first[i] - '0');
	for (i = 0; i < TAR_BLOCK_LEN; i++)
		sum += i >= 148 && i < 156 ? ' ' : first[i];
	return told != 0 && told == sum;
}

/* "-lh5-" and its kin, from the third byte. */
static bool
is_lha(const uint8_t *first, size_t len)
{
	return len >= 21 && first[2] == '-' && first[3] == 'l' &&
	    (first[4] == 'h' || first[4] == 'z') && first[6] == '-' &&
	    first[20] <= 3;
}

static bool
is_bzip2(const uint8_t *first, size_t len)
{
	static const uint8_t block[] = { 0x31, 0x41, 0x59, 0x26, 0x53, 0x59 };
	static const uint8_t end[] = { 0x17, 0x72, 0x45, 0x38, 0x50, 0x90 };

	return len >= 10 && memcmp(first, "BZh", 3) == 0 && first[3] >= '1' &&
	    first[3] <= '9' &&
	    (memcmp(first + 4, block, sizeof(block)) == 0 ||
		memcmp(first + 4, end, sizeof(end)) == 0);
}

enum inspect_kind
mun_inspect_kind_of(const uint8_t *first, size_t len)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (len >= marks[i].at + marks[i].len &&
		    memcmp(first + marks[i].at, marks[i].bytes, marks[i].len) ==
			0)
			return marks[i].kind;
	if (is_bzip2(first, len))
		return INSPECT_BZIP2;
	if (is_lha(first, len))
		return INSPECT_LHA;
	return is_old_tar(first, len) ? INSPECT_TAR : INSPECT_NONE;
}

bool
mun_inspect_wants(const void *first, size_t len, const char *media_type)
{
	/* A type says nothing that the bytes do not say better. */
	(void)media_type;
	return mun_inspect_kind_of(first, len) != INSPECT_NONE;
}
