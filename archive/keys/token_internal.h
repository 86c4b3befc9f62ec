/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * token_internal.h - what the token_*.c files share.
 *
 * token        finds it and logs in
 * token_key    the objects on it, and signing
 * token_uri    the line in actor.pkcs11
 */
#ifndef MUN_KEYS_TOKEN_INTERNAL_H
#define MUN_KEYS_TOKEN_INTERNAL_H

#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <stdbool.h>

#include "keys/token.h"

struct mun_keys_token {
	P11KitUri *uri; /* owned */
	CK_FUNCTION_LIST *module; /* loaded; released on close */
	bool is_initialized;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key; /* the private one */
	bool has_pinpad;
	struct mun_secret pin; /* for keys that ask at every signature */
};

/* Say in one sentence why the token refused with that value; what is what
 * could not be done. */
MUN_MUST_USE enum mun_status mun_keys_token_refused(
    CK_RV value, const char *what, struct mun_error *err);
/* The one object of that class that the URI names.  MUN_ERR_NOT_FOUND,
 * MUN_ERR_USAGE (several). */
MUN_MUST_USE enum mun_status mun_keys_token_find(
    const struct mun_keys_token *token, CK_OBJECT_CLASS wanted,
    CK_OBJECT_HANDLE *object, struct mun_error *err);
/* C_Login with the PIN as it was given. */
CK_RV mun_keys_token_give_pin(
    const struct mun_keys_token *token, CK_USER_TYPE who);
/* A line of actor.pkcs11, which has to be in its one form. */
MUN_MUST_USE enum mun_status mun_keys_token_read_uri(
    P11KitUri **uri, const struct mun_buffer *line, struct mun_error *err);

#endif
