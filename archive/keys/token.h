/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * token.h - a signing key on a PKCS#11 token, named by a URI (RFC 7512).
 *
 * Only in the child: the vendor's module is loaded into the process.  A PIN
 * is tried once.  No type of p11-kit crosses this header.
 */
#ifndef MUN_KEYS_TOKEN_H
#define MUN_KEYS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keys/keys_internal.h"

struct mun_keys_token;

/*
 * mun_keys_token_write_uri - the line that actor.pkcs11 holds, with its LF.
 *
 * uri and module as in struct mun_keys_options.  Appends.  MUN_ERR_USAGE: not
 * a URI for one key, one with a PIN in it, no module with an absolute path.
 */
MUN_MUST_USE enum mun_status mun_keys_token_write_uri(struct mun_buffer *out,
    const char *uri, const char *module, struct mun_error *err);

/*
 * mun_keys_token_open - load the module and find the token.
 *
 * line           what actor.pkcs11 holds
 * environment    as in struct mun_keys_options; becomes the process's
 *
 * MUN_ERR_FORMAT (not such a line), MUN_ERR_SYSTEM (the module cannot be
 * loaded), MUN_ERR_NOT_FOUND (no such token present), MUN_ERR_USAGE (several),
 * MUN_ERR_CRYPTO (its PIN is locked; the token refuses).
 */
MUN_MUST_USE enum mun_status mun_keys_token_open(struct mun_keys_token **out,
    const struct mun_buffer *line, const char *const *environment,
    struct mun_error *err);
/* Whether the PIN is typed here; else the token has its own keys for it. */
bool mun_keys_token_wants_pin(const struct mun_keys_token *token);
/* Log in, once, and find the private key.  The PIN is kept for keys that ask
 * for it at every signature.  MUN_ERR_CRYPTO (wrong PIN, PIN locked),
 * MUN_ERR_NOT_FOUND (no such key), MUN_ERR_USAGE (several). */
MUN_MUST_USE enum mun_status mun_keys_token_log_in(struct mun_keys_token *token,
    const struct mun_secret *pin, struct mun_error *err);
/* The public key that lies beside the private one, and its kind.
 * MUN_ERR_NOT_FOUND: there is none; MUN_ERR_UNSUPPORTED: another kind. */
MUN_MUST_USE enum mun_status mun_keys_token_public(
    const struct mun_keys_token *token, EVP_PKEY **key, enum mun_key_kind *kind,
    struct mun_error *err);
/* Sign a digest; appends DER (ECDSA) or the octets (RSA, PKCS#1 v1.5). */
MUN_MUST_USE enum mun_status mun_keys_token_sign(
    const struct mun_keys_token *token, struct mun_buffer *value,
    enum mun_key_kind kind, const uint8_t *digest, size_t digest_len,
    struct mun_error *err);
/* NULL-safe. */
void mun_keys_token_close(struct mun_keys_token *token);

#endif
