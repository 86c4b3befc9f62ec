/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_certificates.c - the certificates that the newest entry brought, as files
 * under certs/: derived, so written after the commit and again by a recovery.
 *
 * Spec: docs/format/log.md, Beside the log.
 */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "log/detail.h"
#include "log/log_internal.h"

static enum mun_status
put(struct mun_store *store, const struct mun_certificate *certificate,
    struct mun_error *err)
{
	struct mun_buffer pem =
	    MUN_BUFFER_INIT(2 * (size_t)MUN_CERTIFICATE_MAX);
	char hex[2 * MUN_SHA256_LEN + 1];
	char name[sizeof("certs/") + sizeof(hex) + sizeof(".pem")];
	enum mun_status status;
	bool has;

	if (certificate == NULL)
		return MUN_OK;
	mun_hex_encode(
	    hex, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	(void)snprintf(name, sizeof(name), "certs/%s.pem", hex);
	MUN_TRY(mun_store_has(store, name, &has, err));
	if (has)
		goto out;
	mun_certificate_write_pem(certificate, &pem);
	MUN_TRY(mun_buffer_status(&pem, name, err));
	status = mun_store_put_derived(store, name, pem.data, pem.len, err);
out:
	mun_buffer_free(&pem);
	return status;
}

static enum mun_status
put_founding(struct mun_store *store, const struct mun_event *event,
    struct mun_error *err)
{
	struct mun_vault_created created;
	enum mun_status status;

	MUN_TRY(mun_event_vault_created(&created, event, err));
	status = put(store, created.certificate, err);
	if (status == MUN_OK)
		status = put(store, created.recovery, err);
	mun_vault_created_clear(&created);
out:
	return status;
}

/* An event that cannot be read is the verifier's to tell, not ours. */
static enum mun_status
put_of(struct mun_store *store, const struct mun_event *event,
    struct mun_error *err)
{
	struct mun_detail detail;
	enum mun_status status;

	if (event->seq == 0)
		return put_founding(store, event, err);
	if (mun_event_type_of(event->type) != MUN_EVENT_ACTOR_ENROLLED &&
	    mun_event_type_of(event->type) != MUN_EVENT_KEY_ROTATED)
		return MUN_OK;
	status = mun_detail_read(&detail, event, err);
	if (status == MUN_ERR_FORMAT)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	status = put(store, detail.certificate, err);
	mun_detail_clear(&detail);
	return status;
}

enum mun_status
mun_log_put_certificates(struct mun_log *log, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	enum mun_status status;

	MUN_TRY(mun_log_entry(log, log->checkpoint.size - 1, &der, err));
	status = mun_entry_unverified(&entry, der.data, der.len, err);
	if (status == MUN_ERR_FORMAT)
		status = MUN_OK;
	else if (status == MUN_OK)
		status = put_of(log->store, &entry.event, err);
out:
	mun_entry_clear(&entry);
	mun_buffer_free(&der);
	return status;
}
