/* SPDX-License-Identifier: BSD-2-Clause */
#include "signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "log_key.h"
#include "pki/pki.h"

struct mun_signer {
	char *name;
	unsigned char which;
	uint8_t log_key[32], next_log_key[32];
	struct mun_buffer pem;
};

static bool refuse_heads;

struct mun_signer *
test_signer_new(const char *name, unsigned char log_key)
{
	struct mun_signer *signer = calloc(1, sizeof(*signer));
	struct mun_certificate *certificate = mun_pki_certificate(name);

	assert_non_null(signer);
	signer->name = strdup(name);
	signer->which = log_key;
	test_log_key(signer->log_key, log_key);
	test_log_key(signer->next_log_key, log_key + 1);
	signer->pem = (struct mun_buffer)MUN_BUFFER_INIT(65536);
	mun_certificate_write_pem(certificate, &signer->pem);
	mun_certificate_free(certificate);
	return signer;
}

void
test_signer_free(struct mun_signer *signer)
{
	mun_buffer_free(&signer->pem);
	free(signer->name);
	free(signer);
}

void
test_signer_refuse_heads(bool refuse)
{
	refuse_heads = refuse;
}

const char *
mun_signer_certificate_pem(const struct mun_signer *signer)
{
	return mun_buffer_text(&signer->pem);
}

const uint8_t *
mun_signer_log_key(const struct mun_signer *signer)
{
	return signer->log_key;
}

const uint8_t *
mun_signer_next_log_key(const struct mun_signer *signer)
{
	return signer->next_log_key;
}

enum mun_status
mun_signer_sign_actor(struct mun_signer *signer, const void *message,
    size_t len, struct mun_buffer *value, struct mun_error *err)
{
	(void)err;
	mun_pki_sign(signer->name, message, len, value);
	return MUN_OK;
}

enum mun_status
mun_signer_sign_log_next(struct mun_signer *signer, const void *message,
    size_t len, uint8_t signature[64], struct mun_error *err)
{
	(void)err;
	test_log_key_sign(signature, signer->which + 1, message, len);
	return MUN_OK;
}

enum mun_status
mun_signer_sign_log(struct mun_signer *signer, const void *message, size_t len,
    uint8_t signature[64], struct mun_error *err)
{
	(void)err;
	test_log_key_sign(signature, signer->which, message, len);
	return MUN_OK;
}

static void
head_path(char out[4096], const char *folder)
{
	assert_true(snprintf(out, 4096, "%s/head", folder) < 4096);
}

enum mun_status
mun_keys_read_head(const char *folder, const char *vkey,
    struct mun_buffer *checkpoint, struct mun_error *err)
{
	char path[4096], bytes[MUN_CHECKPOINT_MAX];
	FILE *file;

	(void)vkey;
	head_path(path, folder);
	file = fopen(path, "rb");
	if (file == NULL)
		return mun_error_set(err, MUN_ERR_NOT_FOUND, "no head");
	mun_buffer_append(
	    checkpoint, bytes, fread(bytes, 1, sizeof(bytes), file));
	fclose(file);
	return MUN_OK;
}

enum mun_status
mun_keys_write_head(const char *folder, const char *vkey,
    const void *checkpoint, size_t len, struct mun_error *err)
{
	char path[4096];
	FILE *file;

	(void)vkey;
	if (refuse_heads)
		return mun_error_set(err, MUN_ERR_SYSTEM, "no room");
	head_path(path, folder);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(checkpoint, 1, len, file), len);
	fclose(file);
	return MUN_OK;
}
