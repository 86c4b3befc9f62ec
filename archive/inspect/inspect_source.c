/* SPDX-License-Identifier: BSD-2-Clause */
/* inspect_source.c - bytes at an offset, of a file or of memory. */
#include "inspect/inspect_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Fewer bytes than asked for only at the end, or where reading fails. */
size_t
mun_inspect_read_at(
    const struct inspect_source *source, uint64_t offset, void *to, size_t len)
{
	size_t got = 0;
	ssize_t done;

	if (offset >= source->size)
		return 0;
	if (len > source->size - offset)
		len = (size_t)(source->size - offset);
	if (source->fd == -1) {
		memcpy(to, source->memory + offset, len);
		return len;
	}
	while (got < len) {
		done = pread(source->fd, (uint8_t *)to + got, len - got,
		    (off_t)(source->offset + offset + got));
		if (done == -1 && errno == EINTR)
			continue;
		if (done <= 0)
			break;
		got += (size_t)done;
	}
	return got;
}

/* What lies in memory is not copied.  Of a file there is one block: no two
 * sources of a look are files, and what is not on the stack costs only the
 * pages that are filled (a worker begins with none). */
size_t
mun_inspect_view_at(const struct inspect_source *source, uint64_t offset,
    size_t len, const uint8_t **bytes)
{
	static uint8_t block[INSPECT_BLOCK_LEN];

	if (len > sizeof(block))
		len = sizeof(block);
	*bytes = block;
	if (source->fd != -1 || offset >= source->size)
		return mun_inspect_read_at(source, offset, block, len);
	*bytes = source->memory + offset;
	return len < source->size - offset ? len
					   : (size_t)(source->size - offset);
}

uint16_t
mun_inspect_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t
mun_inspect_u32(const uint8_t *at)
{
	return (uint32_t)mun_inspect_u16(at) |
	    (uint32_t)mun_inspect_u16(at + 2) << 16;
}

uint64_t
mun_inspect_u64(const uint8_t *at)
{
	return (uint64_t)mun_inspect_u32(at) |
	    (uint64_t)mun_inspect_u32(at + 4) << 32;
}
