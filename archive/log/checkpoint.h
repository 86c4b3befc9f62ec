/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checkpoint.h - the signed head of a log, and the receipt of a deposit.
 *
 * Spec: C2SP signed-note, tlog-checkpoint, tlog-proof; docs/format/log.md.
 */
#ifndef MUN_LOG_CHECKPOINT_H
#define MUN_LOG_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "merkle/merkle.h"
#include "muniment/buffer.h"
#include "muniment/error.h"

struct mun_checkpoint {
	char origin[MUN_ORIGIN_MAX + 1];
	uint64_t size;
	struct mun_hash root;
	uint8_t key_id[4]; /* of the signature line taken */
	uint8_t signature[64];
	size_t body_len; /* bytes signed, from the start of the note */
	bool has_outgoing; /* a second line, by the key that was replaced */
	uint8_t outgoing_key_id[4];
	uint8_t outgoing_signature[64];
};

/* The three signed lines. */
void mun_checkpoint_write_body(struct mun_buffer *out, const char *origin,
    uint64_t size, const struct mun_hash *root);
/* Body, empty line, signature line. */
void mun_checkpoint_write(struct mun_buffer *out, const char *origin,
    uint64_t size, const struct mun_hash *root, const uint8_t log_key[32],
    const uint8_t signature[64]);
/* Append the line of the key that was replaced, to a note just written. */
void mun_checkpoint_write_outgoing(struct mun_buffer *out, const char *origin,
    const uint8_t outgoing_key[32], const uint8_t signature[64]);
/* The note that mun_checkpoint_parse took apart, byte for byte. */
void mun_checkpoint_write_again(
    struct mun_buffer *out, const struct mun_checkpoint *checkpoint);
/* Strict: exactly the one form (log/checkpoint), with one signature line or, at
 * the head that a replaced log key signs a last time, two. */
MUN_MUST_USE enum mun_status mun_checkpoint_parse(struct mun_checkpoint *out,
    const void *bytes, size_t len, struct mun_error *err);
/* The size alone, of a note with any lines below its body: which key has to
 * have signed it depends on that.  MUN_ERR_FORMAT. */
MUN_MUST_USE enum mun_status mun_checkpoint_size(
    uint64_t *size, const void *bytes, size_t len, struct mun_error *err);
/* A checkpoint somebody kept: further lines by other keys (cosignatures) are
 * allowed, MUN_NOTE_LINES_MAX in all and MUN_NOTE_MAX bytes; the one whose key
 * id and name are those of log_key is taken. */
MUN_MUST_USE enum mun_status mun_checkpoint_parse_kept(
    struct mun_checkpoint *out, const void *bytes, size_t len,
    const uint8_t log_key[32], struct mun_error *err);
/* Whether somebody may have kept this as a checkpoint, whoever's: MUN_OK where
 * body and lines (one at least) have the form that the function above takes;
 * no signature is judged.  MUN_ERR_FORMAT. */
MUN_MUST_USE enum mun_status mun_checkpoint_check_kept(
    const void *bytes, size_t len, struct mun_error *err);
/* true when the signature over bytes[0, body_len) is that key's and the key id
 * fits. */
bool mun_checkpoint_verify(const struct mun_checkpoint *checkpoint,
    const void *bytes, const uint8_t log_key[32]);
/* The same of the second line; false if there is none. */
bool mun_checkpoint_verify_outgoing(const struct mun_checkpoint *checkpoint,
    const void *bytes, const uint8_t outgoing_key[32]);

void mun_log_key_id(
    uint8_t key_id[4], const char *origin, const uint8_t log_key[32]);
void mun_vkey_write(
    struct mun_buffer *out, const char *origin, const uint8_t log_key[32]);
MUN_MUST_USE enum mun_status mun_vkey_parse(char origin[MUN_ORIGIN_MAX + 1],
    uint8_t log_key[32], const char *text, size_t len, struct mun_error *err);

struct mun_receipt {
	uint8_t vault[MUN_SHA256_LEN];
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint8_t entry[MUN_SHA256_LEN];
	uint64_t index;
	struct mun_hash proof[MUN_PROOF_MAX];
	size_t proof_count;
	struct mun_buffer checkpoint; /* as it stands in the file */
};
#define MUN_RECEIPT_INIT                                    \
	{                                                   \
		.checkpoint = MUN_BUFFER_INIT(MUN_NOTE_MAX) \
	}
void mun_receipt_write(
    const struct mun_receipt *receipt, struct mun_buffer *out);
MUN_MUST_USE enum mun_status mun_receipt_parse(struct mun_receipt *out,
    const void *bytes, size_t len, struct mun_error *err);
void mun_receipt_clear(struct mun_receipt *receipt);

#endif
