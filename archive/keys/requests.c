/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * requests.c - what waits in the keys folder for an answer that comes on a
 * stick.  Nothing here is a secret, and no key is read.
 *
 * Spec: docs/format/vault.md, The keys folder.
 */
#define _DEFAULT_SOURCE

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "keys/keys_internal.h"

#define FOLDER "requests"

enum {
	REQUEST_MAX = 16384, /* a checkpoint and a query */
	PATH_LEN = sizeof(FOLDER) + 2 * MUN_SHA256_LEN
};

static void
path_of(char path[PATH_LEN + 1], const uint8_t name[MUN_SHA256_LEN])
{
	memcpy(path, FOLDER "/", sizeof(FOLDER));
	mun_hex_encode(path + sizeof(FOLDER), name, MUN_SHA256_LEN);
}

enum mun_status
mun_keys_write_request(const char *folder, const uint8_t name[32],
    const void *bytes, size_t len, struct mun_error *err)
{
	char path[PATH_LEN + 1];
	enum mun_status status;
	int fd = -1;

	if (len > REQUEST_MAX)
		return mun_error_set(
		    err, MUN_ERR_LIMIT, "a request is too large to be kept");
	path_of(path, name);
	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	MUN_TRY(mun_file_make_folders(fd, FOLDER, 0700, err));
	MUN_TRY(mun_file_put_new(fd, path, bytes, len, 0600, err));
out:
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_keys_remove_request(
    const char *folder, const uint8_t name[32], struct mun_error *err)
{
	char path[PATH_LEN + 1];
	enum mun_status status;
	int fd = -1;

	path_of(path, name);
	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	if (unlinkat(fd, path, 0) != 0 && errno != ENOENT)
		status = mun_error_system(err, errno, "remove '%s'", path);
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
visit_file(int fd, const char *base, mun_keys_request_visit *visit, void *ctx,
    struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(REQUEST_MAX);
	uint8_t name[MUN_SHA256_LEN];
	enum mun_status status = MUN_OK;

	/* anything else that lies there is a person's own */
	if (!mun_hex_decode(name, sizeof(name), base, strlen(base)))
		return MUN_OK;
	MUN_TRY(mun_file_read_whole(fd, base, &bytes, err));
	status = visit(ctx, name, bytes.data, bytes.len, err);
out:
	mun_buffer_free(&bytes);
	return status;
}

enum mun_status
mun_keys_each_request(const char *folder, mun_keys_request_visit *visit,
    void *ctx, struct mun_error *err)
{
	enum mun_status status;
	DIR *listing = NULL;
	struct dirent *entry;
	int fd = -1, own = -1;

	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	status = mun_file_open_folder(fd, FOLDER, &own, err);
	if (status == MUN_ERR_NOT_FOUND) {
		status = MUN_OK;
		goto out;
	}
	MUN_TRY(status);
	listing = fdopendir(own);
	if (listing == NULL) {
		status = mun_error_system(err, errno, "list '%s'", FOLDER);
		goto out;
	}
	own = -1;
	while ((entry = readdir(listing)) != NULL)
		MUN_TRY(
		    visit_file(dirfd(listing), entry->d_name, visit, ctx, err));
out:
	if (listing != NULL)
		(void)closedir(listing);
	mun_file_close(&own);
	mun_file_close(&fd);
	return status;
}
