/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry.c - one entry of the log: a signature with its event inside.
 *
 * Spec: docs/format/log.md, Entry; docs/format/cms.md.
 */
#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "log/log_internal.h"
#include "signature/signature.h"

void
mun_entry_clear(struct mun_entry *entry)
{
	mun_event_clear(&entry->event);
	mun_certificate_free(entry->certificate);
	entry->certificate = NULL;
}

enum mun_status
mun_entry_unverified_next(struct mun_entry *out,
    struct mun_recent_certificates *recent, const void *der, size_t len,
    struct mun_error *err)
{
	struct mun_signature_claim claim;
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	MUN_TRY(mun_signature_unverified_claim(
	    &claim, MUN_SIGNATURE_ENCLOSING, der, len, err));
	MUN_TRY(mun_recent_certificates_take(recent, &certificate,
	    claim.certificate, claim.certificate_len, err));
	MUN_TRY(mun_event_parse(
	    &out->event, claim.content, claim.content_len, err));
	mun_sha256_of(out->sha256, der, len);
	mun_certificate_free(out->certificate);
	out->certificate = certificate;
	certificate = NULL;
out:
	if (status == MUN_ERR_LIMIT)
		status = mun_error_set(err, MUN_ERR_FORMAT, "it is too large");
	if (status != MUN_OK)
		mun_error_wrap(err, "log entry");
	mun_certificate_free(certificate);
	return status;
}

enum mun_status
mun_entry_unverified(
    struct mun_entry *out, const void *der, size_t len, struct mun_error *err)
{
	struct mun_recent_certificates none = MUN_RECENT_CERTIFICATES_INIT;
	enum mun_status status =
	    mun_entry_unverified_next(out, &none, der, len, err);

	mun_recent_certificates_clear(&none);
	return status;
}

const char *
mun_entry_check(const struct mun_entry *entry, const void *der, size_t len)
{
	struct mun_buffer content = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	const char *rule = "cms.encoding";

	if (!mun_bytes_equal(entry->event.actor,
		mun_certificate_sha256(entry->certificate), MUN_SHA256_LEN))
		return "event.actor";
	/* The event as it was taken out, not the bytes it was taken from: so
	 * the signature is over what the caller goes on with. */
	mun_event_write(&entry->event, &content);
	if (content.status == MUN_OK)
		rule = mun_signature_check(MUN_SIGNATURE_ENCLOSING,
		    entry->certificate, content.data, content.len,
		    entry->event.time_utc_s, der, len);
	mun_buffer_free(&content);
	return rule;
}
