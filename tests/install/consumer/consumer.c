/* SPDX-License-Identifier: BSD-2-Clause */
/* consumer.c - somebody else's program, with an installed muniment only. */
#include <stdio.h>

#include <muniment/buffer.h>
#include <muniment/error.h>

int
main(void)
{
	struct mun_buffer text = MUN_BUFFER_INIT(64);
	struct mun_error err = MUN_ERROR_INIT;

	mun_buffer_append_hex(&text, "ok", 2);
	if (mun_buffer_status(&text, "the text", &err) != MUN_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	puts((const char *)text.data);
	mun_buffer_free(&text);
	return 0;
}
