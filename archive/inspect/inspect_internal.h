/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_internal.h - what the files of inspect/ share.
 *
 * Worker side: a source of bytes (the document, or a nested container in
 * memory), a look (one document, its budgets, the answer under way) and, for
 * each container on the way down, a frame.  Parent side: the answer is parsed
 * and checked before anybody is told of it.
 */
#ifndef MUN_INSPECT_INSPECT_INTERNAL_H
#define MUN_INSPECT_INSPECT_INTERNAL_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "inspect/inspect.h"

struct archive;
struct archive_entry;
struct inspect_libarchive;

enum {
	/* Room for 100,000 members with names of 200 bytes. */
	INSPECT_ANSWER_MAX = 33554432,
	INSPECT_BLOCK_LEN = 65536,
	INSPECT_NAME_MAX = 65535,
	INSPECT_GZIP_NAME_MAX = 4096,
	/* Of a document that the lasting worker unpacks, packed and unpacked:
	 * so far no ratio of the two makes a bomb (16 MiB), one worker is not
	 * slower than several, and what it gives up late costs no more than a
	 * process. */
	INSPECT_GUNZIP_MAX = 1048576
};

enum inspect_kind {
	INSPECT_NONE = 0,
	INSPECT_ZIP,
	INSPECT_7Z,
	INSPECT_CAB,
	INSPECT_LHA,
	INSPECT_ISO,
	INSPECT_CPIO,
	INSPECT_AR,
	INSPECT_TAR,
	INSPECT_GZIP, /* from here on: a filter around one stream */
	INSPECT_BZIP2,
	INSPECT_XZ,
	INSPECT_ZSTD
};

/* What is noted; rule and words of each are in inspect_answer.c. */
enum inspect_reason {
	INSPECT_ENCRYPTED = 0,
	INSPECT_ENCRYPTED_LIST,
	INSPECT_DAMAGED,
	INSPECT_MEMBER_DAMAGED,
	INSPECT_HEADERS_DIFFER,
	INSPECT_OVERLAP,
	INSPECT_NO_END,
	INSPECT_TWO_ENDS,
	INSPECT_STRAY_BYTES,
	INSPECT_UNLISTED,
	INSPECT_BOMB_BYTES,
	INSPECT_BOMB_RATIO,
	INSPECT_BOMB_TIME,
	INSPECT_TOO_DEEP,
	INSPECT_TOO_MANY,
	INSPECT_LIST_TOO_LONG,
	INSPECT_UNSUPPORTED,
	INSPECT_SPLIT,
	INSPECT_NESTED_TOO_LARGE,
	INSPECT_NO_MEMORY,
	INSPECT_REFUSED,
	INSPECT_DIED,
	INSPECT_HUNG,
	INSPECT_REASONS /* how many there are */
};

struct inspect_request {
	uint64_t offset;
	uint64_t size;
};

/* Made by the template once, inherited by every worker. */
struct inspect_tools {
	struct mun_digest_pair *pair;
	locale_t utf8; /* 0 where the system has no C.UTF-8 */
	const struct inspect_libarchive *la;
};

/* Bytes that can be read at any offset. */
struct inspect_source {
	int fd; /* -1: memory */
	const uint8_t *memory;
	uint64_t offset; /* of byte 0 in fd */
	uint64_t size;
};

struct inspect_look {
	const struct inspect_tools *tools;
	struct mun_buffer *answer;
	uint64_t stored_bytes; /* of the document */
	uint64_t unpacked_bytes;
	uint64_t cpu_checked_at; /* unpacked_bytes when last looked */
	uint32_t member_count;
	uint32_t steps; /* headers seen, members or not */
	bool is_over; /* a budget is spent: leave everything */
};

/* One container being looked into. */
struct inspect_frame {
	struct inspect_look *look;
	const struct inspect_source *source;
	uint32_t number; /* member it is; 0: the document */
	unsigned depth;
	uint32_t noted; /* bit set of reasons, so that each is noted once */
};

/* inspect_source.c */
size_t mun_inspect_read_at(
    const struct inspect_source *source, uint64_t offset, void *to, size_t len);
/* The same without a place of the caller's, and at most INSPECT_BLOCK_LEN:
 * *bytes is borrowed until the next call for this source. */
size_t mun_inspect_view_at(const struct inspect_source *source, uint64_t offset,
    size_t len, const uint8_t **bytes);
uint16_t mun_inspect_u16(const uint8_t *at);
uint32_t mun_inspect_u32(const uint8_t *at);
uint64_t mun_inspect_u64(const uint8_t *at);

/* inspect_wants.c */
enum inspect_kind mun_inspect_kind_of(const uint8_t *first, size_t len);

/* inspect_look.c */
MUN_MUST_USE enum mun_status mun_inspect_handle(void *state,
    const uint8_t *request, size_t len, int fd, struct mun_buffer *answer,
    struct mun_error *err);
/* Look into one container; notes go to the answer. */
void mun_inspect_into(struct inspect_frame *frame, enum inspect_kind kind);
void mun_inspect_add_note(
    struct inspect_frame *frame, enum inspect_reason reason);
/* One more header was read; false when no budget is left. */
bool mun_inspect_step(struct inspect_frame *frame);
/* len more bytes were unpacked; false when no budget is left. */
bool mun_inspect_spend(struct inspect_frame *frame, uint64_t len);

/* inspect_member.c */
enum inspect_next {
	INSPECT_GO_ON,
	INSPECT_STOP, /* the reader cannot go on, or a budget is spent */
	INSPECT_IS_ARCHIVE /* begins like tar, cpio or ar; nothing recorded */
};
/* Read the current entry's data, record it, look into it.  is_stream: it is
 * what came out of a filter; if it begins like an archive that needs no seek,
 * *kind says so and the caller is to read it as that. */
enum inspect_next mun_inspect_take_member(struct inspect_frame *frame,
    struct archive *reader, const void *name, size_t name_len, bool is_stream,
    enum inspect_kind *kind);

/* inspect_stream.c: containers that libarchive lists */
void mun_inspect_stream(struct inspect_frame *frame, enum inspect_kind kind);

/* inspect_gunzip.c: the lasting worker.  It answers as mun_inspect_handle
 * would, or MUN_ERR_UNSUPPORTED. */
MUN_MUST_USE enum mun_status mun_inspect_gunzip_prepare(
    void **state, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_inspect_gunzip(void *state,
    const uint8_t *request, size_t len, int fd, struct mun_buffer *answer,
    struct mun_error *err);
/* RFC 1952 s2.3.1: FNAME, the original file name, ended by a zero byte; 0 if
 * there is none or it is longer. */
size_t mun_inspect_gzip_name(const struct inspect_source *source,
    char name[INSPECT_GZIP_NAME_MAX]);

/* inspect_zip.c: members as the central directory lists them */
void mun_inspect_zip(struct inspect_frame *frame);

/* One member as the central directory tells of it. */
struct inspect_zip_entry {
	uint64_t header; /* where its own header is */
	uint64_t data; /* where its bytes are */
	uint64_t stored_len;
	uint64_t len;
	uint32_t crc;
	uint16_t method;
	uint16_t flags;
	uint32_t attributes; /* of the system it was made on */
	uint8_t made_on;
	bool is_unreadable; /* no header, beyond the end, over another */
	size_t name; /* in names */
	size_t name_len;
};

struct inspect_zip_list {
	struct inspect_zip_entry *entries;
	size_t count;
	struct mun_buffer names;
	uint64_t end; /* where the members' part ends */
	bool has_directory;
};

enum {
	INSPECT_ZIP_ENCRYPTED = 1, /* flag bits */
	INSPECT_ZIP_LATE_SIZES = 8
};

/* inspect_zip_list.c: read the directory, or else the headers in a row. */
void mun_inspect_zip_list_read(
    struct inspect_frame *frame, struct inspect_zip_list *list);
void mun_inspect_zip_list_free(struct inspect_zip_list *list);
/* inspect_zip_check.c: hold the directory against the members' headers. */
void mun_inspect_zip_check(
    struct inspect_frame *frame, struct inspect_zip_list *list);

/* inspect_answer.c */
void mun_inspect_put_member(
    struct mun_buffer *answer, const struct mun_inspect_member *member);
void mun_inspect_put_note(
    struct mun_buffer *answer, uint32_t member, enum inspect_reason reason);
/* Bytes one member needs in an answer. */
size_t mun_inspect_member_len(size_t name_len);
/* Check the whole answer, then tell the visitor. *makes_sense is false, and
 * nobody is told, when it is not one. */
MUN_MUST_USE enum mun_status mun_inspect_tell(const uint8_t *data, size_t len,
    const struct mun_inspect_visitor *visitor, bool *makes_sense,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_inspect_tell_note(
    const struct mun_inspect_visitor *visitor, uint32_t member,
    enum inspect_reason reason, struct mun_error *err);

/* inspect_rehearse.c: before the door closes, make the tools, which are the
 * state, and look into a container of ours.  MUN_ERR_SYSTEM: no libarchive. */
MUN_MUST_USE enum mun_status mun_inspect_prepare(
    void **state, struct mun_error *err);

#endif
