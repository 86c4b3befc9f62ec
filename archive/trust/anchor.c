/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * anchor.c - from what a person types after --trust to what is pinned.
 *
 * The digits are often copied from paper or read over the telephone, so the
 * marks people put between them do not count; a missing digit does.
 */
#include "trust/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

enum {
	HEX_LEN = 2 * MUN_SHA256_LEN,
	DIGITS_OF_A_DIGEST = 32, /* so many are no file's name by chance */
	/* A certificate and the text that `openssl x509 -text` puts before
	 * it. */
	ANCHOR_FILE_MAX = 65536
};

static bool
is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

/* What people put between the digits. */
static bool
is_mark(char c)
{
	return c != '\0' && strchr(" \t\r\n:-", c) != NULL;
}

static enum mun_status
parse_digest(uint8_t sha256[MUN_SHA256_LEN], const char *text,
    const char *anchor, struct mun_error *err)
{
	char digits[HEX_LEN];
	size_t count = 0;

	for (; *text != '\0'; text++) {
		if (is_mark(*text))
			continue;
		if (!is_hex_digit(*text))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "anchor '%s' holds '%c', which is not a "
			    "hexadecimal digit",
			    anchor, *text);
		if (count < HEX_LEN)
			digits[count] = (char)(*text >= 'A' && *text <= 'F'
				? *text - 'A' + 'a'
				: *text);
		count++;
	}
	if (count != HEX_LEN)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "anchor '%s' has %zu hexadecimal digits, it takes %d (in "
		    "quotes, if there are blanks between them)",
		    anchor, count, HEX_LEN);
	MUN_ASSERT(mun_hex_decode(sha256, MUN_SHA256_LEN, digits, HEX_LEN));
	return MUN_OK;
}

/* How many digits there are, if there is nothing else but marks; else 0. */
static size_t
count_digits(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++) {
		if (is_hex_digit(*text))
			count++;
		else if (!is_mark(*text))
			return 0;
	}
	return count;
}

/* A path of the person's own: links and pipes are theirs to choose. */
static enum mun_status
read_certificate(
    struct mun_certificate **out, const char *path, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(ANCHOR_FILE_MAX);
	uint8_t *room = mun_buffer_reserve(&pem, ANCHOR_FILE_MAX);
	enum mun_status status;
	size_t len = 0;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		status = mun_error_system(err, errno, "cannot open it");
		goto out;
	}
	MUN_TRY(mun_buffer_status(&pem, "a certificate file", err));
	MUN_TRY(mun_file_read_full(fd, room, ANCHOR_FILE_MAX, &len, err));
	if (len == ANCHOR_FILE_MAX) {
		status = mun_error_set(err, MUN_ERR_LIMIT,
		    "this is larger than a certificate can be");
		goto out;
	}
	MUN_TRY(mun_certificate_from_pem(out, room, len, false, err));
out:
	mun_file_close(&fd);
	mun_buffer_free(&pem);
	if (status != MUN_OK)
		mun_error_wrap(err, "anchor '%s'", path);
	return status;
}

/* The word before the digits, or NULL: past blanks, and it. */
static const char *
past_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	text += strspn(text, " \t\r\n");
	return strncasecmp(text, word, len) == 0 ? text + len : NULL;
}

/* What a path is not: what kind of digest, and its digits.  NULL: a path. */
static const char *
take_kind(enum mun_anchor_kind *kind, const char *text)
{
	const char *digits = past_word(text, "vault:");

	*kind = MUN_ANCHOR_VAULT;
	if (digits != NULL)
		return digits;
	*kind = MUN_ANCHOR_CERTIFICATE;
	digits = past_word(text, "sha256:");
	if (digits != NULL)
		return digits;
	*kind = MUN_ANCHOR_EITHER;
	return count_digits(text) >= DIGITS_OF_A_DIGEST ? text : NULL;
}

enum mun_status
mun_anchor_parse(
    struct mun_anchor *out, const char *text, struct mun_error *err)
{
	struct mun_anchor anchor = { .kind = MUN_ANCHOR_CERTIFICATE };
	enum mun_anchor_kind kind;
	const char *digits = take_kind(&kind, text);
	enum mun_status status;

	*out = anchor;
	if (digits != NULL) {
		anchor.kind = kind;
		MUN_TRY(parse_digest(anchor.sha256, digits, text, err));
	} else {
		MUN_TRY(read_certificate(&anchor.certificate, text, err));
		for (size_t i = 0; i < MUN_SHA256_LEN; i++)
			anchor.sha256[i] =
			    mun_certificate_sha256(anchor.certificate)[i];
	}
	*out = anchor;
out:
	return status;
}

void
mun_anchor_clear(struct mun_anchor *anchor)
{
	mun_certificate_free(anchor->certificate);
	*anchor = (struct mun_anchor){ .kind = MUN_ANCHOR_CERTIFICATE };
}
