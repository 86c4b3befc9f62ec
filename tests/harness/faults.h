/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults.h - system calls that fail when a test says so, and a disk that has
 * only what was fsynced.
 *
 * A test that DEPENDS on mun_faults gets the calls of faults.c wrapped (ld
 * --wrap).  Two uses:
 *
 *   for (n = 1; mun_faults_arm(n, EIO), result = op(), mun_faults_disarm();
 *        n++)                       every call of op fails once in its turn
 *
 *   mun_faults_watch(); op(); mun_faults_unsynced() == 0
 *                                   no change is left to a power cut
 */
#ifndef MUN_HARNESS_FAULTS_H
#define MUN_HARNESS_FAULTS_H

#include <stdbool.h>

/* Let the nth wrapped call from now (from 1) fail with this errno. */
void mun_faults_arm(unsigned nth, int error);
/* Stop; whether a call was made to fail. */
bool mun_faults_disarm(void);
/* While held, no call fails and none is counted. */
void mun_faults_hold(bool held);
/* The function that failed last. */
const char *mun_faults_failed(void);

/* Forget all changes seen and watch. */
void mun_faults_watch(void);
/* Files and folders changed since and not fsynced after their last change. */
unsigned mun_faults_unsynced(void);
/* Names given to files, since then, whose bytes were not yet fsynced. */
unsigned mun_faults_named_early(void);

/* Open descriptors of this process. */
unsigned mun_faults_descriptors(void);

#endif
