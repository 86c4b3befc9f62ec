/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * result.c - after the commit: receipt, index, numbers.  Nothing here can
 * undo the deposit, so nothing here fails it.
 */
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "ingest/ingest_internal.h"

static enum mun_status
write_receipt(struct mun_ingest *run, struct mun_buffer *out)
{
	struct mun_receipt receipt = MUN_RECEIPT_INIT;
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, run->store, NULL));
	MUN_TRY(mun_log_receipt(log, run->appended.seq, &receipt, NULL));
	memcpy(receipt.vault, run->vault.fingerprint, MUN_SHA256_LEN);
	memcpy(receipt.archive, run->id, sizeof(receipt.archive));
	memcpy(receipt.entry, run->appended.sha256, MUN_SHA256_LEN);
	mun_receipt_write(&receipt, out);
	status = mun_buffer_status(out, "receipt", NULL);
out:
	mun_receipt_clear(&receipt);
	mun_log_close(log);
	return status;
}

void
mun_ingest_report(struct mun_ingest *run, struct mun_deposit_result *result)
{
	(void)snprintf(result->archive, sizeof(result->archive), "%s", run->id);
	result->documents = run->documents;
	result->bytes = run->bytes;
	result->members = run->members;
	result->findings = run->findings;
	result->complete = !mun_deposit_is_incomplete(run->deposit);
	memcpy(result->sha256, run->sha256, MUN_SHA256_LEN);
	result->log_index = run->appended.seq;
	result->tree_size = run->appended.size;
	result->already_held = run->already_held;
	result->clock_behind = run->appended.clock_behind;
	result->head_kept = run->appended.head_kept;
	if (write_receipt(run, &result->receipt) != MUN_OK)
		mun_buffer_reset(&result->receipt);
	result->index_updated = mun_ingest_catch_up(
	    run, result->index_problem, sizeof(result->index_problem));
}
