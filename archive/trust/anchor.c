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
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"

enum {
	HEX_LEN = 2 * MUN_SHA256_LEN,
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

static enum mun_status
parse_digest(uint8_t sha256[MUN_SHA256_LEN], const char *text,
    const char *anchor, struct mun_error *err)
{
	char digits[HEX_LEN];
	size_t count = 0;

	for (; *text != '\0'; text++) {
		if (strchr(" \t\r\n:-", *text) != NULL)
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
		    "anchor '%s' has %zu hexadecimal digits, it takes %d",
		    anchor, count, HEX_LEN);
	MUN_ASSERT(mun_hex_decode(sha256, MUN_SHA256_LEN, digits, HEX_LEN));
	return MUN_OK;
}

/* Whether a person meant a fingerprint and left out what it is of. */
static bool
is_bare_digest(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++) {
		if (is_hex_digit(*text))
			count++;
		else if (strchr(" \t\r\n:-", *text) == NULL)
			return false;
	}
	return count == HEX_LEN;
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

enum mun_status
mun_anchor_parse(
    struct mun_anchor *out, const char *text, struct mun_error *err)
{
	struct mun_anchor anchor = { .kind = MUN_ANCHOR_CERTIFICATE };
	enum mun_status status;

	*out = anchor;
	if (strncmp(text, "vault:", strlen("vault:")) == 0) {
		anchor.kind = MUN_ANCHOR_VAULT;
		MUN_TRY(parse_digest(
		    anchor.sha256, text + strlen("vault:"), text, err));
	} else if (strncmp(text, "sha256:", strlen("sha256:")) == 0) {
		MUN_TRY(parse_digest(
		    anchor.sha256, text + strlen("sha256:"), text, err));
	} else if (is_bare_digest(text)) {
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "anchor '%s' does not say what it is the fingerprint of: "
		    "write 'vault:' before it for a vault's, 'sha256:' for a "
		    "certificate's",
		    text);
		goto out;
	} else {
		MUN_TRY(read_certificate(&anchor.certificate, text, err));
		for (size_t i = 0; i < MUN_SHA256_LEN; i++)
			anchor.sha256[i] =
			    mun_certificate_sha256(anchor.certificate)[i];
	}
	*out = anchor;
	status = MUN_OK;
out:
	return status;
}

void
mun_anchor_clear(struct mun_anchor *anchor)
{
	mun_certificate_free(anchor->certificate);
	*anchor = (struct mun_anchor){ .kind = MUN_ANCHOR_CERTIFICATE };
}
