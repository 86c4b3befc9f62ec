/* SPDX-License-Identifier: BSD-2-Clause */
/* system.c - the real clock and the kernel's generator. */
#include "base/system.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

enum mun_status
mun_system_clock(int64_t *now_utc_s, struct mun_error *err)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return mun_error_system(err, errno, "read the clock");
	*now_utc_s = (int64_t)now.tv_sec;
	return MUN_OK;
}

enum mun_status
mun_system_random(void *out, size_t len, struct mun_error *err)
{
	uint8_t *bytes = out;

	while (len > 0) {
		ssize_t got = getrandom(bytes, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return mun_error_system(
			    err, errno, "read random bytes");
		bytes += got;
		len -= (size_t)got;
	}
	return MUN_OK;
}
