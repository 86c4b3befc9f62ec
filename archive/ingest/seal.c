/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seal.c - the signed statement that closes the archive, and its last bytes.
 *
 * What was signed is judged by the verifier's own code before it is written.
 */
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/system.h"
#include "ingest/ingest_internal.h"
#include "muniment/keys.h"
#include "signature/signature.h"

/* ---- the statement ---- */

/* The newest log entry seen: the seal cannot be older than that. */
static enum mun_status
read_newest(
    struct mun_ingest *run, struct mun_seal *seal, struct mun_error *err)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, run->store, err));
	MUN_TRY(
	    mun_log_entry(log, mun_log_checkpoint(log)->size - 1, &der, err));
	MUN_TRY(mun_entry_unverified(&entry, der.data, der.len, err));
	memcpy(seal->after, entry.sha256, MUN_SHA256_LEN);
	if (seal->sealed_at_utc_s < entry.event.time_utc_s)
		seal->sealed_at_utc_s = entry.event.time_utc_s;
out:
	mun_entry_clear(&entry);
	mun_log_close(log);
	mun_buffer_free(&der);
	return status;
}

static enum mun_status
fill_seal(struct mun_ingest *run, struct mun_seal *seal, struct mun_error *err)
{
	enum mun_status status;

	*seal = (struct mun_seal){ .complete = !mun_deposit_is_incomplete(
				       run->deposit) };
	(void)snprintf(
	    seal->origin, sizeof(seal->origin), "%s", run->vault.origin);
	memcpy(seal->archive, run->id, sizeof(seal->archive));
	memcpy(seal->vault, run->vault.fingerprint, MUN_SHA256_LEN);
	MUN_TRY(mun_system_clock(&seal->sealed_at_utc_s, err));
	MUN_TRY(read_newest(run, seal, err));
	mun_document_root(
	    &run->leaves, run->padding_seed, &seal->document_root);
	memcpy(seal->tagmanifest_sha256,
	    run->tags[MUN_TAG_TAGMANIFEST_SHA256].sha256, MUN_SHA256_LEN);
	memcpy(seal->tagmanifest_sha512,
	    run->tags[MUN_TAG_TAGMANIFEST_SHA512].sha512, MUN_SHA512_LEN);
	status = mun_system_random(seal->nonce, sizeof(seal->nonce), err);
out:
	return status;
}

static enum mun_status
sign(struct mun_ingest *run, const struct mun_buffer *content,
    int64_t time_utc_s, struct mun_buffer *signature, struct mun_error *err)
{
	struct mun_buffer attributes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_certificate *signer = NULL;
	const char *pem = mun_signer_certificate_pem(run->signer);
	const char *rule;
	enum mun_status status;

	MUN_TRY(mun_certificate_from_pem(&signer, pem, strlen(pem), true, err));
	mun_signature_attributes(
	    &attributes, signer, content->data, content->len, time_utc_s);
	MUN_TRY(mun_buffer_status(&attributes, "signed attributes", err));
	MUN_TRY(mun_signer_sign_actor(
	    run->signer, attributes.data, attributes.len, &value, err));
	mun_signature_build(signature, MUN_SIGNATURE_DETACHED, signer,
	    content->data, content->len, time_utc_s, value.data, value.len);
	MUN_TRY(mun_buffer_status(signature, "signature", err));
	rule =
	    mun_signature_check(MUN_SIGNATURE_DETACHED, signer, content->data,
		content->len, time_utc_s, signature->data, signature->len);
	if (rule != NULL)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "the seal just signed does not verify (%s); check the "
		    "keys, and this machine's memory",
		    rule);
out:
	mun_certificate_free(signer);
	mun_buffer_free(&attributes);
	mun_buffer_free(&value);
	return status;
}

static enum mun_status
put(struct mun_ingest *run, enum mun_tag_member tag, const void *bytes,
    size_t len, struct mun_error *err)
{
	return mun_tar_out_bytes(&run->tar, mun_tag_member_path(tag), bytes,
	    len, &run->tags[tag], err);
}

enum mun_status
mun_ingest_seal(struct mun_ingest *run, struct mun_error *err)
{
	struct mun_buffer content = MUN_BUFFER_INIT(MUN_SEAL_MAX);
	struct mun_buffer signature = MUN_BUFFER_INIT(MUN_CMS_MAX);
	const char *pem = mun_signer_certificate_pem(run->signer);
	struct mun_seal seal;
	enum mun_status status;

	run->progress.step = MUN_DEPOSIT_SEALING;
	MUN_TRY(mun_ingest_look(run, err));
	MUN_TRY(fill_seal(run, &seal, err));
	mun_seal_write(&seal, &content);
	MUN_TRY(mun_buffer_status(&content, "seal.json", err));
	MUN_TRY(sign(run, &content, seal.sealed_at_utc_s, &signature, err));
	MUN_TRY(put(run, MUN_TAG_SIGNER, pem, strlen(pem), err));
	MUN_TRY(put(run, MUN_TAG_SEAL, content.data, content.len, err));
	MUN_TRY(put(
	    run, MUN_TAG_SEAL_SIGNATURE, signature.data, signature.len, err));
	memcpy(
	    run->seal_sha256, run->tags[MUN_TAG_SEAL].sha256, MUN_SHA256_LEN);
	memcpy(run->seal_signature_sha256,
	    run->tags[MUN_TAG_SEAL_SIGNATURE].sha256, MUN_SHA256_LEN);
	run->progress.step = MUN_DEPOSIT_CHECKING;
	MUN_TRY(mun_ingest_look(run, err));
	status = mun_tar_out_finish(&run->tar, run->sha256, err);
out:
	mun_buffer_free(&content);
	mun_buffer_free(&signature);
	return status;
}
