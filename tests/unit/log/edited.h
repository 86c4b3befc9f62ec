/* SPDX-License-Identifier: BSD-2-Clause */
/* edited.h - good text with one thing wrong in it. */
#ifndef MUN_TEST_EDITED_H
#define MUN_TEST_EDITED_H

/* 64 hex digits of one kind. */
#define HEX16(digit)                                                      \
	digit digit digit digit digit digit digit digit digit digit digit \
	    digit digit digit digit digit
#define HEX64(digit) HEX16(digit) HEX16(digit) HEX16(digit) HEX16(digit)

struct edit {
	const char *from; /* text to be found in the good one; "": the end */
	const char *to;
};

/* The good text with the first `from` replaced; fails the test if it is not
 * there.  free() it. */
char *edited(const char *good, const struct edit *edit);

#endif
