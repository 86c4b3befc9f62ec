/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identify_worker.c - libmagic, in the worker.
 *
 * In: first bytes of a document.  Out: media type, NUL, description, NUL.
 *
 * libmagic gives one of the two a pass, and a pass over text costs half a
 * millisecond because all of its patterns have to fail.  So unequal passes: a
 * cheap one without patterns describes it, and so says whether it is text; the
 * type is by patterns, which see all bytes of what is not text, but of text
 * only the beginning (the types come out the same); and what is not text gets
 * its description by patterns too, in a third pass.
 */
#include "identify/identify_internal.h"

#include <magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/macros.h"

enum {
	TEXT_LEN = 8192
};

static const char database[] = "/usr/share/misc/magic";

/* libmagic's functions, opened in the worker only (base/library.h). */
#define LIBMAGIC(DO)       \
	DO(magic_open)     \
	DO(magic_close)    \
	DO(magic_load)     \
	DO(magic_setparam) \
	DO(magic_setflags) \
	DO(magic_buffer)   \
	DO(magic_error)    \
	DO(magic_errno)

static struct {
#define LIBMAGIC_MEMBER(name) __typeof__(name) *(name);
	LIBMAGIC(LIBMAGIC_MEMBER)
#undef LIBMAGIC_MEMBER
} lib;

static enum mun_status
open_libmagic(struct mun_error *err)
{
#define LIBMAGIC_FUNCTION(name) { #name, &lib.name },
	static const struct mun_library_function functions[] = { LIBMAGIC(
	    LIBMAGIC_FUNCTION) };
#undef LIBMAGIC_FUNCTION

	return mun_library_open("libmagic.so.1", "libmagic1", functions,
	    sizeof(functions) / sizeof(functions[0]), err);
}

static enum mun_status
magic_failed(magic_t magic, const char *what, struct mun_error *err)
{
	const char *text = lib.magic_error(magic);

	return mun_error_foreign(err, MUN_ERR_SYSTEM, MUN_DOMAIN_MAGIC,
	    lib.magic_errno(magic), "%s: %s", what, text == NULL ? "?" : text);
}

static enum mun_status
open_database(magic_t magic, struct mun_error *err)
{
	const size_t bytes_max = MUN_IDENTIFY_LEN;

	/* The environment is empty here: no $MAGIC, no $HOME/.magic.  The place
	 * compiled in, the second try, includes what an administrator edits. */
	if ((lib.magic_load(magic, database) != 0 &&
		lib.magic_load(magic, NULL) != 0) ||
	    lib.magic_setparam(magic, MAGIC_PARAM_BYTES_MAX, &bytes_max) != 0)
		return magic_failed(magic, "load libmagic's database", err);
	return MUN_OK;
}

enum mun_status
mun_identify_prepare(void **state, struct mun_error *err)
{
	enum mun_status status;
	magic_t magic = NULL;

	MUN_TRY(open_libmagic(err));
	magic = lib.magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
	if (magic == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for libmagic");
	MUN_TRY(open_database(magic, err));
	*state = magic;
	magic = NULL;
out:
	if (magic != NULL)
		lib.magic_close(magic);
	return status;
}

static enum mun_status
look(magic_t magic, int flags, const void *bytes, size_t len, const char **said,
    struct mun_error *err)
{
	if (lib.magic_setflags(magic, flags | MAGIC_ERROR) != 0)
		return magic_failed(magic, "set up libmagic", err);
	*said = lib.magic_buffer(magic, bytes, len);
	if (*said == NULL)
		return magic_failed(magic, "identify", err);
	return MUN_OK;
}

/* Whether words of a pass without patterns are those of plain text: "ASCII
 * text", "Unicode text, UTF-8 text, with no line terminators".  Only the words
 * before the first comma are libmagic's own; a title of the document may follow
 * them.  CSV is told without patterns too, and is a type of its own. */
static bool
are_of_text(const char *words)
{
	static const char text[] = " text";
	size_t len = strcspn(words, ",");
	size_t text_len = sizeof(text) - 1;

	return len > text_len &&
	    memcmp(words + len - text_len, text, text_len) == 0 &&
	    strncmp(words, "CSV", 3) != 0;
}

/* Of text that patterns made more of (a PDF can be all ASCII) the cheap pass's
 * words say too little. */
static bool
are_enough(const char *words, const char *type)
{
	return are_of_text(words) && strncmp(type, "text/", 5) == 0;
}

enum mun_status
mun_identify_handle(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	char words[MUN_DESCRIPTION_MAX + 1];
	magic_t magic = state;
	const char *said;
	size_t type_len = len;
	enum mun_status status;

	(void)fd;
	MUN_TRY(look(magic, MAGIC_NO_CHECK_SOFT, request, len, &said, err));
	(void)snprintf(words, sizeof(words), "%s", said);
	if (are_of_text(words) && type_len > TEXT_LEN)
		type_len = TEXT_LEN;
	MUN_TRY(look(magic, MAGIC_MIME_TYPE, request, type_len, &said, err));
	mun_buffer_append(answer, said, strlen(said) + 1);
	if (are_enough(words, said))
		said = words;
	else
		MUN_TRY(look(magic, MAGIC_NONE, request, len, &said, err));
	mun_buffer_append(answer, said, strnlen(said, MUN_DESCRIPTION_MAX));
	mun_buffer_append_byte(answer, 0);
out:
	return status;
}
