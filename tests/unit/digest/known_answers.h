/* SPDX-License-Identifier: BSD-2-Clause */
/* known_answers.h - published SHA-2 digests, in hex. */
#ifndef MUN_TEST_KNOWN_ANSWERS_H
#define MUN_TEST_KNOWN_ANSWERS_H

#include <stddef.h>
#include <stdint.h>

struct known_answer {
	const char *message;
	size_t repeats; /* the input is the message so many times */
	const char *sha256, *sha384, *sha512;
};

enum {
	KNOWN_ANSWERS = 5
};

extern const struct known_answer known_answers[KNOWN_ANSWERS];

/* The digest is the one in hex. */
void expect_digest(const uint8_t *digest, size_t len, const char *hex);

#endif
