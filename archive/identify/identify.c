/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identify.c - asks libmagic, in the sandbox, what a document's first bytes
 * are.
 *
 * The worker lives as long as the deposit: its database is read before the door
 * closes.  What it answers is taken for hostile and reduced to the few
 * characters a media type or a description may have.
 *
 * Text files get no description: asking for one doubles the work for the most
 * common kind and says little more than the type.
 */
#include "identify/identify.h"

#include <magic.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "muniment/text.h"
#include "sandbox/sandbox.h"

/* The compiled database of the distribution, by name: the library's own look-up
 * goes by an environment variable and by files that an administrator edits, and
 * would make two machines disagree. */
static const char database[] = "/usr/share/misc/magic";

enum {
	ANSWER_MAX = 8192
};

struct mun_identify {
	struct mun_sandbox *pool;
};

/* ---- in the worker ---- */

struct asking {
	magic_t type, description;
};

static magic_t
open_magic(int flags, struct mun_error *err)
{
	magic_t magic = magic_open(flags);

	if (magic == NULL) {
		mun_error_set(err, MUN_ERR_NOMEM, "libmagic could not start");
		return NULL;
	}
	if (magic_load(magic, database) != 0) {
		mun_error_foreign(err, MUN_ERR_SYSTEM, MUN_DOMAIN_MAGIC,
		    magic_errno(magic), "libmagic could not load '%s': %s",
		    database, magic_error(magic));
		magic_close(magic);
		return NULL;
	}
	return magic;
}

static enum mun_status
prepare(void **state, struct mun_error *err)
{
	/* no looking into compressed data, and no devices or links: it gets
	 * bytes only */
	const int flags = MAGIC_NO_CHECK_COMPRESS;
	struct asking *asking = calloc(1, sizeof(*asking));

	if (asking == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for libmagic");
	asking->type = open_magic(MAGIC_MIME_TYPE | flags, err);
	if (asking->type != NULL)
		asking->description = open_magic(flags, err);
	if (asking->description == NULL) {
		free(asking);
		return err == NULL ? MUN_ERR_SYSTEM : err->status;
	}
	*state = asking;
	return MUN_OK;
}

static enum mun_status
handle(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	struct asking *asking = state;
	const char *type = magic_buffer(asking->type, request, len);
	const char *description = NULL;

	(void)fd;
	if (type == NULL)
		return mun_error_foreign(err, MUN_ERR_FORMAT, MUN_DOMAIN_MAGIC,
		    magic_errno(asking->type), "%s", "libmagic gave up");
	mun_buffer_append_text(answer, type);
	mun_buffer_append_byte(answer, '\0');
	if (strncmp(type, "text/", 5) != 0 && strncmp(type, "inode/", 6) != 0)
		description = magic_buffer(asking->description, request, len);
	if (description != NULL && strcmp(description, "data") != 0)
		mun_buffer_append_text(answer, description);
	return mun_buffer_status(answer, "an answer", err);
}

static const struct mun_sandbox_job job = {
	.name = "identify",
	.prepare = prepare,
	.handle = handle,
	.limits = { .memory_bytes = (uint64_t)256 << 20,
	    .cpu_s = 5,
	    .wall_s = 30,
	    .answer_max = ANSWER_MAX },
	.fresh = false,
};

/* ---- in the parent ---- */

static bool
is_type_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr(".+_/-", c) != NULL);
}

/* type/subtype, or false. */
static bool
take_type(struct mun_identity *identity, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);

	if (len > MUN_MEDIA_TYPE_MAX || slash == NULL || slash == text ||
	    slash == text + len - 1 ||
	    memchr(slash + 1, '/', (size_t)(text + len - slash - 1)) != NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!is_type_character(c))
			return false;
		identity->media_type[i] = c;
	}
	identity->media_type[len] = '\0';
	return true;
}

/* Keep what is UTF-8 without controls, cut at a character. */
static void
take_description(struct mun_identity *identity, const char *text, size_t len)
{
	size_t kept = 0;

	if (len > MUN_DESCRIPTION_MAX)
		len = MUN_DESCRIPTION_MAX;
	while (len > 0 && !mun_text_is_utf8(text, len))
		len--;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		/* C1 controls are C2 80 to C2 9F */
		bool c1 = c == 0xc2 && i + 1 < len &&
		    (unsigned char)text[i + 1] < 0xa0;

		if (c1)
			i++;
		identity->description[kept++] =
		    c < 0x20 || c == 0x7f || c1 ? ' ' : (char)c;
	}
	identity->description[kept] = '\0';
}

static void
fail_identity(struct mun_identity *identity, const char *reason)
{
	size_t len = strlen(reason);

	identity->failed = true;
	MUN_ASSERT(len < sizeof(identity->reason));
	memcpy(identity->reason, reason, len + 1);
	memcpy(identity->media_type, "application/octet-stream",
	    sizeof("application/octet-stream"));
	identity->description[0] = '\0';
}

static void
take_answer(
    struct mun_identity *identity, const struct mun_sandbox_answer *answer)
{
	const char *text = (const char *)answer->data;
	const char *end = NULL;

	if (answer->len > 0)
		end = memchr(text, '\0', answer->len);
	if (end == NULL || !take_type(identity, text, (size_t)(end - text))) {
		fail_identity(identity, "the worker answered nonsense");
		return;
	}
	take_description(
	    identity, end + 1, answer->len - (size_t)(end + 1 - text));
}

enum mun_status
mun_identify_start(struct mun_identify **out, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err)
{
	struct mun_identify *identify = calloc(1, sizeof(*identify));
	enum mun_status status;

	if (identify == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for libmagic");
	MUN_TRY(mun_sandbox_start(
	    &identify->pool, &job, workers, unsafe_no_sandbox, err));
	*out = identify;
	identify = NULL;
out:
	mun_identify_stop(identify);
	return status;
}

bool
mun_identify_has_room(const struct mun_identify *identify)
{
	return mun_sandbox_has_room(identify->pool);
}

enum mun_status
mun_identify_submit(struct mun_identify *identify, const void *bytes,
    size_t len, uint64_t *ticket, struct mun_error *err)
{
	if (len > MUN_IDENTIFY_LEN)
		len = MUN_IDENTIFY_LEN;
	return mun_sandbox_submit(identify->pool, bytes, len, -1, ticket, err);
}

enum mun_status
mun_identify_collect(struct mun_identify *identify,
    struct mun_identity *identity, bool wait, struct mun_error *err)
{
	struct mun_sandbox_answer answer;
	enum mun_status status =
	    mun_sandbox_collect(identify->pool, &answer, wait, err);

	if (status != MUN_OK)
		return status;
	memset(identity, 0, sizeof(*identity));
	identity->ticket = answer.ticket;
	switch (answer.outcome) {
	case MUN_SANDBOX_ANSWERED:
		take_answer(identity, &answer);
		break;
	case MUN_SANDBOX_REFUSED:
		fail_identity(identity, "libmagic gave up");
		break;
	case MUN_SANDBOX_TIMEOUT:
		fail_identity(identity, "it took too long");
		break;
	case MUN_SANDBOX_TOO_LARGE:
		fail_identity(identity, "it took too much memory");
		break;
	case MUN_SANDBOX_DIED:
		fail_identity(identity, "the worker died");
		break;
	}
	return MUN_OK;
}

void
mun_identify_stop(struct mun_identify *identify)
{
	if (identify == NULL)
		return;
	mun_sandbox_stop(identify->pool);
	free(identify);
}
