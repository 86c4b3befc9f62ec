/* SPDX-License-Identifier: BSD-2-Clause */
/* known_answers.c - published SHA-2 digests. */
#include "known_answers.h"

#include "base/encoding.h"
#include "harness/harness.h"

/*
 * SOURCE: NIST, Cryptographic Standards and Guidelines, Examples with
 * Intermediate Values, SHA256.pdf, SHA384.pdf, SHA512.pdf ("abc", the 448-bit
 * and the 896-bit message); FIPS 180-2 appendices B.3, C.3, D.3 (one million
 * "a"); CAVP SHA256ShortMsg.rsp, SHA384ShortMsg.rsp, SHA512ShortMsg.rsp
 * (Len = 0).  Those not printed there (the 448-bit message under SHA-384 and
 * SHA-512, the 896-bit one under SHA-256) and all others again: GNU coreutils
 * 9.1 sha256sum, sha384sum, sha512sum.
 */
const struct known_answer known_answers[KNOWN_ANSWERS] = {
	{ "", 1,
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855",
	    "38b060a751ac96384cd9327eb1b1e36a21fdb71114be0743"
	    "4c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
	    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3"
	    "e" },
	{ "abc", 1,
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad",
	    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
	    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49"
	    "f" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	    "248d6a61d20638b8e5c026930c3e6039"
	    "a33ce45964ff2167f6ecedd419db06c1",
	    "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05ab"
	    "fe8f450de5f36bc6b0455a8520bc4e6f5fe95b1fe3c8452b",
	    "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
	    "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca344"
	    "5" },
	{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
	  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	    1,
	    "cf5b16a778af8380036ce59e7b049237"
	    "0b249b11e8f07a51afac45037afee9d1",
	    "09330c33f71147e83d192fc782cd1b4753111b173b3b05d2"
	    "2fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039",
	    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
	    "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be90"
	    "9" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 20000,
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0",
	    "9d0e1809716474cb086e834e310a4a1ced149e9c00f24852"
	    "7972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
	    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	    "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09"
	    "b" },
};

void
expect_digest(const uint8_t *digest, size_t len, const char *hex)
{
	char text[2 * 64 + 1];

	assert_in_range(len, 1, 64);
	mun_hex_encode(text, digest, len);
	assert_string_equal(text, hex);
}
