/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry_glance.c - type and archive of an entry, by the place where the one
 * form of an event has them.
 *
 * Before `type` there is nothing in which its key could occur again: a format,
 * an origin without quotation marks, hex, a number and a time.  An event that
 * is written in any other way is refused by who reads it.
 *
 * Spec: docs/format/log.md, Event.
 */
#include <string.h>

#include "base/reader.h"
#include "log/detail.h"
#include "signature/signature.h"

enum {
	HEX_LEN = 2 * MUN_SHA256_LEN
};

/* Step to behind the first place where text stands. */
static bool
seek(struct mun_reader *reader, const char *text)
{
	size_t len = strlen(text);

	while (mun_reader_left(reader) >= len) {
		const uint8_t *at = reader->data + reader->pos;
		const uint8_t *found =
		    memchr(at, text[0], mun_reader_left(reader) - len + 1);

		if (found == NULL)
			return false;
		reader->pos += (size_t)(found - at);
		if (mun_reader_literal(reader, text))
			return true;
		reader->pos++;
	}
	return false;
}

/* Text up to its closing quotation mark, which is stepped over. */
static bool
take_text(struct mun_reader *reader, char *out, size_t size)
{
	const uint8_t *at = reader->data + reader->pos;
	const uint8_t *end = memchr(at, '"', mun_reader_left(reader));
	size_t len;

	if (end == NULL)
		return false;
	len = (size_t)(end - at);
	if (len >= size || memchr(at, '\\', len) != NULL)
		return false;
	out[len] = '\0';
	return mun_reader_copy(reader, out, len) &&
	    mun_reader_literal(reader, "\"");
}

bool
mun_entry_glance(struct mun_entry_glance *out, const void *der, size_t len)
{
	struct mun_signature_claim claim;
	struct mun_reader event;
	const uint8_t *actor;
	char type[32];

	*out = (struct mun_entry_glance){ .type = MUN_EVENT_UNKNOWN };
	if (mun_signature_unverified_claim(
		&claim, MUN_SIGNATURE_ENCLOSING, der, len, NULL) != MUN_OK)
		return false;
	event = mun_reader_over(claim.content, claim.content_len);
	if (!seek(&event, ",\"type\":\"") ||
	    !take_text(&event, type, sizeof(type)) ||
	    !mun_reader_literal(&event, ",\"actor\":\"") ||
	    !mun_reader_take(&event, HEX_LEN, &actor) ||
	    !mun_reader_literal(&event, "\","))
		return false;
	out->type = mun_event_type_of(type);
	if (mun_reader_literal(&event, "\"detail\":{"))
		return true;
	return mun_reader_literal(&event, "\"subject\":{\"archive\":\"") &&
	    take_text(&event, out->archive, sizeof(out->archive));
}
