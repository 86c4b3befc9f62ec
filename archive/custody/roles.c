/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * roles.c - what each role may sign: a fixed table, no policy language.
 *
 * Spec: docs/format/custody.md, Roles.
 */
#include "base/macros.h"
#include "custody/custody.h"

#define BIT(type) (UINT32_C(1) << (unsigned)MUN_EVENT_##type)

/* Only custodians decide who acts and by which rules.  Who may sign a type that
 * is not known here, a later version decides. */
enum {
	ANY = BIT(UNKNOWN),
	HANDLES = ANY | BIT(TRANSFER) | BIT(ACCESS) | BIT(COPY) |
	    BIT(ANNOTATION) | BIT(RELATION)
};

static const uint32_t may_sign[MUN_ROLES] = {
	[MUN_ROLE_CUSTODIAN] = UINT32_MAX,
	[MUN_ROLE_DEPOSITOR] = HANDLES | BIT(DEPOSIT),
	[MUN_ROLE_EXAMINER] = HANDLES | BIT(EXAMINATION) | BIT(FIXITY_CHECK),
	[MUN_ROLE_COUNSEL] = HANDLES,
	[MUN_ROLE_KEEPER] =
	    ANY | BIT(COPY) | BIT(FIXITY_CHECK) | BIT(TIME_STAMP),
};

bool
mun_role_may_sign(enum mun_role role, enum mun_event_type type)
{
	MUN_ASSERT((size_t)role < MUN_ROLES);
	return (may_sign[role] >> (unsigned)type & 1u) != 0;
}
