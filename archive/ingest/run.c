/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.c - one deposit from its plan to its receipt: the flow and nothing else.
 *
 * Order of events: docs/ARCHITECTURE.md, "Commit order".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "base/macros.h"
#include "base/system.h"
#include "ingest/ingest_internal.h"
#include "sandbox/sandbox.h"

enum {
	WORKERS = 2,
	/* A second identifying worker costs as much to start as it then saves
	 * over this many documents. */
	DOCUMENTS_FOR_ONE = 32,
	SPOOL_MEMORY = 65536,
	/* Bytes of metadata, spools included, that a document costs at least */
	DOCUMENT_OVERHEAD = 4096,
	MEGABYTE = 1000000
};

enum mun_status
mun_ingest_look(struct mun_ingest *run, struct mun_error *err)
{
	if (run->watch == NULL || run->watch(run->ctx, &run->progress))
		return MUN_OK;
	return mun_error_set(
	    err, MUN_ERR_CANCELED, "stopped; the vault is as it was");
}

/* ---- before anything is read ---- */

enum mun_status
mun_deposit_nursery_start(char **argv, struct mun_error *err)
{
	return mun_sandbox_nursery_start(argv, err);
}

void
mun_deposit_nursery_stop(void)
{
	mun_sandbox_nursery_stop();
}

/* ---- before anything is touched ---- */

/* A clock that is clearly wrong, and keys whose certificate has ended, are
 * refused when the event is signed; better now than after hours of packing. */
static enum mun_status
check_clock(const struct mun_ingest *run, struct mun_error *err)
{
	const char *pem = mun_signer_certificate_pem(run->signer);
	struct mun_certificate *signer = NULL;
	enum mun_status status;
	int64_t now_utc_s;

	MUN_TRY(mun_system_clock(&now_utc_s, err));
	if (now_utc_s < MUN_CLOCK_EPOCH_UTC_S)
		status = mun_error_set(err, MUN_ERR_SYSTEM,
		    "the clock of this machine is wrong: it shows a time "
		    "before 2026; set it, then deposit");
	if (status == MUN_OK)
		MUN_TRY(mun_certificate_from_pem(
		    &signer, pem, strlen(pem), true, err));
	if (status == MUN_OK)
		status = mun_log_check_validity(signer, now_utc_s, err);
out:
	mun_certificate_free(signer);
	return status;
}

/* Refuse what clearly has no room, instead of filling the disk first. */
static enum mun_status
check_room(const struct mun_ingest *run, struct mun_error *err)
{
	const struct mun_deposit_totals *totals = &run->deposit->totals;
	struct statvfs fs;
	uint64_t wanted, room;

	if (fstatvfs(mun_store_fd(run->store), &fs) != 0)
		return mun_error_system(err, errno, "examine the vault's disk");
	wanted = totals->bytes + totals->documents * DOCUMENT_OVERHEAD;
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (wanted <= room)
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_SYSTEM,
	    "the vault's disk has room for %llu MB, and this deposit needs "
	    "%llu MB; make room, or deposit less at a time",
	    (unsigned long long)(room / MEGABYTE),
	    (unsigned long long)(wanted / MEGABYTE + 1));
}

/* ---- making and unmaking a run ---- */

static void
init(struct mun_ingest *run, struct mun_deposit *deposit,
    struct mun_signer *signer)
{
	*run = (struct mun_ingest){ .deposit = deposit,
		.store = mun_vault_store(deposit->vault),
		.signer = signer,
		.incoming = MUN_STORE_INCOMING_INIT,
		.tar = { .fd = -1 },
		.read_fd = -1,
		.line = MUN_BUFFER_INIT((size_t)2 * MUN_LINE_MAX),
		.path = MUN_BUFFER_INIT(MUN_PATH_MAX),
		.leaves = MUN_MERKLE_FRONTIER_INIT };
	run->progress.all = deposit->totals;
	mun_vault_get_info(deposit->vault, &run->vault);
	mun_name_judge_init(&run->judge);
	for (int i = 0; i < MUN_SPOOLS; i++)
		mun_spool_init(&run->spools[i], -1, SPOOL_MEMORY);
}

static void
clear(struct mun_ingest *run)
{
	mun_identify_stop(run->identify);
	mun_inspect_stop(run->inspect);
	mun_ingest_close_index(run);
	mun_ingest_free_ring(run);
	mun_tar_out_close(&run->tar);
	mun_file_close(&run->read_fd);
	for (int i = 0; i < MUN_SPOOLS; i++)
		mun_spool_free(&run->spools[i]);
	if (run->incoming.fd >= 0)
		mun_store_incoming_end(run->store, &run->incoming);
	mun_name_judge_free(&run->judge);
	mun_buffer_free(&run->line);
	mun_buffer_free(&run->path);
	free(run->first);
}

/* Workers first: they are refused where there is no sandbox, and a nursery that
 * is only made now is to know as little as can be. */
static enum mun_status
start_workers(struct mun_ingest *run, struct mun_error *err)
{
	bool unsafe = run->deposit->options.unsafe_no_sandbox;
	unsigned identifiers =
	    run->progress.all.documents <= DOCUMENTS_FOR_ONE ? 1 : WORKERS;
	enum mun_status status;

	MUN_TRY(mun_identify_start(&run->identify, identifiers, unsafe, err));
	MUN_TRY(mun_inspect_start(&run->inspect, WORKERS, unsafe, err));
	run->first = malloc(MUN_IDENTIFY_LEN);
	if (run->first == NULL)
		status = mun_error_set(err, MUN_ERR_NOMEM, "no memory");
out:
	return status;
}

static enum mun_status
open_files(struct mun_ingest *run, struct mun_error *err)
{
	char name[MUN_ARCHIVE_ID_MAX + 5];
	enum mun_status status;

	MUN_TRY(mun_tar_out_open(&run->tar, run->incoming.fd, run->id, err));
	(void)snprintf(name, sizeof(name), "%s.tar", run->id);
	run->read_fd =
	    openat(run->incoming.fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (run->read_fd < 0) {
		status = mun_error_system(err, errno, "open '%s'", name);
		goto out;
	}
	for (int i = 0; i < MUN_SPOOLS; i++)
		mun_spool_init(&run->spools[i], run->incoming.fd, SPOOL_MEMORY);
	status = mun_ingest_start_ring(run, err);
out:
	return status;
}

static enum mun_status
go(struct mun_ingest *run, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_deposit_check(run->deposit, err));
	MUN_TRY(check_clock(run, err));
	MUN_TRY(check_room(run, err));
	run->width = mun_number_width(run->deposit->totals.documents);
	MUN_TRY(start_workers(run, err));
	MUN_TRY(mun_ingest_take_number(run, err));
	MUN_TRY(open_files(run, err));
	mun_ingest_open_index(run);
	MUN_TRY(mun_ingest_write_bagit(run, err));
	MUN_TRY(mun_ingest_pack(run, err));
	mun_ingest_close_index(run);
	MUN_TRY(mun_ingest_write_metadata(run, err));
	MUN_TRY(mun_ingest_seal(run, err));
	status = mun_ingest_commit(run, err);
out:
	return status;
}

enum mun_status
mun_deposit_run(struct mun_deposit *deposit, struct mun_signer *signer,
    mun_deposit_watch *watch, void *ctx, struct mun_deposit_result *result,
    struct mun_error *err)
{
	struct mun_ingest *run = malloc(sizeof(*run));
	enum mun_status status;

	if (run == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	deposit->skipped_count = 0;
	deposit->archive[0] = '\0';
	init(run, deposit, signer);
	run->watch = watch;
	run->ctx = ctx;
	status = go(run, err);
	if (status == MUN_OK) {
		memcpy(deposit->archive, run->id, sizeof(deposit->archive));
		mun_ingest_report(run, result);
	}
	clear(run);
	free(run);
	return status;
}
