/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * token.c - PKCS#11: find the token, log in once, find the key, sign.
 *
 * p11-kit reads the URI and loads the module (unmanaged: its configuration has
 * no say); all else is Cryptoki itself.  The session lives as long as the
 * process.  Spec: OASIS PKCS#11 2.40; RFC 7512.
 */
#include "keys/token.h"

#include <openssl/crypto.h>
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "keys/token_internal.h"

enum {
	SLOTS_MAX = 64
};

/* ---- finding it ---- */

static enum mun_status
set_environment(const char *const *environment, struct mun_error *err)
{
	for (; environment != NULL && *environment != NULL; environment++) {
		const char *value = strchr(*environment, '=');
		char *name = value == NULL
		    ? NULL
		    : strndup(*environment, (size_t)(value - *environment));
		bool is_set = name != NULL && setenv(name, value + 1, 1) == 0;

		free(name);
		if (!is_set)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "no memory for a module");
	}
	return MUN_OK;
}

static enum mun_status
load_module(struct mun_keys_token *token, struct mun_error *err)
{
	const char *path = p11_kit_uri_get_module_path(token->uri);
	CK_RV value;

	token->module = p11_kit_module_load(
	    path, P11_KIT_MODULE_UNMANAGED | P11_KIT_MODULE_CRITICAL);
	if (token->module == NULL)
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "the PKCS#11 module '%s' cannot be loaded; is it "
		    "installed?",
		    path);
	value = p11_kit_module_initialize(token->module);
	if (value != CKR_OK)
		return mun_keys_token_refused(
		    value, "the PKCS#11 module does not start", err);
	token->is_initialized = true;
	return MUN_OK;
}

/* Whether the token in this slot is the one that is named. */
static bool
is_named(const struct mun_keys_token *token, CK_SLOT_ID slot)
{
	CK_TOKEN_INFO info;

	return token->module->C_GetTokenInfo(slot, &info) == CKR_OK &&
	    (info.flags & CKF_TOKEN_INITIALIZED) != 0 &&
	    p11_kit_uri_match_token_info(token->uri, &info) == 1;
}

static enum mun_status
find_slot(struct mun_keys_token *token, struct mun_error *err)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = SLOTS_MAX;
	size_t found = 0;
	CK_RV value;

	value = token->module->C_GetSlotList(CK_TRUE, slots, &count);
	if (value != CKR_OK)
		return mun_keys_token_refused(
		    value, "the PKCS#11 module lists no slots", err);
	for (CK_ULONG i = 0; i < count; i++) {
		if (!is_named(token, slots[i]))
			continue;
		token->slot = slots[i];
		found++;
	}
	if (found == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "the token that '" MUN_KEYS_ACTOR_TOKEN
		    "' names is not there: plug it in");
	if (found > 1)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'" MUN_KEYS_ACTOR_TOKEN
		    "' fits %zu tokens that are there: leave one in",
		    found);
	return MUN_OK;
}

static enum mun_status
open_session(struct mun_keys_token *token, struct mun_error *err)
{
	CK_TOKEN_INFO info;
	CK_RV value = token->module->C_GetTokenInfo(token->slot, &info);

	if (value == CKR_OK && (info.flags & CKF_USER_PIN_LOCKED) != 0)
		value = CKR_PIN_LOCKED;
	if (value == CKR_OK)
		value = token->module->C_OpenSession(token->slot,
		    CKF_SERIAL_SESSION, NULL, NULL, &token->session);
	if (value != CKR_OK)
		return mun_keys_token_refused(
		    value, "the token opens no session", err);
	token->has_pinpad =
	    (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	return MUN_OK;
}

enum mun_status
mun_keys_token_open(struct mun_keys_token **out, const struct mun_buffer *line,
    const char *const *environment, struct mun_error *err)
{
	struct mun_keys_token *token = calloc(1, sizeof(*token));
	enum mun_status status;

	*out = NULL;
	if (token == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a token");
	MUN_TRY(mun_keys_token_read_uri(&token->uri, line, err));
	MUN_TRY(set_environment(environment, err));
	MUN_TRY(load_module(token, err));
	MUN_TRY(find_slot(token, err));
	MUN_TRY(open_session(token, err));
	*out = token;
	token = NULL;
out:
	mun_keys_token_close(token);
	return status;
}

bool
mun_keys_token_wants_pin(const struct mun_keys_token *token)
{
	return !token->has_pinpad;
}

/* ---- the PIN ---- */

static void
keep_pin(struct mun_keys_token *token, const struct mun_secret *pin)
{
	token->pin.len = pin->len;
	token->pin.text = OPENSSL_secure_zalloc(MUN_KEYS_PASSPHRASE_MAX + 1);
	if (token->pin.text == NULL)
		return;
	for (size_t i = 0; i < pin->len; i++)
		token->pin.text[i] = pin->text[i];
}

/* C_Login takes the PIN as mutable octets; without one, the token asks. */
CK_RV
mun_keys_token_give_pin(const struct mun_keys_token *token, CK_USER_TYPE who)
{
	unsigned char *pin = (unsigned char *)token->pin.text;

	return token->module->C_Login(
	    token->session, who, pin, pin == NULL ? 0 : token->pin.len);
}

enum mun_status
mun_keys_token_log_in(struct mun_keys_token *token,
    const struct mun_secret *pin, struct mun_error *err)
{
	enum mun_status status;
	CK_RV value;

	if (pin->text != NULL && !token->has_pinpad)
		keep_pin(token, pin);
	value = mun_keys_token_give_pin(token, CKU_USER);
	if (value != CKR_OK && value != CKR_USER_ALREADY_LOGGED_IN)
		return mun_keys_token_refused(
		    value, "the token lets nobody in", err);
	status = mun_keys_token_find(token, CKO_PRIVATE_KEY, &token->key, err);
	if (status == MUN_ERR_NOT_FOUND)
		return mun_error_set(err, status,
		    "the token has no private key of the name that "
		    "'" MUN_KEYS_ACTOR_TOKEN "' gives it");
	return status;
}

void
mun_keys_token_close(struct mun_keys_token *token)
{
	if (token == NULL)
		return;
	mun_secret_clear(&token->pin);
	if (token->is_initialized)
		(void)p11_kit_module_finalize(token->module);
	if (token->module != NULL)
		p11_kit_module_release(token->module);
	p11_kit_uri_free(token->uri);
	free(token);
}
