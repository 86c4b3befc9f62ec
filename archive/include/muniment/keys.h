/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys.h - private keys, which never enter a process that parses.
 *
 * A keys folder holds, outside any vault:
 *   actor.key      PKCS#8, the actor's signing key (P-256)
 *   actor.pem      its self-made certificate, canonical PEM
 *   log.key        PKCS#8, the log's Ed25519 key
 *   heads/<sha256 of origin and log key>   last checkpoint signed
 *   receipts/      receipts of deposits
 * Keys are encrypted with scrypt (N = 2^14, r = 8, p = 5) and AES-256-CBC unless
 * made with no passphrase.  Refused on load, before anything is derived: N below
 * 2^14, r below 8, or less work (N r p) than N = 2^15, r = 8, p = 1.  N itself
 * is not 2^15 because libcrypto 3.0 refuses a scrypt of 32 MiB: keys have to
 * open with `openssl pkey` too.
 *
 * struct mun_signer is a child process of its own: it reads the passphrase,
 * loads the keys, and answers "sign this".  The caller's process holds no key.
 * It ends with its parent, more exactly with the thread that opened it.
 *
 * Thread rule: everything here that makes or opens keys forks; call it while
 * the process has one thread.  A signer belongs to one thread at a time.
 */
#ifndef MUNIMENT_KEYS_H
#define MUNIMENT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/* Where the passphrase comes from. */
struct mun_passphrase {
	const char *file;	/* a path whose first line it is; or NULL */
	bool none;		/* keys are not encrypted */
	/* neither: asked on the controlling terminal (MUN_ERR_USAGE when there
	 * is none), with `prompt` as the question */
	const char *prompt;
};

struct mun_keys_options {
	const char *folder;	/* made with mode 0700 if absent */
	const char *pseudonym;	/* common name of the actor's certificate */
	struct mun_passphrase passphrase;
	bool allow_volatile;	/* a folder that power-off empties is accepted */
};

/* Make the keys folder: actor key and certificate (10 years), log key.
 * MUN_ERR_EXISTS when it holds keys already; nothing is left behind on
 * failure.  Durable when it returns. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_create(
    const struct mun_keys_options *options, struct mun_error *err);
/* Remove what mun_keys_create made (init failed later), and the heads kept
 * beside it; the folder itself stays. */
MUN_API void mun_keys_discard(const char *folder);
/* Make a recovery key and certificate: certificate to *certificate_pem, the
 * encrypted private key to a new file at path (mode 0600), to be taken off the
 * machine. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_create_recovery(const char *path,
    const struct mun_passphrase *passphrase,
    struct mun_buffer *certificate_pem, struct mun_error *err);
/* Whether the file system at path forgets at power-off (tmpfs, ramfs,
 * overlay). */
MUN_API MUN_MUST_USE enum mun_status mun_keys_folder_is_volatile(
    const char *path, bool *is_volatile, struct mun_error *err);

struct mun_signer;

/* Start the signer process and have it load the keys.  MUN_ERR_NOT_FOUND (no
 * keys there), MUN_ERR_CRYPTO (wrong passphrase, weak scrypt, damaged key,
 * certificate of another key), MUN_ERR_CANCELED. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_open(struct mun_signer **out,
    const char *folder, const struct mun_passphrase *passphrase,
    struct mun_error *err);
MUN_API void mun_signer_close(struct mun_signer *signer);
/* Canonical PEM of the actor's certificate.  Borrowed. */
MUN_API const char *mun_signer_certificate_pem(const struct mun_signer *signer);
/* The log's raw public key.  Borrowed, 32 bytes. */
MUN_API const uint8_t *mun_signer_log_key(const struct mun_signer *signer);
/* Sign message as the CMS profile demands (digest by key kind; ECDSA answers
 * are normalised to s <= n/2).  Appends the signature value. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_sign_actor(
    struct mun_signer *signer, const void *message, size_t len,
    struct mun_buffer *value, struct mun_error *err);
/* Ed25519 over message. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_sign_log(
    struct mun_signer *signer, const void *message, size_t len,
    uint8_t signature[64], struct mun_error *err);

/* The last checkpoint this signer signed for a log (identified by its vkey
 * text); NOT_FOUND if none. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_read_head(const char *folder,
    const char *vkey, struct mun_buffer *checkpoint, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_keys_write_head(const char *folder,
    const char *vkey, const void *checkpoint, size_t len,
    struct mun_error *err);

#endif
