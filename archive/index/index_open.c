/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index_open.c - an index open for asking, and its totals.
 */
#include "index/index_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

enum mun_status
mun_index_open(
    struct mun_index **out, struct mun_vault *vault, struct mun_error *err)
{
	struct mun_index *index = NULL;
	int64_t application, version;
	bool has;
	enum mun_status status;

	MUN_TRY(
	    mun_store_has(mun_vault_store(vault), MUN_INDEX_FILE, &has, err));
	if (!has) {
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no index; run 'muniment index rebuild'");
		goto out;
	}
	index = calloc(1, sizeof(*index));
	if (index == NULL) {
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the index");
		goto out;
	}
	index->vault = vault;
	MUN_TRY(mun_index_connect(
	    &index->db, vault, MUN_INDEX_FILE, SQLITE_OPEN_READONLY, err));
	MUN_TRY(mun_index_number(
	    index->db, "PRAGMA application_id", &application, err));
	MUN_TRY(
	    mun_index_number(index->db, "PRAGMA user_version", &version, err));
	if (application != MUN_INDEX_APPLICATION_ID ||
	    version != MUN_INDEX_VERSION) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "'%s' is not an index of this version; run 'muniment index "
		    "rebuild'",
		    MUN_INDEX_FILE);
		goto out;
	}
	MUN_TRY(mun_index_read_head(
	    index->db, &index->log_size, &index->log_root, err));
	*out = index;
	index = NULL;
out:
	mun_index_close(index);
	return status;
}

void
mun_index_close(struct mun_index *index)
{
	if (index == NULL)
		return;
	sqlite3_finalize(index->width_of);
	sqlite3_close(index->db);
	free(index);
}

uint64_t
mun_index_log_size(const struct mun_index *index)
{
	return index->log_size;
}

enum mun_status
mun_index_get_totals(struct mun_index *index, struct mun_index_totals *totals,
    struct mun_error *err)
{
	static const char *const queries[] = {
		"SELECT count(*) FROM archive",
		"SELECT coalesce(sum(documents), 0) FROM archive",
		"SELECT coalesce(sum(members), 0) FROM archive",
		"SELECT coalesce(sum(bytes), 0) FROM archive",
		"SELECT count(*) FROM event",
		"SELECT coalesce(sum(findings), 0) FROM archive",
		"SELECT count(*) FROM event WHERE statement_sha256 IS NOT NULL "
		"AND seq NOT IN (SELECT seq FROM statement)",
	};
	uint64_t *const fields[] = { &totals->archives, &totals->documents,
		&totals->members, &totals->bytes, &totals->events,
		&totals->findings, &totals->statements_withheld };
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		int64_t number;

		MUN_TRY(mun_index_number(index->db, queries[i], &number, err));
		*fields[i] = number < 0 ? 0 : (uint64_t)number;
	}
out:
	return status;
}
