/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outcomes.h - of each archive that a vault's log names, whether the bytes
 * that a verification read under its name (archives/XPF-0003.tar) are those
 * logged.  What lies under any other name is nobody's outcome.
 */
#ifndef TOOLS_MUNIMENT_OUTCOMES_H
#define TOOLS_MUNIMENT_OUTCOMES_H

#include "muniment/record.h"
#include "muniment/verify.h"

/* One deposit, and what was found of it. */
struct outcome_row {
	struct mun_record_outcome outcome;
	uint8_t sha256[32]; /* as logged */
	bool is_destroyed; /* withdrawn: it is not missed */
};

struct outcomes {
	struct outcome_row *rows; /* in the order of the log; owned */
	size_t count, capacity;
	size_t next; /* where the one looked for is likely to be */
	struct mun_verify_listener listener; /* for mun_verify_options */
};

void outcomes_start(struct outcomes *outcomes);
void outcomes_free(struct outcomes *outcomes);
/* Once the run is over: those to be recorded, count of them.  *list is the
 * caller's to free.  MUN_ERR_SYSTEM: the file of one could not be read, so that
 * nobody knows what it holds; nothing is to be recorded. */
enum mun_status outcomes_list(struct outcomes *outcomes,
    const struct mun_verification *verification,
    struct mun_record_outcome **list, size_t *count, struct mun_error *err);
/* Of a verification, the text of the ith check if that says that a file could
 * not be read to its end, else NULL. */
const char *outcomes_unread(
    const struct mun_verification *verification, size_t i);

#endif
