/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rows.h - what makes rows: of archives (rows.c), of entries (entry_rows.c).
 */
#ifndef MUN_INDEX_ROWS_H
#define MUN_INDEX_ROWS_H

#include "index/index_internal.h"
#include "package/package.h"

struct mun_row_teller {
	struct mun_vault *vault;
	struct mun_log *log;
	const struct mun_index_sink *sink;
	struct mun_buffer entry, statement, scratch;
	struct mun_recent_certificates recent;
	/* of the entry under way */
	uint64_t seq;
	/* of its archive, if it deposits one */
	struct mun_index_words *words;
	uint64_t word_rows; /* told so far */
	int fd;
	uint64_t file_size;
	struct mun_package_member member[MUN_TAG_MEMBERS_COUNT];
	struct mun_deposit_metadata deposit;
	struct mun_seal seal;
};

/* Values; bytes are borrowed, NULL gives NULL. */
struct mun_index_value mun_row_integer(uint64_t number);
struct mun_index_value mun_row_text(const char *text);
struct mun_index_value mun_row_blob(const void *bytes, size_t len);
struct mun_index_value mun_row_null(void);

MUN_MUST_USE enum mun_status mun_row_put(struct mun_row_teller *teller,
    enum mun_index_table table, const struct mun_index_value *values,
    struct mun_error *err);

/* All rows of the archive that entry teller->seq deposits; the row without
 * counts, if its file is gone. */
MUN_MUST_USE enum mun_status mun_row_archive(struct mun_row_teller *teller,
    const struct mun_deposit_subject *subject, const char *case_name,
    struct mun_error *err);

#endif
