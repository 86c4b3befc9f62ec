/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_internal.h - the list and the moving descriptor behind walk.h.
 *
 * The list is one array of nodes and one arena of names.  Node 0 is the
 * nameless root whose children are the operands.  The children of a folder
 * are neighbours in the array, sorted; `order` strings everything that is not
 * an entered folder together in path order.
 *
 * The chain is the one descriptor that moves through the tree, with the
 * identity of every folder above it, so that going up is checked as well as
 * going down.  Functions named *_errno return 0 or an errno value: what the
 * tree answers is data here, not a failure.
 */
#ifndef MUN_WALK_WALK_INTERNAL_H
#define MUN_WALK_WALK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "walk/walk.h"

enum {
	WALK_ROOT = 0, /* the node above the operands */
	WALK_FOLDER = 0 /* internal kind: a folder that was entered */
};

/* Neighbours in the array. */
struct walk_children {
	uint32_t first;
	uint32_t count;
};

/* 40 bytes: 200,000 of them and their names stay below 16 MiB. */
struct walk_node {
	uint64_t name; /* where in the arena; NUL-ended */
	union {
		uint64_t size; /* documents */
		struct walk_children children; /* WALK_FOLDER */
	};
	/* Documents, folders that were entered and empty ones, as listed: */
	int64_t mtime_s;
	uint32_t mtime_ns;
	uint32_t parent;
	uint32_t order; /* of node i: which node is the i-th entry */
	uint16_t links; /* 65535: that many or more */
	uint8_t kind; /* WALK_FOLDER or enum mun_walk_kind */
	uint8_t saved_errno; /* Linux has none above 133 */
};

struct walk_identity {
	dev_t device;
	ino_t inode;
};

struct walk_operand {
	char *parent; /* path of the folder it lies in, as typed */
	struct walk_identity parent_is;
	struct walk_identity is;
	bool is_folder;
	uint64_t name; /* ascending with the operand's position */
};

struct walk_step {
	uint32_t folder;
	struct walk_identity is;
};

struct walk_chain {
	struct walk_step *steps; /* the operand first */
	size_t depth;
	size_t capacity;
	int fd; /* of the last step, O_PATH; -1 while depth is 0 */
};

struct mun_walk {
	struct walk_node *nodes;
	size_t node_count;
	size_t node_capacity;
	uint64_t entry_count;
	struct mun_buffer names;
	struct walk_operand *operands;
	size_t operand_count;
	struct walk_identity *excludes;
	size_t exclude_count;
	struct walk_chain chain;
	struct mun_walk_totals totals;
};

/* Where a look is taken: names are relative to fd. */
struct walk_place {
	int fd;
	uint32_t folder;
	dev_t device; /* of that folder */
	size_t depth; /* folders above an entry here, operand included */
	size_t path_len; /* bytes of the folder's path; 0 at the root */
};

/* What the kernel says of one thing. */
struct walk_seen {
	struct walk_identity is;
	mode_t mode;
	uint64_t size;
	uint64_t links;
	int64_t mtime_s;
	int64_t ctime_s;
	uint32_t mtime_ns;
	uint32_t ctime_ns;
	bool is_mount; /* something is mounted here, or would be */
};

bool mun_walk_identity_equal(struct walk_identity a, struct walk_identity b);

/* walk_see.c */
/* Look at a name in dir_fd, never following or mounting; "" is dir_fd. */
int mun_walk_see_errno(int dir_fd, const char *name, struct walk_seen *seen);
/* openat(2) of one component that is not a link; *seen is of what was opened.
 * EXDEV for a mount point, unless the name is an operand's (inside: false). */
int mun_walk_open_errno(int dir_fd, const char *name, int flags, bool inside,
    int *fd, struct walk_seen *seen);

/* walk_list.c */
const char *mun_walk_name(const struct mun_walk *walk, uint32_t node);
/* mun_walk_path, of any node but the root. */
void mun_walk_node_path(
    const struct mun_walk *walk, uint32_t node, struct mun_buffer *path);
/* Append a node; its kind is WALK_FOLDER until somebody says otherwise. */
MUN_MUST_USE enum mun_status mun_walk_add(struct mun_walk *walk,
    uint32_t parent, const char *name, uint32_t *node, struct mun_error *err);
void mun_walk_sort(struct mun_walk *walk, size_t first, size_t count);

/* walk_again.c */
/* Keep by what a change is known later. */
void mun_walk_keep_seen(struct walk_node *node, const struct walk_seen *seen);

/* walk_look.c */
/* What lies under this name, as a new child of place->folder. */
MUN_MUST_USE enum mun_status mun_walk_look(struct mun_walk *walk,
    const struct walk_place *place, const char *name, struct mun_error *err);

/* walk_operand.c */
MUN_MUST_USE enum mun_status mun_walk_take_operands(struct mun_walk *walk,
    const char *const *operands, size_t count, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_walk_take_excludes(struct mun_walk *walk,
    const int *excludes, size_t count, struct mun_error *err);
/* Refuse operands within one another, or that touch an exclude. */
MUN_MUST_USE enum mun_status mun_walk_check_operands(
    const struct mun_walk *walk, const int *excludes, struct mun_error *err);
bool mun_walk_is_excluded(const struct mun_walk *walk, struct walk_identity is);
/* Open the folder an operand's node lies in, if it still is the same. */
int mun_walk_operand_parent_errno(
    const struct mun_walk *walk, uint32_t node, int *fd);

/* walk_chain.c */
/* Move the chain's descriptor to this folder node. */
int mun_walk_go_errno(struct mun_walk *walk, uint32_t folder);
void mun_walk_chain_free(struct walk_chain *chain);
/* The descriptor a node's name is relative to; *own: the caller closes it. */
int mun_walk_parent_errno(
    struct mun_walk *walk, uint32_t node, int *fd, bool *own);

#endif
