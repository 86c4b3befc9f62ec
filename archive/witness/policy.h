/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy.h - whose cosignatures make a checkpoint count: a C2SP tlog-policy.
 *
 * A policy is brought by the one who verifies, as an anchor is; it is never
 * found in what is verified.  Names in it are its own and mean nothing outside;
 * keys are what is compared.
 *
 * Stricter than the specification nowhere but in limits; a witness whose key
 * is of a kind that is not judged here (ML-DSA-44) is taken, and counts as one
 * that has not cosigned.
 *
 * Thread rule: a policy does not change once parsed.
 * Spec: C2SP tlog-policy.
 */
#ifndef MUN_WITNESS_POLICY_H
#define MUN_WITNESS_POLICY_H

#include "log/note.h"

enum {
	/* The specification asks for 32 of each at least. */
	MUN_POLICY_LOGS_MAX = 64,
	MUN_POLICY_WITNESSES_MAX = 64,
	MUN_POLICY_GROUPS_MAX = 64,
	MUN_POLICY_NODES_MAX = MUN_POLICY_WITNESSES_MAX + MUN_POLICY_GROUPS_MAX,
	MUN_POLICY_NAME_MAX = 255,
	MUN_POLICY_URL_MAX = 2048
};

struct mun_policy_log {
	struct mun_note_key key; /* MUN_NOTE_ED25519; its name is the origin */
	char *url; /* owned; NULL: none */
};

struct mun_policy_witness {
	struct mun_note_key key; /* of one of the other types */
	char *url; /* owned; NULL: none; a witness's submission prefix */
	size_t node;
};

/* A witness or a group, by its name in the policy. */
struct mun_policy_node {
	char name[MUN_POLICY_NAME_MAX + 1]; /* any bytes but controls; hostile */
	bool is_group;
	bool is_member; /* of the group `parent` */
	size_t parent; /* always a later node */
	unsigned needs; /* of a group: how many of its members */
};

struct mun_policy {
	struct mun_policy_log logs[MUN_POLICY_LOGS_MAX];
	size_t log_count;
	struct mun_policy_witness witnesses[MUN_POLICY_WITNESSES_MAX];
	size_t witness_count;
	struct mun_policy_node nodes[MUN_POLICY_NODES_MAX];
	size_t node_count, group_count;
	bool has_quorum; /* false only while it is read */
	bool needs_nobody; /* quorum none */
	size_t quorum; /* else: the node that has to be satisfied */
};

/*
 * Read a policy of at most MUN_POLICY_MAX bytes.  *out is the caller's, to be
 * freed with mun_policy_free; NULL on failure.
 *
 * MUN_ERR_FORMAT: "line N: " and what is wrong there; MUN_ERR_NOMEM.
 */
MUN_MUST_USE enum mun_status mun_policy_parse(struct mun_policy **out,
    const void *bytes, size_t len, struct mun_error *err);
void mun_policy_free(struct mun_policy *policy);

/* Whether one of its logs has that origin and key. */
bool mun_policy_names_log(const struct mun_policy *policy, const char *origin,
    const uint8_t log_key[32]);
/* Whether the witnesses for which has[] is true (one a witness, in order) are
 * a quorum. */
bool mun_policy_is_satisfied(const struct mun_policy *policy, const bool *has);

#endif
