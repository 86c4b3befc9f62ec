/* SPDX-License-Identifier: BSD-2-Clause */
/* forge.c - from text to DER, and libcrypto as an authority. */
#include "forge.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "harness/harness.h"
#include "pki/pki.h"
#include "trust/der.h"

enum {
	TEXT_MAX = 8192,
	VALUE_COUNT = 16
};

static const char info_text[] =
    "30{ 02{01} 06{2a030401} "
    "30{ 30{ 06{608648016503040201} 05{} } 04{$imprint} } "
    "02{0102} 18{$time} 30{ 02{01} 80{01f4} 81{64} } 01{ff} 02{$nonce} "
    "a0{ a4{$subject} } }";

static const char attributes_text[] =
    "30{ 06{2a864886f70d010903} 31{ 06{2a864886f70d0109100104} } } "
    "30{ 06{2a864886f70d010905} 31{ 17{'261124120000Z'} } } "
    "30{ 06{2a864886f70d010904} 31{ 04{$infohash} } } "
    "30{ 06{2a864886f70d010910022f} 31{ 30{ 30{ 30{ "
    "30{ 06{608648016503040201} } 04{$certhash} "
    "30{ 30{ a4{$issuer} } $serial } } } } } }";

static const char frame_text[] =
    "30{ 06{2a864886f70d010702} a0{ 30{ 02{03} 31{ $digest } "
    "30{ 06{2a864886f70d0109100104} a0{ 04{$info} } } "
    "a0{$certificates} "
    "31{ 30{ 02{01} 30{ $issuer $serial } $digest a0{$attributes} "
    "$algorithm 04{$value} } } } } }";

struct value {
	const char *name;
	struct mun_buffer bytes;
};
struct values {
	struct value list[VALUE_COUNT];
	size_t count;
};

static void
set(struct values *values, const char *name, const void *bytes, size_t len)
{
	struct value *value = &values->list[values->count++];
	const struct mun_buffer empty = MUN_BUFFER_INIT(1 << 20);

	assert_true(values->count <= VALUE_COUNT);
	value->name = name;
	value->bytes = empty;
	mun_buffer_append(&value->bytes, bytes, len);
}

static const char *
write_value(struct mun_buffer *out, const char *at, const struct values *values)
{
	size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789");

	for (size_t i = 0; i < values->count; i++) {
		const struct value *value = &values->list[i];

		if (strlen(value->name) == len &&
		    strncmp(value->name, at, len) == 0) {
			mun_buffer_append(
			    out, value->bytes.data, value->bytes.len);
			return at + len;
		}
	}
	fail_msg("no value: %s", at);
	return NULL;
}

/* From at to the closing brace or the end; returns where it stopped. */
static const char *
write_text(struct mun_buffer *out, const char *at, const struct values *values)
{
	while (*at != '\0' && *at != '}') {
		char digits[3] = { 0 };
		unsigned long octet;

		if (*at == ' ') {
			at++;
			continue;
		}
		if (*at == '$') {
			at = write_value(out, at + 1, values);
			continue;
		}
		if (*at == '\'') {
			for (at++; *at != '\''; at++)
				mun_buffer_append_byte(out, (uint8_t)*at);
			at++;
			continue;
		}
		digits[0] = at[0];
		digits[1] = at[1];
		octet = strtoul(digits, NULL, 16);
		at += 2;
		if (*at == '{') {
			size_t mark = mun_der_open(out, (uint8_t)octet);

			at = write_text(out, at + 1, values);
			mun_der_close(out, mark);
			assert_int_equal(*at, '}');
			at++;
		} else {
			mun_buffer_append_byte(out, (uint8_t)octet);
		}
	}
	return at;
}

/* Write a text as DER, with this forge's replacement if it is for it; kept as
 * a value too. */
static void
write_part(struct values *values, const char *name, const char *text,
    const struct forge *forge, enum forge_part part)
{
	struct mun_buffer out = MUN_BUFFER_INIT(1 << 20);
	char changed[TEXT_MAX];
	const char *place;

	if (forge->part == part) {
		place = strstr(text, forge->find);
		if (place == NULL)
			fail_msg("'%s' is not in it", forge->find);
		assert_true(snprintf(changed, sizeof(changed), "%.*s%s%s",
				(int)(place - text), text, forge->replace,
				place + strlen(forge->find)) < TEXT_MAX);
		text = changed;
	}
	assert_int_equal(*write_text(&out, text, values), '\0');
	assert_int_equal(out.status, MUN_OK);
	if (forge->damage != NULL)
		forge->damage(&out, part, forge->ctx);
	set(values, name, out.data, out.len);
	mun_buffer_free(&out);
}

static const EVP_MD *
digest_of(enum mun_sha2 hash)
{
	return hash == MUN_SHA2_512 ? EVP_sha512()
	    : hash == MUN_SHA2_384  ? EVP_sha384()
				    : EVP_sha256();
}

static void
set_digest(struct values *values, const char *name, const EVP_MD *digest,
    const void *bytes, size_t len)
{
	unsigned char value[EVP_MAX_MD_SIZE];
	unsigned int value_len;

	assert_int_equal(
	    EVP_Digest(bytes, len, value, &value_len, digest, NULL), 1);
	set(values, name, value, value_len);
}

static EVP_PKEY *
read_key(const char *name)
{
	char path[4096];
	FILE *file;
	EVP_PKEY *key;

	(void)snprintf(path, sizeof(path), "%s/%s.key", MUN_PKI_DIR, name);
	file = fopen(path, "r");
	assert_non_null(file);
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	assert_non_null(key);
	(void)fclose(file);
	return key;
}

/* AlgorithmIdentifiers of the digest, and of the signature by this key. */
static void
set_algorithms(struct values *values, enum mun_sha2 hash, EVP_PKEY *key)
{
	uint8_t digest[] = { 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, (uint8_t)hash };
	static const uint8_t rsa[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
		0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00 };
	uint8_t ecdsa[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
		0x3d, 0x04, 0x03, (uint8_t)(1 + hash) };

	set(values, "digest", digest, sizeof(digest));
	if (EVP_PKEY_is_a(key, "RSA"))
		set(values, "algorithm", rsa, sizeof(rsa));
	else
		set(values, "algorithm", ecdsa, sizeof(ecdsa));
}

static void
sign(struct values *values, enum mun_sha2 hash, EVP_PKEY *key)
{
	struct mun_buffer message = MUN_BUFFER_INIT(1 << 20);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char value[1024];
	size_t len = sizeof(value);
	const char *end = write_text(&message, "31{$attributes}", values);

	assert_int_equal(*end, '\0');
	assert_int_equal(
	    EVP_DigestSignInit(ctx, NULL, digest_of(hash), NULL, key), 1);
	assert_int_equal(
	    EVP_DigestSign(ctx, value, &len, message.data, message.len), 1);
	set(values, "value", value, len);
	EVP_MD_CTX_free(ctx);
	mun_buffer_free(&message);
}

static void
set_certificate(struct values *values, const struct forge *forge)
{
	struct mun_certificate *signer = mun_pki_certificate(forge->signer);
	struct mun_buffer embedded = MUN_BUFFER_INIT(1 << 20);
	struct mun_buffer serial = MUN_BUFFER_INIT(64);
	char iso[MUN_TIME_TEXT_LEN + 1], compact[16];
	int64_t time_utc_s = forge->time_utc_s;
	size_t len;
	const uint8_t *part = mun_certificate_der(signer, &len);

	mun_buffer_append(&embedded, part, len);
	set_digest(values, "certhash", EVP_sha256(), part, len);
	set_digest(values, "certsha1", EVP_sha1(), part, len);
	part = mun_certificate_subject_der(signer, &len);
	set(values, "subject", part, len);
	part = mun_certificate_issuer_der(signer, &len);
	set(values, "issuer", part, len);
	part = mun_certificate_serial(signer, &len);
	mun_der_put(&serial, MUN_DER_INTEGER, part, len);
	set(values, "serial", serial.data, serial.len);
	if (time_utc_s == 0)
		time_utc_s = mun_certificate_not_before(signer) + 86400;
	assert_true(mun_time_format(iso, time_utc_s));
	(void)snprintf(compact, sizeof(compact), "%.4s%.2s%.2s%.2s%.2s%.2sZ",
	    iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
	set(values, "time", compact, 15);
	mun_certificate_free(signer);
	for (size_t i = 0; i < 4 && forge->embedded[i] != NULL; i++) {
		signer = mun_pki_certificate(forge->embedded[i]);
		part = mun_certificate_der(signer, &len);
		mun_buffer_append(&embedded, part, len);
		mun_certificate_free(signer);
	}
	set(values, "certificates", embedded.data, embedded.len);
	mun_buffer_free(&embedded);
	mun_buffer_free(&serial);
}

void
forge_token(struct mun_buffer *out, const struct forge *forge)
{
	struct values values = { .count = 0 };
	enum mun_sha2 hash =
	    forge->hash == MUN_SHA2_NONE ? MUN_SHA2_256 : forge->hash;
	EVP_PKEY *key = read_key(forge->signer);
	const struct mun_buffer *info;

	set(&values, "imprint", forge->imprint, MUN_SHA256_LEN);
	set(&values, "nonce", forge->nonce, MUN_TIMESTAMP_NONCE_LEN);
	set_certificate(&values, forge);
	set_algorithms(&values, hash, key);
	write_part(&values, "info", info_text, forge, FORGE_INFO);
	info = &values.list[values.count - 1].bytes;
	set_digest(&values, "infohash", digest_of(hash), info->data, info->len);
	write_part(
	    &values, "attributes", attributes_text, forge, FORGE_ATTRIBUTES);
	sign(&values, hash, key);
	write_part(&values, "frame", frame_text, forge, FORGE_FRAME);
	mun_buffer_append(out, values.list[values.count - 1].bytes.data,
	    values.list[values.count - 1].bytes.len);
	assert_int_equal(out->status, MUN_OK);
	for (size_t i = 0; i < values.count; i++)
		mun_buffer_free(&values.list[i].bytes);
	EVP_PKEY_free(key);
}
