/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * import.c - keys that others made: PEM and PKCS#12 (RFC 7292).
 *
 * libcrypto reads them, in the child; what comes out is an ordinary key, and
 * of the certificates beside it the one that is the key's.  Whether that may
 * sign is judged as for any other.
 */
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "keys/keys_internal.h"
#include "trust/openssl.h"

enum {
	IMPORT_MAX = 262144, /* a key with its chain */
	DER_SEQUENCE = 0x30 /* what PKCS#12 begins with, and PEM never */
};

static bool
is_pkcs12(const struct mun_keys_import *import)
{
	return import->key.len > 0 && import->key.data[0] == DER_SEQUENCE;
}

enum mun_status
mun_keys_import_read(struct mun_keys_import *import,
    const struct mun_keys_options *options, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	import->key.max = IMPORT_MAX;
	import->certificate.max = IMPORT_MAX;
	if (options->import_key != NULL)
		MUN_TRY(mun_file_read_whole(
		    AT_FDCWD, options->import_key, &import->key, err));
	if (options->import_certificate != NULL)
		MUN_TRY(mun_file_read_whole(AT_FDCWD,
		    options->import_certificate, &import->certificate, err));
out:
	return status;
}

bool
mun_keys_import_is_encrypted(const struct mun_keys_import *import)
{
	/* "ENCRYPTED PRIVATE KEY", and "Proc-Type: 4,ENCRYPTED" of old. */
	return is_pkcs12(import) ||
	    strstr(mun_buffer_text(&import->key), "ENCRYPTED") != NULL;
}

void
mun_keys_import_clear(struct mun_keys_import *import)
{
	mun_secret_free_buffer(&import->key);
	mun_buffer_free(&import->certificate);
}

/* --- the key ------------------------------------------------------------ */

/* pem_password_cb: no secret, no passphrase; never libcrypto's own question. */
static int
give_secret(char *out, int size, int is_writing, void *ctx)
{
	const struct mun_secret *secret = ctx;

	(void)is_writing;
	if (secret->text == NULL || secret->len > (size_t)size)
		return -1;
	for (size_t i = 0; i < secret->len; i++)
		out[i] = secret->text[i];
	return (int)secret->len;
}

static enum mun_status
refuse_key(const struct mun_keys_import *import,
    const struct mun_secret *secret, struct mun_error *err)
{
	unsigned long code = ERR_peek_last_error();
	bool is_old = ERR_GET_REASON(code) == ERR_R_UNSUPPORTED;

	mun_openssl_forget();
	if (is_pkcs12(import) && is_old)
		return mun_error_set(err, MUN_ERR_UNSUPPORTED,
		    "it is encrypted in a way too old to be trusted; 'openssl "
		    "pkcs12 -legacy' opens it");
	if (mun_keys_import_is_encrypted(import) && secret->text == NULL)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is encrypted, and no passphrase was given");
	if (mun_keys_import_is_encrypted(import))
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "the passphrase does not open it, or it is damaged");
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "there is no whole private key in PEM or PKCS#12 in it");
}

static enum mun_status
decode_pem_key(EVP_PKEY **key, const struct mun_keys_import *import,
    const struct mun_secret *secret, struct mun_error *err)
{
	struct mun_secret copy = *secret; /* not const for the callback */
	BIO *bio = BIO_new_mem_buf(
	    mun_buffer_text(&import->key), (int)import->key.len);

	*key = bio == NULL
	    ? NULL
	    : PEM_read_bio_PrivateKey(bio, NULL, give_secret, &copy);
	BIO_free(bio);
	if (*key == NULL)
		return refuse_key(import, secret, err);
	mun_openssl_forget();
	return MUN_OK;
}

/* --- the certificate ---------------------------------------------------- */

static bool
put_pem(struct mun_buffer *pem, X509 *x509)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	long len = 0;

	if (bio != NULL && PEM_write_bio_X509(bio, x509) == 1)
		len = BIO_get_mem_data(bio, &bytes);
	if (len > 0)
		mun_buffer_append(pem, bytes, (size_t)len);
	BIO_free(bio);
	return len > 0;
}

/* Everything a PKCS#12 file holds: the key, and certificates in PEM. */
static enum mun_status
decode_pkcs12(EVP_PKEY **key, struct mun_buffer *certificates,
    const struct mun_keys_import *import, const struct mun_secret *secret,
    struct mun_error *err)
{
	const unsigned char *at = import->key.data;
	PKCS12 *whole = d2i_PKCS12(NULL, &at, (long)import->key.len);
	STACK_OF(X509) *others = NULL;
	X509 *own = NULL;
	enum mun_status status = MUN_OK;

	if (whole == NULL) {
		mun_openssl_forget();
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "it is damaged: not a whole PKCS#12 file");
	}
	if (PKCS12_parse(whole, secret->text, key, &own, &others) != 1 ||
	    *key == NULL) {
		status = refuse_key(import, secret, err);
		goto out;
	}
	if (own != NULL)
		(void)put_pem(certificates, own);
	for (int i = 0; i < sk_X509_num(others); i++)
		(void)put_pem(certificates, sk_X509_value(others, i));
	mun_openssl_forget();
	status = mun_buffer_status(certificates, "certificates", err);
out:
	sk_X509_pop_free(others, X509_free);
	X509_free(own);
	PKCS12_free(whole);
	return status;
}

/* Step over certificates until one is of this key; NULL key: any. */
static X509 *
find_certificate(BIO *bio, const EVP_PKEY *key, size_t *seen)
{
	X509 *x509;

	while ((x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		(*seen)++;
		if (key == NULL ||
		    EVP_PKEY_eq(X509_get0_pubkey(x509), key) == 1)
			break;
		X509_free(x509);
	}
	mun_openssl_forget();
	return x509;
}

static enum mun_status
take_certificate(struct mun_buffer *certificate_pem,
    struct mun_keys_actor *actor, X509 *x509, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	unsigned char *der = NULL;
	int len = i2d_X509(x509, &der);
	enum mun_status status;

	if (len <= 0)
		return mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot read a certificate");
	MUN_TRY(mun_certificate_from_der(&certificate, der, (size_t)len, err));
	MUN_TRY(mun_keys_actor_match(actor, certificate, err));
	mun_certificate_write_pem(certificate, certificate_pem);
	MUN_TRY(mun_buffer_status(certificate_pem, "a certificate", err));
out:
	mun_certificate_free(certificate);
	OPENSSL_free(der);
	return status;
}

enum mun_status
mun_keys_import_certificate(struct mun_buffer *certificate_pem,
    struct mun_keys_actor *actor, const struct mun_buffer *pem,
    struct mun_error *err)
{
	BIO *bio = BIO_new_mem_buf(mun_buffer_text(pem), (int)pem->len);
	enum mun_status status;
	size_t seen = 0;
	X509 *x509;

	if (bio == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a certificate");
	x509 = find_certificate(bio, actor->key, &seen);
	if (x509 != NULL)
		status = take_certificate(certificate_pem, actor, x509, err);
	else if (seen > 0)
		status = mun_error_set(
		    err, MUN_ERR_CRYPTO, "no certificate in it is of this key");
	else
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "there is no whole certificate in PEM in it; name its file "
		    "after the key's");
	X509_free(x509);
	BIO_free(bio);
	return status;
}

enum mun_status
mun_keys_import_decode(struct mun_keys_actor *actor,
    struct mun_buffer *certificate_pem, const struct mun_keys_import *import,
    const struct mun_secret *secret, struct mun_error *err)
{
	struct mun_buffer certificates = MUN_BUFFER_INIT(IMPORT_MAX);
	enum mun_status status;

	*actor = (struct mun_keys_actor){ .key = NULL };
	if (is_pkcs12(import))
		MUN_TRY(decode_pkcs12(
		    &actor->key, &certificates, import, secret, err));
	else
		MUN_TRY(decode_pem_key(&actor->key, import, secret, err));
	if (import->certificate.len > 0)
		MUN_TRY(mun_keys_import_certificate(
		    certificate_pem, actor, &import->certificate, err));
	else
		MUN_TRY(mun_keys_import_certificate(certificate_pem, actor,
		    is_pkcs12(import) ? &certificates : &import->key, err));
out:
	mun_buffer_free(&certificates);
	return status;
}
