/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_read.c - small files that are named on the command line. */
#include "common/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum mun_status
read_all(int fd, struct mun_buffer *out, struct mun_error *err)
{
	uint8_t piece[4096];
	ssize_t got;

	while ((got = read(fd, piece, sizeof(piece))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return mun_error_system(err, errno, "read");
		mun_buffer_append(out, piece, (size_t)got);
	}
	return mun_buffer_status(out, "file", err);
}

enum mun_status
tool_read_file(const char *path, struct mun_buffer *out, struct mun_error *err)
{
	struct stat state;
	enum mun_status status;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return mun_error_system(err, errno, "open '%s'", path);
	if (fstat(fd, &state) != 0)
		status = mun_error_system(err, errno, "examine");
	else if (!S_ISREG(state.st_mode))
		status = mun_error_set(err, MUN_ERR_USAGE, "no regular file");
	else
		status = read_all(fd, out, err);
	(void)close(fd);
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", path);
	return status;
}
