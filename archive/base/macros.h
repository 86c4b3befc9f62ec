/* SPDX-License-Identifier: BSD-2-Clause */
/* macros.h - the only two pieces of control flow that are macros. */
#ifndef MUN_BASE_MACROS_H
#define MUN_BASE_MACROS_H

/*
 * MUN_TRY - run a step; if it fails, leave through the function's one exit.
 * The function has `enum mun_status status` and the label `out`.
 */
#define MUN_TRY(step)                 \
	do {                          \
		status = (step);      \
		if (status != MUN_OK) \
			goto out;     \
	} while (0)

/* MUN_ASSERT - a broken invariant stops the program, in release too: an abort
 * is better than a wrong verdict. */
#define MUN_ASSERT(truth) \
	((truth) ? (void)0 : mun_assert_failed(#truth, __FILE__, __LINE__))

_Noreturn void mun_assert_failed(const char *truth, const char *file, int line);

#endif
