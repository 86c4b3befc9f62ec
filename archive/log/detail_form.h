/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail_form.h - the table that whoever reads or writes details follows.
 */
#ifndef MUN_LOG_DETAIL_FORM_H
#define MUN_LOG_DETAIL_FORM_H

#include "log/detail.h"

enum mun_field_kind {
	MUN_FIELD_WORD, /* unsigned, of a closed list */
	MUN_FIELD_DIGEST, /* 32 bytes */
	MUN_FIELD_TIME, /* int64_t */
	MUN_FIELD_REFERENCE, /* struct mun_reference */
	MUN_FIELD_CERTIFICATE, /* certificate */
	MUN_FIELD_POLICY, /* time_stamp_authorities */
	MUN_FIELD_RANGES, /* entries */
	MUN_FIELD_KEYS, /* keys */
	MUN_FIELD_CHECKPOINT, /* checkpoint_size, checkpoint_sha256 */
	MUN_FIELD_STAMPS /* stamps */
};

struct mun_field {
	const char *key;
	enum mun_field_kind kind;
	size_t offset; /* into struct mun_detail */
	const char *const *words; /* of a closed list, from 1 on; ends NULL */
};
extern const struct mun_field mun_fields[MUN_DETAIL_FIELDS];

/* Which subjects a type may have; bits. */
enum {
	MUN_SUBJECT_NONE = 1,
	MUN_SUBJECT_ARCHIVE = 2,
	MUN_SUBJECT_DOCUMENT = 4,
	MUN_SUBJECT_DEPOSIT = 8
};

enum {
	MUN_TYPE_FIELDS_MAX = 8
};
struct mun_type_field {
	enum mun_detail_field field;
	bool is_optional;
};
struct mun_type_form {
	const char *name;
	unsigned subjects;
	size_t field_count;
	struct mun_type_field fields[MUN_TYPE_FIELDS_MAX]; /* in their order */
};
extern const struct mun_type_form mun_type_forms[MUN_EVENT_TYPES];

/* The fields given, in their order, into an object that is open. */
struct mun_json_writer;
void mun_detail_write_fields(
    const struct mun_detail *detail, struct mun_json_writer *json);

/* Keys of annotations: those statement fields that an annotation may set. */
bool mun_annotation_has(enum mun_statement_field field);

#endif
