/* SPDX-License-Identifier: BSD-2-Clause */
/* time.h - UTC seconds to and from YYYY-MM-DDTHH:MM:SSZ (RFC 3339, Z only). */
#ifndef MUN_BASE_TIME_H
#define MUN_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MUN_TIME_TEXT_LEN = 20
}; /* characters, without the NUL */

/* Years 1970 to 9999 only; false outside them. */
bool mun_time_format(char out[MUN_TIME_TEXT_LEN + 1], int64_t utc_s);
/* Exactly 20 characters, a real calendar date, no leap second. */
bool mun_time_parse(int64_t *utc_s, const char *text, size_t len);

#endif
