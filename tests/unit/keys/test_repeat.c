/* SPDX-License-Identifier: BSD-2-Clause */
/* With clock and randomness fixed, the child's keys and signatures repeat. */
#include "keys_test.h"

#include <stdlib.h>
#include <string.h>

#include "harness/fixed_system.h"
#include "muniment/buffer.h"

struct made {
	char *certificate_pem;
	uint8_t log_key[32];
	struct mun_buffer value;
	uint8_t log_signature[64];
};

static struct made
make(void **state)
{
	struct made made = { .value = MUN_BUFFER_INIT(1024) };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	char *folder;

	assert_int_equal(mun_scratch_setup(state), 0);
	mun_fixed_set_seed(7);
	folder = keys_make(*state, true);
	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	made.certificate_pem = strdup(mun_signer_certificate_pem(signer));
	memcpy(made.log_key, mun_signer_log_key(signer), 32);
	MUN_EXPECT_OK(
	    mun_signer_sign_actor(signer, "m", 1, &made.value, &err), &err);
	MUN_EXPECT_OK(
	    mun_signer_sign_log(signer, "m", 1, made.log_signature, &err),
	    &err);
	mun_signer_close(signer);
	free(folder);
	assert_int_equal(mun_scratch_teardown(state), 0);
	return made;
}

static void
test_keys_and_signatures_repeat(void **state)
{
	struct made one = make(state), two = make(state);

	assert_string_equal(one.certificate_pem, two.certificate_pem);
	assert_memory_equal(one.log_key, two.log_key, 32);
	assert_int_equal(one.value.len, two.value.len);
	assert_memory_equal(one.value.data, two.value.data, one.value.len);
	assert_memory_equal(one.log_signature, two.log_signature, 64);
	free(one.certificate_pem);
	free(two.certificate_pem);
	mun_buffer_free(&one.value);
	mun_buffer_free(&two.value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_and_signatures_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
