/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_internal.h - what the two sides of the inspector share.
 *
 * inspect.c is the parent: it hands over requests and parses answers, every
 * byte of which it takes for hostile.  In the child, inspect_child.c walks a
 * container and the containers in it; container.c reads one through
 * libarchive; zip_names.c reads the names of a ZIP as they are stored.
 */
#ifndef MUN_INSPECT_INSPECT_INTERNAL_H
#define MUN_INSPECT_INSPECT_INTERNAL_H

#include "inspect/inspect.h"

/* Rules of notes, in the order of their numbers in an answer. */
enum inspect_rule {
	INSPECT_ENCRYPTED,
	INSPECT_BROKEN,
	INSPECT_BOMB,
	INSPECT_TOO_DEEP,
	INSPECT_TOO_MANY,
	INSPECT_NOT_INSPECTED,
	INSPECT_DIED,
	INSPECT_RULES
};

/*
 * The answer is a sequence of
 *   'M' number:8 container:8 size:8 name length:8 digests:96 name
 *   'N' member:8 rule:8 detail length:8 detail
 * with numbers big-endian.
 */
enum {
	INSPECT_MEMBER = 'M',
	INSPECT_NOTE = 'N',
	INSPECT_NAME_MAX = 65536
};
#define INSPECT_ANSWER_MAX ((size_t)24 << 20)

/* Bytes of a container that can be read at any offset. */
struct inspect_source {
	int fd; /* -1: memory */
	uint64_t offset; /* where it starts in fd */
	const uint8_t *memory;
	uint64_t size;
};
/* Up to len bytes at position; how many were there. */
size_t mun_inspect_read_at(const struct inspect_source *source, void *out,
    size_t len, uint64_t position);

/* What is left of a document's budgets. */
struct inspect_budget {
	uint64_t stored; /* bytes of the document */
	uint64_t unpacked; /* bytes unpacked so far */
	uint32_t members; /* numbered so far */
	bool spent; /* a budget ran out: stop everywhere */
};

/* The child's walk through one document. */
struct inspect_walk {
	struct mun_buffer *answer;
	struct inspect_budget budget;
	struct mun_digest_pair *digest;
};

/* Append 8 bytes, big-endian. */
void mun_inspect_put_number(struct mun_buffer *out, uint64_t number);
/* Note something of a member (0: the document). */
void mun_inspect_tell(struct inspect_walk *walk, uint32_t member,
    enum inspect_rule rule, const char *detail);
/* Count bytes and time; false when a budget is spent, which is then noted. */
bool mun_inspect_spend(struct inspect_walk *walk, uint32_t member, uint64_t bytes);

/* Names of a ZIP's members as stored, in the order of their local headers. */
struct zip_names {
	struct zip_name *names; /* owned */
	size_t count;
	bool known; /* there was a proper directory */
	bool disagrees; /* a local header names another name */
	bool encrypted;
};
struct zip_name {
	uint64_t local_offset;
	uint8_t *bytes; /* owned */
	size_t len;
};
void mun_zip_names_read(
    struct zip_names *names, const struct inspect_source *source);
void mun_zip_names_free(struct zip_names *names);

/* Walk the members of one container; container is its member number (0: the
 * document), depth how many containers it lies in.  Only MUN_ERR_NOMEM fails.
 */
enum mun_status mun_inspect_container(struct inspect_walk *walk,
    const struct inspect_source *source, uint32_t container, unsigned depth,
    struct mun_error *err);

/* The sandbox job's handler. */
enum mun_status mun_inspect_handle(void *state, const uint8_t *request, size_t len,
    int fd, struct mun_buffer *answer, struct mun_error *err);

#endif
