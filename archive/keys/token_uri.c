/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * token_uri.c - which key on which token: a PKCS#11 URI (RFC 7512), as p11-kit
 * reads and writes it.  A PIN is never in it.
 */
#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "keys/token_internal.h"

static enum mun_status
parse(P11KitUri **out, const char *text, struct mun_error *err)
{
	P11KitUri *uri = p11_kit_uri_new();
	int code;

	*out = NULL;
	if (uri == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a PKCS#11 URI");
	code = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, uri);
	if (code != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(uri)) {
		p11_kit_uri_free(uri);
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is not a PKCS#11 URI (RFC 7512), or has attributes "
		    "that nobody knows",
		    text);
	}
	*out = uri;
	return MUN_OK;
}

static enum mun_status
check(P11KitUri *uri, struct mun_error *err)
{
	const char *path = p11_kit_uri_get_module_path(uri);

	if (p11_kit_uri_get_pin_value(uri) != NULL ||
	    p11_kit_uri_get_pin_source(uri) != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a PIN has no place in the URI: give it as a passphrase");
	if (p11_kit_uri_get_attribute(uri, CKA_LABEL) == NULL &&
	    p11_kit_uri_get_attribute(uri, CKA_ID) == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the URI names no key: add object=NAME or id=%%01");
	if (path == NULL || path[0] != '/')
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the URI names no PKCS#11 module by its whole path: add "
		    "--module /usr/lib/.../module.so");
	return MUN_OK;
}

enum mun_status
mun_keys_token_write_uri(struct mun_buffer *out, const char *text,
    const char *module, struct mun_error *err)
{
	P11KitUri *uri = NULL;
	char *line = NULL;
	enum mun_status status;

	MUN_TRY(parse(&uri, text, err));
	if (module != NULL)
		p11_kit_uri_set_module_path(uri, module);
	MUN_TRY(check(uri, err));
	if (p11_kit_uri_format(uri, P11_KIT_URI_FOR_ANY, &line) !=
	    P11_KIT_URI_OK) {
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a PKCS#11 URI");
		goto out;
	}
	mun_buffer_append_text(out, line);
	mun_buffer_append_byte(out, '\n');
	status = mun_buffer_status(out, "a PKCS#11 URI", err);
out:
	free(line);
	p11_kit_uri_free(uri);
	return status;
}

enum mun_status
mun_keys_token_read_uri(
    P11KitUri **uri, const struct mun_buffer *line, struct mun_error *err)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_KEYS_URI_MAX);
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_KEYS_URI_MAX);
	enum mun_status status;

	*uri = NULL;
	mun_buffer_append(&text, line->data, line->len > 0 ? line->len - 1 : 0);
	MUN_TRY(mun_buffer_status(&text, "a PKCS#11 URI", err));
	/* One form: what is read is what would be written. */
	MUN_TRY(mun_keys_token_write_uri(
	    &again, mun_buffer_text(&text), NULL, err));
	if (again.len != line->len ||
	    memcmp(again.data, line->data, line->len) != 0) {
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "it is not one PKCS#11 URI as 'muniment key import' writes "
		    "it");
		goto out;
	}
	status = parse(uri, mun_buffer_text(&text), err);
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "'" MUN_KEYS_ACTOR_TOKEN "'");
	mun_buffer_free(&again);
	mun_buffer_free(&text);
	return status;
}
