/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identify.c - hands first bytes to the workers, and cleans what comes back.
 *
 * A worker's answer may be the work of a document that captured it: the type
 * is checked character by character, the description reduced to printable
 * ASCII (libmagic writes nothing else in the C locale).
 */
#include "identify/identify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "identify/identify_internal.h"
#include "sandbox/sandbox.h"

enum {
	ASKED_MAX = 256 /* more than are under way, commonly */
};

/* What a ticket stands for. */
struct asked {
	uint64_t ticket;
	uint8_t key[MUN_SHA256_LEN];
};

struct mun_identify {
	struct mun_sandbox *pool;
	struct mun_identify_known *known;
	uint64_t next_ticket;
	struct asked asked[ASKED_MAX]; /* by ticket, the newest of a place */
};

static const struct mun_sandbox_job identify_job = {
	.name = "identify",
	.prepare = mun_identify_prepare,
	.handle = mun_identify_handle,
	.limits = {
		.memory_bytes = (uint64_t)256 << 20,
		.cpu_s = 5,
		.wall_s = 30,
		.answer_max = MUN_MEDIA_TYPE_MAX + MUN_DESCRIPTION_MAX + 256,
	},
};

static const char unknown_type[] = "application/octet-stream";

enum mun_status
mun_identify_start(struct mun_identify **out, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err)
{
	struct mun_identify *identify = calloc(1, sizeof(*identify));
	enum mun_status status;

	*out = NULL;
	if (identify == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory to identify");
	MUN_TRY(mun_sandbox_start(
	    &identify->pool, &identify_job, workers, unsafe_no_sandbox, err));
	identify->known = mun_identify_known_new();
	if (identify->known == NULL)
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory to identify");
out:
	if (status == MUN_OK) {
		*out = identify;
		return MUN_OK;
	}
	mun_error_wrap(err, "identify media types");
	mun_identify_stop(identify);
	return status;
}

bool
mun_identify_has_room(const struct mun_identify *identify)
{
	return mun_sandbox_has_room(identify->pool);
}

enum mun_status
mun_identify_ask(struct mun_identify *identify, const void *bytes, size_t len,
    const uint8_t *sha256, struct mun_identity *identity, bool *is_known,
    struct mun_error *err)
{
	struct asked asked;
	enum mun_status status;

	*is_known = false;
	if (len > MUN_IDENTIFY_LEN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "%zu bytes to identify a document by", len);
	if (sha256 != NULL)
		memcpy(asked.key, sha256, sizeof(asked.key));
	else
		mun_sha256_of(asked.key, bytes, len);
	*is_known =
	    mun_identify_known_get(identify->known, asked.key, identity);
	if (*is_known)
		return MUN_OK;
	asked.ticket = identify->next_ticket++;
	MUN_TRY(mun_sandbox_submit(
	    identify->pool, bytes, len, -1, asked.ticket, err));
	identity->ticket = asked.ticket;
	identify->asked[asked.ticket % ASKED_MAX] = asked;
out:
	return status;
}

static bool
is_type_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	    c == '+' || c == '_' || c == '-';
}

/* Lower-case type/subtype into out; false if it is not one. */
static bool
take_type(char out[MUN_MEDIA_TYPE_MAX + 1], const char *said, size_t len)
{
	size_t slash = 0;

	if (len > MUN_MEDIA_TYPE_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = said[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c == '/' && slash == 0 && i > 0)
			slash = i;
		else if (!is_type_character(c))
			return false;
		out[i] = c;
	}
	out[len] = 0;
	return slash > 0 && slash + 1 < len;
}

static void
take_description(
    char out[MUN_DESCRIPTION_MAX + 1], const char *said, size_t len)
{
	if (len > MUN_DESCRIPTION_MAX)
		len = MUN_DESCRIPTION_MAX;
	for (size_t i = 0; i < len; i++)
		out[i] = said[i] >= 0x20 && said[i] < 0x7f ? said[i] : '?';
	out[len] = 0;
}

static void
take_failure(struct mun_identity *identity, const char *reason)
{
	identity->failed = true;
	identity->description[0] = 0;
	memcpy(identity->media_type, unknown_type, sizeof(unknown_type));
	snprintf(identity->reason, sizeof(identity->reason), "%s", reason);
}

void
mun_identify_take_answer(
    struct mun_identity *identity, const uint8_t *data, size_t len)
{
	const char *type = (const char *)data;
	size_t type_len = len == 0 ? 0 : strnlen(type, len);
	size_t rest = len - type_len;

	if (rest < 2 || !take_type(identity->media_type, type, type_len)) {
		take_failure(identity, "the worker's answer made no sense");
		return;
	}
	take_description(identity->description, type + type_len + 1,
	    strnlen(type + type_len + 1, rest - 1));
}

static const char *
reason_of(enum mun_sandbox_outcome outcome)
{
	switch (outcome) {
	case MUN_SANDBOX_REFUSED:
		return "libmagic gave an error";
	case MUN_SANDBOX_TIMEOUT:
		return "libmagic took too long";
	case MUN_SANDBOX_TOO_LARGE:
		return "libmagic wanted too much memory";
	case MUN_SANDBOX_DIED:
	case MUN_SANDBOX_ANSWERED:
	default:
		return "the worker died";
	}
}

enum mun_status
mun_identify_collect(struct mun_identify *identify,
    struct mun_identity *identity, bool wait, struct mun_error *err)
{
	struct mun_sandbox_answer answer;
	const struct asked *asked;
	enum mun_status status;

	status = mun_sandbox_collect(identify->pool, &answer, wait, err);
	if (status != MUN_OK)
		return status;
	memset(identity, 0, sizeof(*identity));
	identity->ticket = answer.mark;
	if (answer.outcome == MUN_SANDBOX_ANSWERED)
		mun_identify_take_answer(identity, answer.data, answer.len);
	else
		take_failure(identity, reason_of(answer.outcome));
	asked = &identify->asked[identity->ticket % ASKED_MAX];
	if (asked->ticket == identity->ticket)
		mun_identify_known_put(identify->known, asked->key, identity);
	return MUN_OK;
}

void
mun_identify_stop(struct mun_identify *identify)
{
	if (identify == NULL)
		return;
	mun_sandbox_stop(identify->pool);
	mun_identify_known_free(identify->known);
	free(identify);
}
