/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * note.h - what others sign of this log: their keys, and their cosignatures
 * under a checkpoint.
 *
 * A cosignature says: at that time this was the largest head that the witness
 * had seen of the log, and it extends all that it had seen before.  Only the
 * Ed25519 form (cosignature/v1) is judged.
 *
 * Spec: C2SP signed-note (keys, lines), tlog-cosignature; docs/format/log.md.
 */
#ifndef MUN_LOG_NOTE_H
#define MUN_LOG_NOTE_H

#include "log/checkpoint.h"

enum mun_note_type {
	MUN_NOTE_ED25519 = 0x01, /* a log's */
	MUN_NOTE_COSIGNATURE = 0x04, /* a witness's: Ed25519 with a time */
	MUN_NOTE_ML_DSA_44 = 0x06 /* a witness's; known, never judged */
};

/* A key as policies and command lines name it. */
struct mun_note_key {
	char name[MUN_KEY_NAME_MAX + 1]; /* UTF-8; hostile */
	enum mun_note_type type;
	uint8_t id[4];
	uint8_t key[32]; /* Ed25519; zeros for other types */
	uint8_t sha256[MUN_SHA256_LEN]; /* of the public key alone */
};

/* name+id+base64(type || key), exactly as it would be written.
 * MUN_ERR_FORMAT: it is not, or of another type than the three. */
MUN_MUST_USE enum mun_status mun_note_key_parse(struct mun_note_key *out,
    const char *text, size_t len, struct mun_error *err);
/* The text of an Ed25519 key of either type. */
void mun_note_key_write(
    struct mun_buffer *out, const struct mun_note_key *key);
/* Whether both bear the same name and key id: the same key, to a note. */
bool mun_note_key_same(
    const struct mun_note_key *a, const struct mun_note_key *b);

/* What a key of type MUN_NOTE_COSIGNATURE says about a checkpoint. */
struct mun_cosignature {
	bool is_there; /* there is a line of that key */
	bool holds; /* and every line of that key holds */
	int64_t time_utc_s; /* of the newest that holds; 0 to 2^63 - 1 */
	uint8_t blob[76]; /* that one: key id, time, signature */
};
/*
 * Look for key among the signature lines of a checkpoint that a
 * mun_checkpoint_parse* function has taken apart; a line of another name or
 * key id is none of its.
 *
 * MUN_ERR_FORMAT: the lines are malformed, or beyond the limits of a note.
 */
MUN_MUST_USE enum mun_status mun_cosignature_find(struct mun_cosignature *out,
    const struct mun_checkpoint *checkpoint, const void *bytes, size_t len,
    const struct mun_note_key *key, struct mun_error *err);
/* Append the bytes that a cosignature of that time is over. */
void mun_cosignature_message(struct mun_buffer *out, int64_t time_utc_s,
    const void *body, size_t body_len);

/*
 * A checkpoint with cosignatures as it lies in log/witness/<size>/checkpoint:
 * the log's line first, then 1 to 63 lines of 76 bytes in base64, in bytewise
 * order of key name and key id, none twice.  Judges no signature.
 * MUN_ERR_FORMAT.
 */
MUN_MUST_USE enum mun_status mun_cosigned_parse(struct mun_checkpoint *out,
    const void *bytes, size_t len, struct mun_error *err);
/*
 * Append to out such a checkpoint: log_note (log/checkpoint as stored), the
 * cosignatures of before (of the same head; len 0: none), and blob as name's,
 * in place of one by that name and key id.
 *
 * MUN_ERR_FORMAT: one of the two is malformed, or of another head;
 * MUN_ERR_LIMIT: more than 63 cosignatures.
 */
MUN_MUST_USE enum mun_status mun_cosigned_add(struct mun_buffer *out,
    const void *log_note, size_t log_note_len, const void *before,
    size_t before_len, const char *name, const uint8_t blob[76],
    struct mun_error *err);

/* "log/witness/17/checkpoint" */
void mun_witness_name(char *out, size_t out_size, uint64_t size);
/* The size of exactly such a name; false for any other. */
bool mun_witness_name_parse(uint64_t *size, const char *name);

#endif
