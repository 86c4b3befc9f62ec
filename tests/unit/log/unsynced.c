/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unsynced.c - fsync(2) that does nothing (--wrap): these tests end processes,
 * not the power, and each is to take seconds.  tests/fault has the other kind.
 */
int __wrap_fsync(int fd);

int
__wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}
