/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.c - archive ids, document numbers and the payload names made of them:
 * ASCII, so that no tar reader, checksum tool or file system changes one.
 *
 * Spec: docs/format/archive.md, "Names".
 */
#include "manifest/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

enum {
	ID_DIGITS_MIN = 4,
	ID_DIGITS_MAX = 12,
	NUMBER_DIGITS_MIN = 6,
	EXTENSION_MAX = 8
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static size_t
prefix_length(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (is_upper(text[i]) || (i > 0 && is_digit(text[i]))))
		i++;
	return i;
}

bool
mun_prefix_is_valid(const char *prefix)
{
	size_t len = strlen(prefix);

	return len >= 2 && len <= MUN_PREFIX_MAX &&
	    prefix_length(prefix, len) == len;
}

bool
mun_archive_id_parse(const char *id, size_t len,
    char prefix[MUN_PREFIX_MAX + 1], uint64_t *number)
{
	size_t prefix_len = prefix_length(id, len);
	const char *digits = id + prefix_len + 1;
	size_t count;
	uint64_t value = 0;

	if (prefix_len < 2 || prefix_len > MUN_PREFIX_MAX ||
	    prefix_len >= len || id[prefix_len] != '-')
		return false;
	count = len - prefix_len - 1;
	if (count < ID_DIGITS_MIN || count > ID_DIGITS_MAX ||
	    (count > ID_DIGITS_MIN && digits[0] == '0'))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_digit(digits[i]))
			return false;
		value = value * 10 + (uint64_t)(digits[i] - '0');
	}
	if (value == 0)
		return false;
	memcpy(prefix, id, prefix_len);
	prefix[prefix_len] = '\0';
	*number = value;
	return true;
}

void
mun_archive_id_format(
    char out[MUN_ARCHIVE_ID_MAX + 1], const char *prefix, uint64_t number)
{
	int len = snprintf(out, MUN_ARCHIVE_ID_MAX + 1, "%s-%0*" PRIu64, prefix,
	    ID_DIGITS_MIN, number);

	MUN_ASSERT(len > 0 && len <= MUN_ARCHIVE_ID_MAX);
}

unsigned
mun_number_width(uint64_t documents)
{
	unsigned width = 1;

	while (documents >= 10) {
		documents /= 10;
		width++;
	}
	return width > NUMBER_DIGITS_MIN ? width : NUMBER_DIGITS_MIN;
}

/* The extension, lower-cased, with its dot; "" if there is none. */
static void
make_extension(char out[EXTENSION_MAX + 2], const char *name, size_t name_len)
{
	size_t dot = name_len;
	size_t len;

	out[0] = '\0';
	while (dot > 0 && name[dot - 1] != '.')
		dot--;
	/* dot is now one past the last dot; a name's first byte starts none. */
	if (dot < 2)
		return;
	len = name_len - dot;
	if (len < 1 || len > EXTENSION_MAX)
		return;
	for (size_t i = 0; i < len; i++) {
		char c = name[dot + i];

		/* Not tolower(): the locale has no say. */
		if (is_upper(c))
			c = (char)(c - 'A' + 'a');
		if (!is_digit(c) && !(c >= 'a' && c <= 'z')) {
			out[0] = '\0';
			return;
		}
		out[i + 1] = c;
	}
	out[0] = '.';
	out[len + 1] = '\0';
}

void
mun_payload_name(char out[MUN_TAR_PATH_MAX + 1], const char *archive_id,
    unsigned width, uint64_t number, const void *name, size_t name_len)
{
	char extension[EXTENSION_MAX + 2];
	int len;

	make_extension(extension, name, name_len);
	len = snprintf(out, MUN_TAR_PATH_MAX + 1, "data/%s-%0*" PRIu64 "%s",
	    archive_id, (int)width, number, extension);
	MUN_ASSERT(len > 0 && len <= MUN_TAR_PATH_MAX);
}

bool
mun_payload_name_matches(
    const char *file, const char *archive_id, unsigned width, uint64_t number)
{
	char bare[MUN_TAR_PATH_MAX + 1];
	char extension[EXTENSION_MAX + 2];
	size_t bare_len;

	mun_payload_name(bare, archive_id, width, number, "", 0);
	bare_len = strlen(bare);
	if (strncmp(file, bare, bare_len) != 0)
		return false;
	file += bare_len;
	if (*file == '\0')
		return true;
	/* What follows has to be its own extension: one dot, lower case. */
	if (*file != '.')
		return false;
	make_extension(extension, file - 1, strlen(file) + 1);
	return strcmp(file, extension) == 0;
}
