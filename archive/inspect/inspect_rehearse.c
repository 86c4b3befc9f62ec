/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_rehearse.c - the tools, and a first inspection, of bytes of ours.
 *
 * What a library does once (its linker looks up hundreds of symbols, OpenSSL
 * wakes up) is done in the template, not again in every worker.  Nothing
 * depends on the rehearsal: where it cannot be done, workers are slower.
 */
/* memfd_create(2): a descriptor that needs no folder. */
#define _GNU_SOURCE
#include "inspect/inspect_internal.h"

#include <sys/mman.h>

#include "base/file.h"
#include "base/macros.h"
#include "inspect/inspect_libarchive_internal.h"

/* Four bytes of text, by gzip -n: the most common container. */
static const uint8_t sample[] = { 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x03, 0x2b, 0x4f, 0x2c, 0xca, 0x05, 0x00, 0xbf, 0xe0, 0xb3,
	0xb0, 0x04, 0x00, 0x00, 0x00 };

static void
rehearse(struct inspect_tools *tools, int fd)
{
	const struct inspect_request request = { .size = sizeof(sample) };
	struct mun_buffer answer = MUN_BUFFER_INIT(INSPECT_ANSWER_MAX);

	if (mun_file_write_all(fd, sample, sizeof(sample), NULL) == MUN_OK)
		(void)!mun_inspect_handle(tools, (const uint8_t *)&request,
		    sizeof(request), fd, &answer, NULL);
	mun_buffer_free(&answer);
}

enum mun_status
mun_inspect_prepare(void **state, struct mun_error *err)
{
	static struct inspect_libarchive la;
	static struct inspect_tools tools = { .la = &la };
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_inspect_open_libarchive(&la, err));
	/* Also wakes OpenSSL up, which no worker could do any more. */
	MUN_TRY(mun_digest_pair_new(&tools.pair, err));
	tools.utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	fd = memfd_create("sample", MFD_CLOEXEC);
	if (fd >= 0)
		rehearse(&tools, fd);
	*state = &tools;
out:
	mun_file_close(&fd);
	return status;
}
