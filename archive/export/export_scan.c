/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_scan.c - one pass over the log: the entries that go into the dossier,
 * and the certificates that these bring.
 *
 * The log itself is read, not the index: what goes to a court comes from what
 * is signed.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "export/export_internal.h"

static enum mun_status
no_memory(struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_NOMEM, "out of memory for a parcel");
}

static enum mun_status
take_certificate(struct mun_exporting *exporting,
    const struct mun_certificate *certificate, struct mun_error *err)
{
	const uint8_t *sha256;
	struct mun_export_certificate *grown;
	enum mun_status status;

	if (certificate == NULL)
		return MUN_OK;
	sha256 = mun_certificate_sha256(certificate);
	for (size_t i = 0; i < exporting->certificate_count; i++)
		if (mun_bytes_equal(exporting->certificates[i].sha256, sha256,
			MUN_SHA256_LEN))
			return MUN_OK;
	grown = reallocarray(exporting->certificates,
	    exporting->certificate_count + 1, sizeof(*grown));
	if (grown == NULL)
		return no_memory(err);
	exporting->certificates = grown;
	grown = &exporting->certificates[exporting->certificate_count++];
	*grown = (struct mun_export_certificate){ .pem = MUN_BUFFER_INIT(2 *
						      MUN_CERTIFICATE_MAX) };
	memcpy(grown->sha256, sha256, MUN_SHA256_LEN);
	mun_certificate_write_pem(certificate, &grown->pem);
	status = mun_buffer_status(&grown->pem, "certificate", err);
	return status;
}

/* What an event says of one of the archives. */
static void
take_fate(struct mun_export_archive *archive, uint64_t seq,
    const struct mun_detail *detail)
{
	if (detail->type == MUN_EVENT_DEPOSIT && !archive->is_logged) {
		archive->is_logged = true;
		archive->deposit = seq;
		memcpy(archive->sha256, detail->deposit.sha256, MUN_SHA256_LEN);
	}
	if (detail->type == MUN_EVENT_DEACCESSION) {
		archive->is_withdrawn = true;
		archive->is_destroyed = archive->is_destroyed ||
		    detail->bytes == MUN_FATE_DESTROYED;
	}
}

static enum mun_status
add_entry(struct mun_exporting *exporting, const struct mun_export_entry *entry,
    struct mun_error *err)
{
	struct mun_export_entry *grown;

	if (exporting->entry_count == exporting->entry_capacity) {
		size_t capacity = exporting->entry_capacity * 2 + 64;

		grown =
		    reallocarray(exporting->entries, capacity, sizeof(*grown));
		if (grown == NULL)
			return no_memory(err);
		exporting->entries = grown;
		exporting->entry_capacity = capacity;
	}
	exporting->entries[exporting->entry_count++] = *entry;
	return MUN_OK;
}

static enum mun_status
take_event(struct mun_exporting *exporting, const struct mun_event *event,
    const struct mun_detail *detail, struct mun_error *err)
{
	struct mun_export_entry entry = { .seq = exporting->size,
		.is_general = mun_dossier_is_general(
		    detail->type, detail->subject.archive),
		.has_statement = event->has_statement };

	if (entry.is_general) {
		enum mun_status status =
		    take_certificate(exporting, detail->certificate, err);

		return status != MUN_OK ? status
					: add_entry(exporting, &entry, err);
	}
	for (size_t i = 0; i < exporting->archive_count; i++) {
		if (!mun_dossier_is_about(detail, exporting->archives[i].id))
			continue;
		take_fate(&exporting->archives[i], entry.seq, detail);
		entry.archive = i;
		return add_entry(exporting, &entry, err);
	}
	return MUN_OK;
}

static enum mun_status
take_founding(struct mun_exporting *exporting, const struct mun_event *event,
    struct mun_error *err)
{
	const struct mun_detail founding = { .type = MUN_EVENT_VAULT_CREATED };
	const struct mun_vault_created *created =
	    mun_vault_founding(exporting->vault);
	enum mun_status status;

	MUN_TRY(take_certificate(exporting, created->certificate, err));
	MUN_TRY(take_certificate(exporting, created->recovery, err));
	status = take_event(exporting, event, &founding, err);
out:
	return status;
}

static enum mun_status
take_entry(struct mun_exporting *exporting, const struct mun_buffer *der,
    struct mun_error *err)
{
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_detail detail = { .type = MUN_EVENT_UNKNOWN };
	enum mun_status status;

	MUN_TRY(mun_entry_unverified(&entry, der->data, der->len, err));
	if (exporting->size == 0) {
		MUN_TRY(take_founding(exporting, &entry.event, err));
	} else {
		MUN_TRY(mun_detail_read(&detail, &entry.event, err));
		status = take_event(exporting, &entry.event, &detail, err);
		mun_detail_clear(&detail);
		MUN_TRY(status);
	}
	exporting->size++;
out:
	mun_entry_clear(&entry);
	return status;
}

enum mun_status
mun_export_scan(struct mun_exporting *exporting, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_log *log = NULL;
	enum mun_status status;
	uint64_t size;

	MUN_TRY(mun_log_open(&log, mun_vault_store(exporting->vault), err));
	size = mun_log_checkpoint(log)->size;
	while (exporting->size < size) {
		MUN_TRY(mun_log_entry(log, exporting->size, &der, err));
		status = take_entry(exporting, &der, err);
		if (status != MUN_OK) {
			mun_error_wrap(err, "log entry %llu",
			    (unsigned long long)exporting->size);
			goto out;
		}
	}
out:
	mun_log_close(log);
	mun_buffer_free(&der);
	return status;
}

void
mun_export_scan_clear(struct mun_exporting *exporting)
{
	for (size_t i = 0; i < exporting->certificate_count; i++)
		mun_buffer_free(&exporting->certificates[i].pem);
	free(exporting->certificates);
	free(exporting->entries);
	exporting->certificates = NULL;
	exporting->entries = NULL;
	exporting->certificate_count = 0;
	exporting->entry_count = exporting->entry_capacity = 0;
	exporting->size = 0;
}
