/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story.h - a log's events told to custody one by one, and what it remarks.
 *
 * Actors are certificates of tests/pki by name.  Entry digests are made up:
 * SHA-256 of the number.  Everything here fails the test if it cannot.
 */
#ifndef MUN_TEST_STORY_H
#define MUN_TEST_STORY_H

#include "custody/custody.h"

enum {
	STORY_HEARD_MAX = 64,
	STORY_NAMES_MAX = 24,
	STORY_TIME = 1795100000 /* of entry 0, and one second each */
};

struct story {
	struct mun_custody *custody;
	uint64_t seq; /* of the next event */
	struct {
		enum mun_remark_kind kind;
		uint64_t seq;
		char archive[MUN_ARCHIVE_ID_MAX + 1];
	} heard[STORY_HEARD_MAX];
	size_t heard_count;
	struct {
		const char *name;
		struct mun_certificate *certificate;
	} known[STORY_NAMES_MAX];
	size_t known_count;
};

/* Entry 0: founder is a custodian; recovery NULL: none. */
void story_begin(
    struct story *story, const char *founder, const char *recovery);
void story_end(struct story *story);
struct mun_certificate *story_certificate(
    struct story *story, const char *name);
const uint8_t *story_sha256(struct story *story, const char *name);

/* One event about "" (the vault), an archive, or a document of it.  detail's
 * type and what it gives are used; its subject is set here.  Returns its seq. */
uint64_t story_event(struct story *story, const char *who,
    struct mun_detail *detail, const char *archive, uint64_t document);
void story_entry(uint8_t entry[MUN_SHA256_LEN], uint64_t seq);

/* Short forms. */
uint64_t story_plain(struct story *story, const char *who,
    enum mun_event_type type, const char *archive);
uint64_t story_deposit(
    struct story *story, const char *who, const char *archive);
uint64_t story_enrol(
    struct story *story, const char *who, const char *whom, enum mun_role role);
uint64_t story_revoke(struct story *story, const char *who, const char *whom,
    enum mun_revocation reason, int64_t since_utc_s);
uint64_t story_replace(
    struct story *story, const char *who, const char *old, const char *new);
uint64_t story_log_key(struct story *story, const char *who, uint8_t byte);
/* to, from: NULL: not given */
uint64_t story_hand(struct story *story, const char *who, const char *from,
    const char *to, enum mun_transfer_form form, const char *archive,
    uint64_t document);
uint64_t story_accept(struct story *story, const char *who, uint64_t seq,
    const char *archive, uint64_t document);
uint64_t story_check(struct story *story, const char *who,
    enum mun_outcome result, const char *archive);

/* Nothing was remarked since the last of these. */
void story_quiet(struct story *story);
/* Exactly that was, and nothing besides. */
void story_heard(struct story *story, enum mun_remark_kind kind, uint64_t seq);
/* Of mun_custody_finish with nothing proven. */
void story_finish(struct story *story);

#endif
