/* SPDX-License-Identifier: BSD-2-Clause */
/* timestamp_internal.h - what the timestamp_*.c files share. */
#ifndef MUN_TIMESTAMP_TIMESTAMP_INTERNAL_H
#define MUN_TIMESTAMP_TIMESTAMP_INTERNAL_H

#include "base/reader.h"
#include "timestamp/timestamp.h"

/* timestamp_oid.c: an OBJECT IDENTIFIER's octets and its numbers in dots; no
 * number above 64 bits.  False for anything else. */
bool mun_timestamp_oid_to_text(char text[MUN_TIMESTAMP_POLICY_MAX + 1],
    const uint8_t *octets, size_t len);
bool mun_timestamp_oid_from_text(struct mun_buffer *octets, const char *text);

/* Object identifiers, contents octets. */
extern const uint8_t mun_timestamp_sha256[9];
extern const uint8_t mun_timestamp_content_type[11]; /* id-ct-TSTInfo */

/* Step over the next element; it has to be this OBJECT IDENTIFIER. */
bool mun_timestamp_take_oid(
    struct mun_reader *reader, const uint8_t *oid, size_t len);
bool mun_timestamp_take_span(struct mun_reader *reader, uint8_t tag,
    struct mun_timestamp_span *contents);
/* The next INTEGER, not negative, in the fewest octets. */
bool mun_timestamp_take_number(
    struct mun_reader *reader, uint8_t tag, struct mun_timestamp_span *octets);
/* An AlgorithmIdentifier of SHA-256, SHA-384 or SHA-512, without parameters or
 * with NULL; MUN_SHA2_NONE for others. */
enum mun_sha2 mun_timestamp_hash_of(const struct mun_timestamp_span *whole);
bool mun_timestamp_span_is(
    const struct mun_timestamp_span *span, const void *bytes, size_t len);

/* timestamp_info.c: what token->content says. */
const char *mun_timestamp_read_info(struct mun_timestamp_token *token);

/* timestamp_attributes.c: token->attributes; sets the ess spans.  Needs
 * content, digest_algorithm, signature_algorithm and hash. */
const char *mun_timestamp_read_attributes(struct mun_timestamp_token *token);
/* Whether the first identifier of each ESS attribute is the authority's; and
 * whether each further one is of the path. */
bool mun_timestamp_ess_binds(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority);
bool mun_timestamp_ess_follows(const struct mun_timestamp_token *token,
    const struct mun_chain *path);

/* timestamp_check.c: all certificates embedded; false if one is none in DER. */
bool mun_timestamp_parse_embedded(struct mun_timestamp_found *found,
    const struct mun_timestamp_token *token);
/* The one of them with the issuer and serial number that the signer names;
 * false if there is none, or two. */
bool mun_timestamp_find_authority(struct mun_timestamp_found *found,
    const struct mun_timestamp_token *token);
/* mun_timestamp_check with the certificate at hand. */
const char *mun_timestamp_check_by(const struct mun_timestamp_token *token,
    const struct mun_certificate *authority,
    const uint8_t imprint[MUN_SHA256_LEN],
    const struct mun_timestamp_query *query);

#endif
