/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.c - names that some reader, terminal or other system would trip over.
 *
 * What is a control, bidirectional or invisible character is decided by the
 * one function that escapes them (muniment/text.h): a name has some exactly
 * when it is not shown as it is.
 */
#include "ingest/names.h"

#include <stdbool.h>
#include <string.h>

#include "base/limits.h"
#include "muniment/text.h"

void
mun_name_judge_init(struct mun_name_judge *judge)
{
	*judge = (struct mun_name_judge){
		.previous = MUN_BUFFER_INIT(MUN_PATH_MAX),
		.scratch = MUN_BUFFER_INIT((size_t)8 * MUN_PATH_MAX),
	};
}

void
mun_name_judge_free(struct mun_name_judge *judge)
{
	mun_buffer_free(&judge->previous);
	mun_buffer_free(&judge->scratch);
}

static bool
is_plain(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] < 0x20 || bytes[i] > 0x7e)
			return false;
	}
	return true;
}

/* Read an escaped text back: which kinds of escape are in it. */
static unsigned
judge_escapes(const uint8_t *text, size_t len)
{
	unsigned flags = 0;

	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] != '\\')
			continue;
		i++;
		if (text[i] == 'x' && i + 1 < len && text[i + 1] >= '8')
			flags |= MUN_NAME_NOT_UTF8;
		else if (text[i] != '\\')
			flags |= MUN_NAME_CONTROL;
	}
	return flags;
}

static bool
is_same_word(const uint8_t *name, size_t len, const char *word)
{
	if (len != strlen(word))
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t byte = name[i];

		if (byte >= 'a' && byte <= 'z')
			byte = (uint8_t)(byte - 'a' + 'A');
		if (byte != (uint8_t)word[i])
			return false;
	}
	return true;
}

/* CON, con.txt, LPT1 and their like are devices in every Windows folder. */
static bool
is_device_name(const uint8_t *name, size_t len)
{
	static const char *const plain[] = { "CON", "PRN", "AUX", "NUL",
		"CONIN$", "CONOUT$" };
	const uint8_t *dot = memchr(name, '.', len);

	if (dot != NULL)
		len = (size_t)(dot - name);
	while (len > 0 && name[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (is_same_word(name, len, plain[i]))
			return true;
	}
	return len == 4 && name[3] >= '1' && name[3] <= '9' &&
	    (is_same_word(name, 3, "COM") || is_same_word(name, 3, "LPT"));
}

/* Microsoft, "Naming Files, Paths, and Namespaces". */
static bool
is_portable_component(const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] < 0x20 || strchr("<>:\"|?*\\", name[i]) != NULL)
			return false;
	}
	if (name[len - 1] == '.' || name[len - 1] == ' ')
		return false;
	return !is_device_name(name, len);
}

static bool
is_portable(const uint8_t *path, size_t len)
{
	size_t start = 0;

	while (start < len) {
		const uint8_t *slash = memchr(path + start, '/', len - start);
		size_t end = slash == NULL ? len : (size_t)(slash - path);

		if (end > start &&
		    !is_portable_component(path + start, end - start))
			return false;
		start = end + 1;
	}
	return true;
}

/* Where the first component starts that the path before did not have. */
static size_t
new_part(const struct mun_buffer *previous, const uint8_t *path, size_t len)
{
	size_t start = 0;

	for (size_t i = 0; i < len && i < previous->len; i++) {
		if (path[i] != previous->data[i])
			break;
		if (path[i] == '/')
			start = i + 1;
	}
	return start;
}

unsigned
mun_name_judge_next(
    struct mun_name_judge *judge, const uint8_t *path, size_t len)
{
	size_t start = new_part(&judge->previous, path, len);
	const uint8_t *part = path + start;
	size_t part_len = len - start;
	unsigned flags = 0;

	if (!is_plain(part, part_len)) {
		mun_buffer_reset(&judge->scratch);
		mun_text_escape(&judge->scratch, part, part_len, MUN_TEXT_UTF8);
		flags = judge_escapes(judge->scratch.data, judge->scratch.len);
	}
	if (!is_portable(part, part_len))
		flags |= MUN_NAME_NOT_PORTABLE;
	mun_buffer_reset(&judge->previous);
	mun_buffer_append(&judge->previous, path, len);
	return flags;
}
