/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_internal.h - shared by the files of this folder.
 *
 * Flow (export.c): scan the log, ask whether its words may go, copy the
 * archives, record the copies, scan what was added, write the dossier and the texts, verify, rename, zip.
 */
#ifndef MUN_EXPORT_EXPORT_INTERNAL_H
#define MUN_EXPORT_EXPORT_INTERNAL_H

#include "dossier/dossier.h"
#include "muniment/export.h"
#include "vault/vault.h"

struct mun_export_archive {
	char id[MUN_ARCHIVE_ID_MAX + 1];
	bool is_logged, is_withdrawn, is_destroyed;
	uint64_t deposit; /* seq */
	uint8_t sha256[MUN_SHA256_LEN];
	bool is_recorded;
	uint64_t recorded; /* seq of its copy event */
};

/* An entry that goes into the dossier. */
struct mun_export_entry {
	uint64_t seq;
	bool is_general;
	size_t archive; /* else: which */
	bool has_statement;
};

struct mun_export_certificate {
	uint8_t sha256[MUN_SHA256_LEN];
	struct mun_buffer pem;
};

struct mun_exporting {
	struct mun_vault *vault;
	const struct mun_export_options *options;
	struct mun_export_archive *archives;
	size_t archive_count;
	struct mun_recorded recorded; /* export_record.c: as in the result */
	/* export_scan.c: the log below size */
	uint64_t size;
	uint64_t told; /* of words below that somebody was told; 0: nobody is */
	struct mun_export_entry *entries;
	size_t entry_count, entry_capacity;
	struct mun_export_certificate *certificates;
	size_t certificate_count;
	/* export_parcel.c: the folder under its temporary name */
	int parent_fd, fd;
	char base[256], temporary[256];
	struct mun_buffer path; /* of the temporary folder */
	const char **files; /* in it, in order; owned */
	size_t file_count;
	uint64_t done_bytes, all_bytes;
	char name[64]; /* of the dossier */
	bool has_stamps; /* the dossier; known once it is written */
};

/* ---- export_scan.c ---- */

/* Take what the log has now beyond size. */
MUN_MUST_USE enum mun_status mun_export_scan(
    struct mun_exporting *exporting, struct mun_error *err);
void mun_export_scan_clear(struct mun_exporting *exporting);

/* ---- export_agree.c ---- */

/* Tell what goes out; MUN_ERR_CANCELED: it is not to. */
MUN_MUST_USE enum mun_status mun_export_agree(
    struct mun_exporting *exporting, struct mun_error *err);
/* That was asked for, or somebody else typed it after the words were told. */
bool mun_export_is_withheld(
    const struct mun_exporting *exporting, uint64_t seq);

/* ---- export_record.c ---- */

/* One copy event an archive, and the log scanned with them. */
MUN_MUST_USE enum mun_status mun_export_record(
    struct mun_exporting *exporting, struct mun_error *err);

/* ---- export_dossier.c ---- */

/* Write the dossier of what was scanned to fd. */
MUN_MUST_USE enum mun_status mun_export_dossier(
    struct mun_exporting *exporting, int fd, struct mun_error *err);

/* ---- export_verify.c ---- */

/* What was written, judged as a stranger will judge it, and reported. */
MUN_MUST_USE enum mun_status mun_export_verify(struct mun_exporting *exporting,
    struct mun_export_result *result, struct mun_error *err);

/* ---- export_parcel.c ---- */

/* Make the folder under a temporary name. */
MUN_MUST_USE enum mun_status mun_export_parcel_open(
    struct mun_exporting *exporting, struct mun_error *err);
/* Make a file in it, mode 0400 in the end; *fd is the caller's to close. */
MUN_MUST_USE enum mun_status mun_export_parcel_file(
    struct mun_exporting *exporting, const char *name, int *fd,
    struct mun_error *err);
/* The same for one that is there and complete. */
MUN_MUST_USE enum mun_status mun_export_parcel_adopt(
    struct mun_exporting *exporting, const char *name, struct mun_error *err);
/* fsync and close it. */
MUN_MUST_USE enum mun_status mun_export_parcel_end(
    int *fd, const char *name, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_export_parcel_copy(
    struct mun_exporting *exporting, const struct mun_export_archive *archive,
    struct mun_error *err);
/* Give it its name, durable. */
MUN_MUST_USE enum mun_status mun_export_parcel_publish(
    struct mun_exporting *exporting, struct mun_error *err);
/* Whatever has no final name is removed. */
void mun_export_parcel_close(struct mun_exporting *exporting);

/* ---- export_text.c ---- */
void mun_export_read_first(
    const struct mun_exporting *exporting, struct mun_buffer *out);

/* ---- export_zip.c ---- */

/* The files of the parcel, stored, to fd; durable. */
MUN_MUST_USE enum mun_status mun_export_zip(
    struct mun_exporting *exporting, int fd, struct mun_error *err);

#endif
