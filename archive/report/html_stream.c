/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_stream.c - a stream of markup in a file, so that memory stays small.
 *
 * Parts are told in another order than they are read; each waits in a file
 * without a name beside the report, never in a shared temporary folder: they
 * hold names of documents.
 */
#define _GNU_SOURCE /* O_TMPFILE */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/system.h"
#include "report/html.h"

enum {
	FLUSH_FROM = 65536
};

/* Where a folder's file system knows no file without a name: one with a random
 * name, which is taken away at once. */
static enum mun_status
open_named(int *fd, int folder_fd, struct mun_error *err)
{
	uint8_t random[16];
	char hex[2 * sizeof(random) + 1], name[64];
	enum mun_status status;

	MUN_TRY(mun_system_random(random, sizeof(random), err));
	mun_hex_encode(hex, random, sizeof(random));
	snprintf(name, sizeof(name), ".%s.tmp", hex);
	*fd = openat(
	    folder_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0)
		return mun_error_system(
		    err, errno, "make a temporary file beside the report");
	if (unlinkat(folder_fd, name, 0) != 0)
		return mun_error_system(
		    err, errno, "remove the name of a temporary file");
out:
	return status;
}

enum mun_status
mun_html_open(struct mun_html *html, int folder_fd, struct mun_error *err)
{
	html->fd = openat(folder_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (html->fd >= 0)
		return MUN_OK;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT &&
	    errno != EINVAL)
		return mun_error_system(
		    err, errno, "make a temporary file beside the report");
	return open_named(&html->fd, folder_fd, err);
}

enum mun_status
mun_html_flush(struct mun_html *html, bool force, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_buffer_status(&html->text, "a part of the report", err));
	if (html->text.len == 0 || (!force && html->text.len < FLUSH_FROM))
		return MUN_OK;
	MUN_TRY(
	    mun_file_write_all(html->fd, html->text.data, html->text.len, err));
	html->len += html->text.len;
	mun_buffer_reset(&html->text);
out:
	return status;
}

enum mun_status
mun_html_rewind(struct mun_html *html, uint64_t len, struct mun_error *err)
{
	mun_buffer_reset(&html->text);
	if (ftruncate(html->fd, (off_t)len) != 0 ||
	    lseek(html->fd, (off_t)len, SEEK_SET) < 0)
		return mun_error_system(err, errno, "cut a part of the report");
	html->len = len;
	return MUN_OK;
}

enum mun_status
mun_html_append(
    struct mun_html *html, struct mun_html *part, struct mun_error *err)
{
	uint64_t done = 0;
	enum mun_status status;

	MUN_TRY(mun_html_flush(part, true, err));
	while (done < part->len) {
		size_t got;
		uint8_t *room = mun_buffer_reserve(&html->text, FLUSH_FROM);

		if (room == NULL)
			break;
		MUN_TRY(mun_file_read_at(
		    part->fd, room, FLUSH_FROM, done, &got, err));
		if (got == 0)
			return mun_error_set(err, MUN_ERR_SYSTEM,
			    "a temporary file of the report was cut short");
		html->text.len += got;
		done += got;
		MUN_TRY(mun_html_flush(html, true, err));
	}
	status = mun_html_flush(html, false, err);
out:
	return status;
}

void
mun_html_close(struct mun_html *html)
{
	mun_file_close(&html->fd);
	mun_buffer_free(&html->text);
	html->len = 0;
}
