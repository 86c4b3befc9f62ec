/* SPDX-License-Identifier: BSD-2-Clause */
/* deposit_say.h - a deposit before and after, in words and in JSON. */
#ifndef TOOLS_MUNIMENT_DEPOSIT_SAY_H
#define TOOLS_MUNIMENT_DEPOSIT_SAY_H

#include "muniment/ingest.h"
#include "muniment/keeper.h"

/* What a plan does not know. */
struct deposit_terms {
	const char *signer; /* the certificate's name, hostile; NULL: no keys */
	bool no_times;
	const char *refused; /* why it would be; NULL: it would not */
};
/* What would be stored, left out and flagged, where, and who signs. */
enum mun_status deposit_say_plan(struct keeper *keeper,
    const struct mun_deposit *deposit, const struct deposit_terms *terms,
    struct mun_error *err);
/* Rules and paths of everything that cannot be read, to standard error. */
void deposit_say_unreadable(
    struct keeper *keeper, const struct mun_deposit *deposit);
/* What was done.  receipt: its path; "" when it could not be written. */
enum mun_status deposit_say_result(struct keeper *keeper,
    const struct mun_deposit *deposit, const struct mun_deposit_result *result,
    const char *receipt, struct mun_error *err);

#endif
