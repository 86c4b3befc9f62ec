/* SPDX-License-Identifier: BSD-2-Clause */
#include "signed.h"

#include "pki/pki.h"

#include "harness/harness.h"

const char signed_content[] = "{\"format\":\"muniment-event/1\"}\n";
const size_t signed_content_len = sizeof(signed_content) - 1;

struct mun_buffer
signed_object(enum mun_signature_form form, const char *name, const char *key,
    int64_t at_utc_s)
{
	struct mun_certificate *signer = mun_pki_certificate(name);
	struct mun_buffer attributes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer value = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_buffer object = MUN_BUFFER_INIT(MUN_CMS_MAX);

	mun_signature_attributes(
	    &attributes, signer, signed_content, signed_content_len, at_utc_s);
	assert_int_equal(attributes.status, MUN_OK);
	mun_pki_sign(key, attributes.data, attributes.len, &value);
	mun_signature_build(&object, form, signer, signed_content,
	    signed_content_len, at_utc_s, value.data, value.len);
	assert_int_equal(object.status, MUN_OK);
	mun_buffer_free(&value);
	mun_buffer_free(&attributes);
	mun_certificate_free(signer);
	return object;
}

const char *
signed_verdict(enum mun_signature_form form, const char *name, const void *der,
    size_t der_len)
{
	struct mun_certificate *signer = mun_pki_certificate(name);
	const char *rule = mun_signature_check(form, signer, signed_content,
	    signed_content_len, SIGNED_AT, der, der_len);

	mun_certificate_free(signer);
	return rule == NULL ? "PASSED" : rule;
}
