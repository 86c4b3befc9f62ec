/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults.h - stands before store/'s writing calls (--wrap) and lets the n-th
 * of them go wrong.
 */
#ifndef MUN_TEST_FAULTS_H
#define MUN_TEST_FAULTS_H

#include <stdbool.h>

enum fault {
	FAULT_NONE,
	FAULT_DIES_BEFORE, /* it and all later calls do nothing and fail */
	FAULT_DIES_AFTER, /* it is done, but fails, and later ones do nothing */
	FAULT_FAILS_BEFORE, /* it alone does nothing and fails */
	FAULT_FAILS_AFTER, /* it alone is done, and says that it failed */
	FAULTS
};

/* Call number n (from 1) of the calls from here on. */
void faults_set(enum fault fault, unsigned n);
/* Whether that call was reached; and no more faults. */
bool faults_clear(void);

/* Before the next swap of the checkpoint, somebody else's is there. */
void faults_overtake(const void *checkpoint, unsigned long len);

/* Reading calls since the last faults_set. */
extern unsigned faults_reads;

#endif
