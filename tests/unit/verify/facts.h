/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts.h - an archive and its log as the verifier found them, both good and
 * made for each other, to be spoilt by tests.
 */
#ifndef MUN_UNIT_VERIFY_FACTS_H
#define MUN_UNIT_VERIFY_FACTS_H

#include "verify/verify_internal.h"

enum {
	ENTRIES = 4,
	DEPOSIT_SEQ = 2 /* the entry of the archive; its seal saw entry 1 */
};

struct facts {
	struct mun_verification *v;
	struct mun_archive_facts archive;
	struct mun_log_facts log;
	struct mun_entry_fact entries[ENTRIES];
	struct mun_deposit_fact deposits[2];
	const struct mun_check *last; /* that expect_check() found */
};

/* Sealed and logged by the certificate of that name in tests/pki. */
void facts_make(struct facts *facts, const char *signer);
void facts_free(struct facts *facts);

/* The certificate of that name as an anchor; bare: by its digest alone. */
void facts_anchor(struct facts *facts, const char *name, bool bare);
void facts_anchor_vault(
    struct facts *facts, const uint8_t sha256[MUN_SHA256_LEN]);
void facts_anchor_either(
    struct facts *facts, const uint8_t sha256[MUN_SHA256_LEN]);

/* There is exactly one check of that rule, and it says so; or there is none. */
void facts_expect(
    struct facts *facts, const char *rule, enum mun_verdict verdict);
void facts_expect_none(const struct facts *facts, const char *rule);

#endif
