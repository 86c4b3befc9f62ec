/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect.h - what lies inside documents that are containers, in the sandbox.
 *
 * Reads the stored bytes of a document from the archive file under way, never
 * the original again.  Members are fingerprinted and numbered from 1 in the
 * order met, a container's members right after it (depth first); nothing is
 * written out.
 *
 * Not looked into, on purpose: rar, xar, mtree, warc, and whatever would need
 * a program outside.  Names are the stored bytes; those of 7z and Joliet, in
 * UTF-16 there, become UTF-8 composed (NFC).  A tar in a compressed stream is
 * read as if it lay bare: its members are the document's.  Folders, links and
 * encrypted or damaged members get no number.  A parser that has to be ended by
 * force loses what it found ("container.died").
 *
 * Each document has a worker of its own, so that one that captures its parser
 * misstates its own members only.  The exception is one compressed document in
 * one gzip stream: those go through one lasting worker that knows zlib alone.
 */
#ifndef MUN_INSPECT_INSPECT_H
#define MUN_INSPECT_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest/digest.h"
#include "muniment/buffer.h"
#include "muniment/error.h"

struct mun_inspect;

/* Budgets over the whole tree of one document, and over one deposit. */
enum {
	MUN_INSPECT_DEPTH_MAX = 3,	/* containers within containers */
	MUN_INSPECT_MEMBERS_MAX = 100000, /* of one document */
	MUN_INSPECT_CPU_S = 20,		/* of one document */
	MUN_INSPECT_NESTED_MAX = 67108864 /* bytes of a nested container */
};
#define MUN_INSPECT_BYTES_MAX ((uint64_t)4 << 30) /* unpacked, one document */
#define MUN_INSPECT_RATIO_MAX 2000 /* unpacked over stored, past 16 MiB */

/* Whether a document with these first bytes is a container to look into: zip
 * (and what is built on it), tar, gzip, bzip2, xz, zstd, 7z, cpio, ar, cab,
 * lha, iso9660.  Goes by bytes, not by name. */
bool mun_inspect_wants(const void *first, size_t len, const char *media_type);

struct mun_inspect_member {
	uint32_t number;	/* from 1 */
	uint32_t container;	/* number of the member it lies in; 0: document */
	const uint8_t *name;	/* raw bytes as stored; borrowed */
	size_t name_len;
	uint64_t size;
	struct mun_digests digests;
};

/* One thing to note: rule is one of "container.encrypted",
 * "container.broken", "container.bomb", "container.too-deep",
 * "container.too-many", "container.not-inspected", "container.died". */
struct mun_inspect_note {
	uint32_t member;	/* 0: the document itself */
	const char *rule;
	char detail[160];	/* fixed words of ours, ASCII */
};

struct mun_inspect_visitor {
	enum mun_status (*member)(void *ctx,
	    const struct mun_inspect_member *member, struct mun_error *err);
	enum mun_status (*note)(void *ctx,
	    const struct mun_inspect_note *note, struct mun_error *err);
	void *ctx;
};

MUN_MUST_USE enum mun_status mun_inspect_start(struct mun_inspect **out,
    unsigned workers, bool unsafe_no_sandbox, struct mun_error *err);
bool mun_inspect_has_room(const struct mun_inspect *inspect);
/* Look into size bytes at offset of fd (a readable descriptor of the archive
 * under way; may be closed after the call).  MUN_ERR_INTERNAL: 32 are under way
 * that nobody collected. */
MUN_MUST_USE enum mun_status mun_inspect_submit(struct mun_inspect *inspect,
    int fd, uint64_t offset, uint64_t size, uint64_t *ticket,
    struct mun_error *err);
/* Get one finished document: *ticket is set, then its members and notes are
 * told to the visitor.  Waits for a fresh worker, even without wait, where the
 * lasting one refused a document and all others are at work.
 * MUN_ERR_NOT_FOUND when none is finished (or under way, with wait). */
MUN_MUST_USE enum mun_status mun_inspect_collect(struct mun_inspect *inspect,
    uint64_t *ticket, const struct mun_inspect_visitor *visitor, bool wait,
    struct mun_error *err);
void mun_inspect_stop(struct mun_inspect *inspect);

#endif
