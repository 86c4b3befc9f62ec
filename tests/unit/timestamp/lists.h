/* SPDX-License-Identifier: BSD-2-Clause */
/* lists.h - revocation lists with any dates, rightly signed. */
#ifndef MUN_TEST_TIMESTAMP_LISTS_H
#define MUN_TEST_TIMESTAMP_LISTS_H

#include "trust/crl.h"

struct list {
	const char *issuer; /* name in the tests' PKI, which signs */
	const char *named; /* NULL, or whose name it bears instead */
	const char *revoked; /* NULL: nothing is revoked */
	int64_t this_utc_s, next_utc_s; /* next 0: none */
	int64_t revoked_utc_s, invalid_utc_s; /* invalid 0: none */
	/* An extension of the list, or of the entry: "name", "value" as in
	 * openssl.cnf; NULL: none. */
	const char *extension, *value;
	const char *entry_extension, *entry_value;
	bool with_sha1;
};

/* Append its DER; fails the test if it cannot. */
void list_write(struct mun_buffer *der, const struct list *list);
/* The same as a struct mun_crl; mun_crl_free() it. */
struct mun_crl *list_read(const struct list *list);

#endif
