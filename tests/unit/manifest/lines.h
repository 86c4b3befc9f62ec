/* SPDX-License-Identifier: BSD-2-Clause */
/* lines.h - canonical lines of every kind, and one way to try any line. */
#ifndef MUN_TEST_MANIFEST_LINES_H
#define MUN_TEST_MANIFEST_LINES_H

#include "harness/harness.h"

#include "manifest/manifest.h"

#define HEX32 "00112233445566778899aabbccddeeff"
#define HEX64 HEX32 "0123456789abcdef0123456789abcdef"
#define HEX128 HEX64 HEX64

#define RECORD_LINE                                                         \
	"{\"n\":42,\"file\":\"data/XPF-0003-000042.pdf\",\"size\":18234,"   \
	"\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","               \
	"\"media_type\":\"application/pdf\",\"private\":{\"name\":\"" HEX64 \
	"\",\"path\":\"" HEX64 "\",\"times\":\"" HEX64                      \
	"\",\"description\":\"" HEX64 "\"},\"salt\":\"" HEX64 "\"}"

#define DEPOSIT_LINE                                                          \
	"{\"format\":\"muniment-deposit/1\",\"archive\":\"XPF-0003\","        \
	"\"tool\":\"muniment 0.1.0\",\"algorithms\":[\"sha256\",\"sha512\"]," \
	"\"documents\":2,\"bytes\":300,\"members\":0,\"findings\":1,"         \
	"\"sandbox\":true,\"times\":false,\"limits\":{\"identify_bytes\":1,"  \
	"\"inspect_depth\":2,\"inspect_members\":3,\"inspect_bytes\":4,"      \
	"\"inspect_nested_bytes\":5,\"inspect_ratio\":6,"                     \
	"\"inspect_cpu_s\":7},\"padding_seed\":\"" HEX64 "\"}"

#define SEAL_LINE                                                             \
	"{\"format\":\"muniment-archive/1\",\"origin\":\"example.org/log\","  \
	"\"vault\":\"" HEX64 "\",\"archive\":\"XPF-0003\",\"after\":\"" HEX64 \
	"\",\"sealed_at\":\"2026-11-23T10:11:12Z\",\"complete\":true,"        \
	"\"document_root\":\"" HEX64 "\",\"tagmanifest_sha256\":\"" HEX64     \
	"\",\"tagmanifest_sha512\":\"" HEX128 "\",\"nonce\":\"" HEX64 "\"}"

#define MEMBER_LINE                                             \
	"{\"n\":42,\"m\":3,\"in\":1,\"name_b64\":\"Li4vYQ==\"," \
	"\"name\":\"../a\",\"size\":10,\"sha256\":\"" HEX64     \
	"\",\"sha512\":\"" HEX128 "\"}"

#define LINK_LINE                                                    \
	"{\"rule\":\"source.symlink\",\"path_b64\":\"YS9i\","        \
	"\"path\":\"a/b\",\"target_b64\":\"/w==\",\"detail\":\"not " \
	"followed\"}"

/* Parse a line without LF, write it again to out. */
typedef enum mun_status again_fn(const char *line, size_t len,
    struct mun_buffer *out, struct mun_error *err);

again_fn record_again, private_again, member_again, finding_again,
    deposit_again, seal_again;

enum {
	GOOD_COUNT = 17
};
struct good_line {
	again_fn *again;
	const char *line;
};
extern const struct good_line good[GOOD_COUNT];

/* The line and a LF; free() it. */
char *with_line_feed(const char *line, size_t len);
/* MUN_OK or MUN_ERR_FORMAT with a sentence; what is accepted has to be what is
 * written again: the parser's promise. */
enum mun_status try_line(again_fn *again, const char *line, size_t len);

#endif
