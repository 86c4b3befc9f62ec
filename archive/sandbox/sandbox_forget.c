/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_forget.c - what came with the program's start is taken out of the
 * nursery: the text that the kernel laid out, and the traces that the loader
 * and the libraries left of it in registers and on the stack.
 */
/* clearenv(3), explicit_bzero(3). */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#ifdef __x86_64__
#include <cpuid.h>
#endif

enum {
	ROW_MAX = 6 << 20, /* the kernel takes no more for a program */
	STACK_USED_MAX = 32 << 10 /* by loader and libraries, before main; and
				   * small enough for a thread's own stack */
};

/* How far text goes that the kernel laid out from start on.  Gaps are part of
 * it: glibc puts a copy of its own in the place of GLIBC_TUNABLES.  Text that is
 * elsewhere (a program's own, below the stack) is not. */
static char *
end_of_row(char *start, char *end, char *const *texts)
{
	for (; texts != NULL && *texts != NULL; texts++) {
		char *after = *texts + strlen(*texts) + 1;

		if ((uintptr_t)*texts - (uintptr_t)start < ROW_MAX &&
		    after > end)
			end = after;
	}
	return end;
}

/* The command line, the environment, the path the program was started by. */
static void
forget_row(char **argv)
{
	char *const path[] = { (char *)getauxval(AT_EXECFN), NULL };

	if (argv != NULL && argv[0] != NULL) {
		char *end = end_of_row(argv[0], argv[0], argv);

		end = end_of_row(argv[0], end, environ);
		end = end_of_row(argv[0], end, path);
		explicit_bzero(argv[0], (size_t)(end - argv[0]));
	}
	(void)clearenv();
}

/*
 * Text that was measured or compared lies in vector registers, piece by piece,
 * until somebody needs them.  All of them become what they are when a program
 * starts: an area of zeros says of no component that it has a state (Intel SDM
 * volume 1, 13.8).  One word in it is read all the same.
 */
static void
forget_registers(void)
{
#ifdef __x86_64__
	const struct {
		_Alignas(64) uint32_t legacy[6];
		uint32_t mxcsr;
		uint32_t rest[137];
	} area = { .mxcsr = 0x1f80 };
	const unsigned x87_to_avx512 = 0xe7;
	unsigned eax, ebx, ecx = 0, edx;

	(void)__get_cpuid(1, &eax, &ebx, &ecx, &edx);
	if ((ecx & bit_OSXSAVE) == 0)
		return; /* a processor of before 2008 */
	__asm__ volatile("xrstor64 %0"
			 :
			 : "m"(area), "a"(x87_to_avx512), "d"(0)
			 : "memory", "st", "xmm0", "xmm1", "xmm2", "xmm3",
			 "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
			 "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
#endif
}

/* Where they were saved, and whatever else was left below this frame. */
static __attribute__((noinline)) void
forget_stack(void)
{
	uint8_t used[STACK_USED_MAX];

	explicit_bzero(used, sizeof(used));
}

void
mun_sandbox_forget(char **argv)
{
	forget_row(argv);
	forget_registers();
	forget_stack();
}
