/* SPDX-License-Identifier: BSD-2-Clause */
/* reference.h - how archives, documents and members are cited, and back. */
#ifndef MUN_INDEX_REFERENCE_H
#define MUN_INDEX_REFERENCE_H

#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"

struct mun_index_reference {
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint64_t document; /* 0: the archive */
	uint64_t member; /* 0: the document */
};
enum {
	MUN_INDEX_CITED = 80 /* bytes, with the NUL */
};

/* XPF-0003, XPF-0003-000042, XPF-0003/42, either with .m0003.  MUN_ERR_USAGE:
 * none of these. */
MUN_MUST_USE enum mun_status mun_index_take_apart(
    struct mun_index_reference *out, const char *text, struct mun_error *err);
/* As people write it.  width: digits of the archive's document numbers; not 1
 * to 20: not known, then XPF-0003/42. */
void mun_index_cite(char out[MUN_INDEX_CITED], const char *archive, int width,
    uint64_t document, uint64_t member);

#endif
