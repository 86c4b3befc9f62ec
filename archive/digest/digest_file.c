/* SPDX-License-Identifier: BSD-2-Clause */
/* digest_file.c - a whole file's SHA-256, for asking whether it is held. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "muniment/digest.h"

static enum mun_status
hash_all(int fd, struct mun_sha256 *hash, uint8_t *block, struct mun_error *err)
{
	enum mun_status status;
	size_t got;

	do {
		MUN_TRY(
		    mun_file_read_full(fd, block, MUN_BLOCK_LEN, &got, err));
		mun_sha256_update(hash, block, got);
	} while (got == MUN_BLOCK_LEN);
out:
	return status;
}

enum mun_status
mun_digest_file(
    const char *path, uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err)
{
	struct mun_sha256 *hash = NULL;
	uint8_t *block = NULL;
	struct stat state;
	enum mun_status status;
	/* Without waiting: it may be a FIFO nobody writes to. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return mun_error_system(err, errno, "'%s'", path);
	if (fstat(fd, &state) != 0) {
		status = mun_error_system(err, errno, "examine '%s'", path);
		goto out;
	}
	if (!S_ISREG(state.st_mode)) {
		status = mun_error_set(
		    err, MUN_ERR_FORMAT, "'%s' is no regular file", path);
		goto out;
	}
	MUN_TRY(mun_sha256_new(&hash, err));
	block = malloc(MUN_BLOCK_LEN);
	if (block == NULL) {
		status = mun_error_set(err, MUN_ERR_NOMEM, "no memory");
		goto out;
	}
	status = hash_all(fd, hash, block, err);
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", path);
	else
		mun_sha256_finish(hash, sha256);
out:
	mun_sha256_free(hash);
	free(block);
	mun_file_close(&fd);
	return status;
}
