/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * limits.h - every limit of Muniment, with its reason.  docs/format/ states
 * the ones a second implementation has to know.
 */
#ifndef MUN_BASE_LIMITS_H
#define MUN_BASE_LIMITS_H

#include <stdint.h>

enum {
	MUN_SHA256_LEN = 32,
	MUN_SHA384_LEN = 48,
	MUN_SHA512_LEN = 64,
	MUN_NONCE_LEN = 32, /* salts, nonces, padding seed */

	/* A whole CMS object: room for an RSA-4096 certificate and 48 KiB of
	 * event; C2SP entry bundles allow 65,535 bytes an entry. */
	MUN_CMS_MAX = 65535,
	MUN_CERTIFICATE_MAX = 16384,
	MUN_EVENT_MAX = 32768, /* event JSON line, LF included */
	MUN_STATEMENT_MAX = 262144, /* what people type about one event */
	/* A check of everything, some 130 bytes an archive, read whole: half a
	 * million archives. */
	MUN_RESULTS_MAX = 67108864,
	MUN_SEAL_MAX = 4096, /* seal.json */
	MUN_CHECKPOINT_MAX = 8192,
	/* A checkpoint with other people's signatures: C2SP signed-note asks
	 * for 16 of them at least, and one after ML-DSA-44 takes 3.3 KiB. */
	MUN_NOTE_MAX = 65536,
	MUN_NOTE_LINES_MAX = 64, /* signature lines of one note */
	MUN_KEY_NAME_MAX = 255, /* bytes; C2SP tlog-cosignature commits to 255 */
	MUN_VKEY_MAX = 2048, /* such a name and an ML-DSA-44 key in base64 */
	MUN_POLICY_MAX = 65536, /* 64 logs, witnesses and groups, commented */
	MUN_RECEIPT_MAX = 16384,
	MUN_VAULT_JSON_MAX = 4096,
	MUN_DEPOSIT_JSON_MAX = 8192,

	MUN_ORIGIN_MAX = 255, /* bytes of an origin label */
	MUN_PREFIX_MAX = 16, /* characters of an archive prefix */
	/* Prefix, hyphen, 4 to 12 digits: every path fits MUN_TAR_PATH_MAX. */
	MUN_ARCHIVE_ID_MAX = 29,
	MUN_PSEUDONYM_MAX = 64, /* X.520 ub-common-name */
	MUN_MEDIA_TYPE_MAX = 127, /* RFC 6838 s4.2: 127 a half; we keep less */
	MUN_DESCRIPTION_MAX = 1024, /* libmagic's words */

	/* One line of any .jsonl member: a 64 KiB path and a 4 KiB target, in
	 * base64, and as text with six characters for each control byte. */
	MUN_LINE_MAX = 1048576,
	MUN_NAME_MAX = 255, /* one path component on Linux */
	MUN_PATH_MAX = 65536, /* a deposit's path: deeper than PATH_MAX */
	MUN_DEPTH_MAX = 4096, /* folders within folders */
	/* With PaxHeader/ in it, still at most the 100 bytes of a tar header's
	 * name. */
	MUN_TAR_PATH_MAX = 90,

	MUN_BLOCK_LEN = 262144, /* one unit of reading and hashing */
	MUN_IDENTIFY_LEN = 65536 /* bytes libmagic sees of a document */
};

/* Entries of one deposit: 24 bytes of list memory each, plus the name. */
#define MUN_WALK_ENTRIES_MAX ((uint64_t)50000000)

#endif
