/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keyfile.c - private keys at rest: PKCS#8 in PEM (RFC 5958), encrypted with
 * PBES2, scrypt and AES-256-CBC (RFC 8018, RFC 7914).
 *
 * A file is held to a minimum of work before anything is derived from a
 * passphrase: else whoever can write the file could make the next use of the
 * passphrase cheap to guess.  `openssl pkey -in FILE` reads what is written
 * here, which is why N is 2^14: libcrypto refuses a scrypt of 32 MiB and more.
 */
#include <openssl/asn1t.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "base/system.h"
#include "keys/keys_internal.h"
#include "trust/openssl.h"

enum {
	SALT_LEN = 16,
	IV_LEN = 16,
	/* 16 MiB, five times over: the work of N = 2^17, r = 8, p = 1. */
	SCRYPT_N = 16384,
	SCRYPT_R = 8,
	SCRYPT_P = 5,
	/* Accepted: no less memory than that, and at least the work of
	 * N = 2^15, r = 8, p = 1. */
	SCRYPT_N_MIN = 16384,
	SCRYPT_R_MIN = 8,
	SCRYPT_WORK_MIN = 32768 * 8,
	/* A minute; more is a trap, or a mistake. */
	SCRYPT_EACH_MAX = 1 << 24,
	SCRYPT_WORK_MAX = 1 << 27
};

static const char encrypted_line[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

bool
mun_keys_is_encrypted(const struct mun_buffer *pem)
{
	return strstr(mun_buffer_text(pem), encrypted_line) != NULL;
}

/* Everything written to a memory BIO, in one piece. */
static enum mun_status
take_bio(struct mun_buffer *out, BIO *bio, struct mun_error *err)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(bio, &bytes);

	if (len <= 0)
		return mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot write a private key");
	mun_buffer_append(out, bytes, (size_t)len);
	return mun_buffer_status(out, "a private key", err);
}

/* AlgorithmIdentifier for the parameters above, with a fresh salt. */
static enum mun_status
choose_encryption(X509_ALGOR **out, struct mun_error *err)
{
	uint8_t salt[SALT_LEN], iv[IV_LEN];
	enum mun_status status;

	MUN_TRY(mun_system_random(salt, sizeof(salt), err));
	MUN_TRY(mun_system_random(iv, sizeof(iv), err));
	*out = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt, SALT_LEN, iv,
	    SCRYPT_N, SCRYPT_R, SCRYPT_P);
	if (*out == NULL)
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot set up scrypt");
out:
	return status;
}

static enum mun_status
encrypt(BIO *bio, PKCS8_PRIV_KEY_INFO *info, const struct mun_secret *secret,
    struct mun_error *err)
{
	X509_ALGOR *encryption = NULL;
	X509_SIG *sealed = NULL;
	enum mun_status status;

	MUN_TRY(choose_encryption(&encryption, err));
	sealed =
	    PKCS8_set0_pbe(secret->text, (int)secret->len, info, encryption);
	if (sealed == NULL) {
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot encrypt a private key");
		goto out;
	}
	encryption = NULL; /* sealed has it now */
	if (PEM_write_bio_PKCS8(bio, sealed) != 1)
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot write a private key");
out:
	X509_SIG_free(sealed);
	X509_ALGOR_free(encryption);
	return status;
}

enum mun_status
mun_keys_encode(struct mun_buffer *pem, const EVP_PKEY *key,
    const struct mun_secret *secret, struct mun_error *err)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	BIO *bio = BIO_new(BIO_s_secmem());
	enum mun_status status = MUN_OK;

	if (info == NULL || bio == NULL) {
		status = mun_openssl_error(
		    err, MUN_ERR_CRYPTO, "cannot write a private key");
		goto out;
	}
	if (secret->text != NULL)
		MUN_TRY(encrypt(bio, info, secret, err));
	else
		(void)PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info);
	MUN_TRY(take_bio(pem, bio, err));
out:
	BIO_free(bio);
	PKCS8_PRIV_KEY_INFO_free(info);
	return status;
}

static enum mun_status
check_scrypt(const SCRYPT_PARAMS *scrypt, struct mun_error *err)
{
	uint64_t n = 0, r = 0, p = 0;

	if (ASN1_INTEGER_get_uint64(&n, scrypt->costParameter) != 1 ||
	    ASN1_INTEGER_get_uint64(&r, scrypt->blockSize) != 1 ||
	    ASN1_INTEGER_get_uint64(&p, scrypt->parallelizationParameter) !=
		1 ||
	    n > SCRYPT_EACH_MAX || r > SCRYPT_EACH_MAX || p > SCRYPT_EACH_MAX ||
	    n * r > SCRYPT_WORK_MAX || n * r * p > SCRYPT_WORK_MAX)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "its scrypt parameters are beyond all reason");
	if (n < SCRYPT_N_MIN || r < SCRYPT_R_MIN || n * r * p < SCRYPT_WORK_MIN)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is encrypted too weakly (scrypt N=%llu r=%llu p=%llu): "
		    "somebody may have changed it to guess the passphrase; "
		    "take a backup, or a new key",
		    (unsigned long long)n, (unsigned long long)r,
		    (unsigned long long)p);
	return MUN_OK;
}

/* The parameters inside PBES2's: scrypt, and AES-256-CBC. */
static enum mun_status
check_pbes2(const PBE2PARAM *pbes2, struct mun_error *err)
{
	SCRYPT_PARAMS *scrypt = NULL;
	enum mun_status status;

	if (OBJ_obj2nid(pbes2->keyfunc->algorithm) == NID_id_scrypt &&
	    OBJ_obj2nid(pbes2->encryption->algorithm) == NID_aes_256_cbc)
		scrypt = ASN1_TYPE_unpack_sequence(
		    ASN1_ITEM_rptr(SCRYPT_PARAMS), pbes2->keyfunc->parameter);
	if (scrypt == NULL)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is not encrypted with scrypt and AES-256-CBC");
	status = check_scrypt(scrypt, err);
	SCRYPT_PARAMS_free(scrypt);
	return status;
}

static enum mun_status
check_encryption(const X509_SIG *sealed, struct mun_error *err)
{
	const X509_ALGOR *encryption;
	PBE2PARAM *pbes2 = NULL;
	enum mun_status status;

	X509_SIG_get0(sealed, &encryption, NULL);
	if (OBJ_obj2nid(encryption->algorithm) == NID_pbes2)
		pbes2 = ASN1_TYPE_unpack_sequence(
		    ASN1_ITEM_rptr(PBE2PARAM), encryption->parameter);
	if (pbes2 == NULL)
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is not encrypted with scrypt and AES-256-CBC");
	status = check_pbes2(pbes2, err);
	PBE2PARAM_free(pbes2);
	return status;
}

static enum mun_status
decrypt(PKCS8_PRIV_KEY_INFO **info, BIO *bio, const struct mun_secret *secret,
    struct mun_error *err)
{
	X509_SIG *sealed = PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
	enum mun_status status;

	if (sealed == NULL)
		return mun_openssl_error(err, MUN_ERR_CRYPTO,
		    "it is damaged: not a whole PKCS#8 private key");
	MUN_TRY(check_encryption(sealed, err));
	if (secret->text == NULL) {
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is encrypted, and no passphrase was given");
		goto out;
	}
	*info = PKCS8_decrypt(sealed, secret->text, (int)secret->len);
	if (*info == NULL && mun_openssl_is_nomem()) {
		mun_openssl_forget();
		status = mun_error_set(err, MUN_ERR_NOMEM,
		    "out of memory for opening it: it takes 20 MB");
	} else if (*info == NULL) {
		mun_openssl_forget();
		status = mun_error_set(
		    err, MUN_ERR_CRYPTO, "the passphrase does not open it");
	}
out:
	X509_SIG_free(sealed);
	return status;
}

enum mun_status
mun_keys_decode(EVP_PKEY **key, const struct mun_buffer *pem,
    const struct mun_secret *secret, struct mun_error *err)
{
	BIO *bio = BIO_new_mem_buf(mun_buffer_text(pem), (int)pem->len);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	enum mun_status status = MUN_OK;

	*key = NULL;
	if (bio == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a private key");
	if (mun_keys_is_encrypted(pem))
		MUN_TRY(decrypt(&info, bio, secret, err));
	else
		info = PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, NULL, NULL, NULL);
	if (info != NULL)
		*key = EVP_PKCS82PKEY(info);
	mun_openssl_forget();
	if (*key == NULL)
		status = mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is damaged: not a whole PKCS#8 private key");
out:
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
	return status;
}

enum mun_status
mun_keys_put(int dir_fd, const char *path, const EVP_PKEY *key,
    const struct mun_secret *secret, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	enum mun_status status;

	MUN_TRY(mun_keys_encode(&pem, key, secret, err));
	MUN_TRY(mun_file_put_new(dir_fd, path, pem.data, pem.len, 0600, err));
out:
	mun_secret_free_buffer(&pem);
	return status;
}
