/* SPDX-License-Identifier: BSD-2-Clause */
/* Which certificates may sign, and by which rule the others may not. */
#include "harness/harness.h"

#include <string.h>

#include "pki/pki.h"

struct fit_case {
	const char *name;
	enum mun_key_kind kind;
	const char *unfit;
};

static const struct fit_case cases[] = {
	{ "p256", MUN_KEY_P256, NULL },
	{ "p384", MUN_KEY_P384, NULL },
	{ "rsa3072", MUN_KEY_RSA, NULL },
	{ "documents", MUN_KEY_P256, NULL },
	{ "nonrepudiation", MUN_KEY_P256, NULL },
	{ "leaf", MUN_KEY_P256, NULL },
	{ "with-crl", MUN_KEY_P256, NULL },
	{ "rsa2048", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "rsa1024", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "rsa-three", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "rsa-pss", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "p521", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "k256", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "explicit", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "ed25519", MUN_KEY_UNKNOWN, "certificate.key-weak" },
	{ "is-ca", MUN_KEY_P256, "certificate.is-ca" },
	{ "authority", MUN_KEY_P384, "certificate.is-ca" },
	{ "no-usage", MUN_KEY_P256, "certificate.usage" },
	{ "encipherment", MUN_KEY_P256, "certificate.usage" },
	{ "server", MUN_KEY_P256, "certificate.usage" },
	{ "any-purpose", MUN_KEY_P256, "certificate.usage" },
	{ "two-purposes", MUN_KEY_P256, "certificate.usage" },
	{ "unknown-critical", MUN_KEY_P256, "certificate.extension-unknown" },
	{ "damaged-usage", MUN_KEY_P256, "certificate.extension-unknown" },
	{ "md5", MUN_KEY_RSA, "certificate.signature-weak" },
	{ "sha1", MUN_KEY_P256, "certificate.signature-weak" },
};

static void
test_each_certificate_is_fit_or_named_by_its_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_certificate *certificate =
		    mun_pki_certificate(cases[i].name);
		const char *unfit = mun_certificate_unfit(certificate);

		print_message("%s\n", cases[i].name);
		assert_int_equal(
		    mun_certificate_key_kind(certificate), cases[i].kind);
		if (cases[i].unfit == NULL)
			assert_null(unfit);
		else
			assert_string_equal(
			    unfit == NULL ? "fit" : unfit, cases[i].unfit);
		mun_certificate_free(certificate);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_each_certificate_is_fit_or_named_by_its_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
