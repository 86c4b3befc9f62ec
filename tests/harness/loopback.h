/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loopback.h - tests/harness/loopback.py as a child of this test: an HTTP
 * server on 127.0.0.1, with a SOCKS 5 proxy before it and HTTPS beside it.
 */
#ifndef MUN_HARNESS_LOOPBACK_H
#define MUN_HARNESS_LOOPBACK_H

#include <sys/types.h>

struct mun_loopback {
	pid_t pid;
	int hold; /* its standard input: it ends when this is closed */
	unsigned int http, socks, https; /* ports */
};

/* Start it over a folder (NULL: none), and one of files to hand out (NULL: the
 * same); fails the test if it cannot. */
void mun_loopback_start(
    struct mun_loopback *server, const char *folder, const char *files);
void mun_loopback_stop(struct mun_loopback *server);
/* "http://127.0.0.1:PORT" and path, in a static buffer that the eighth call
 * after this one reuses. */
const char *mun_loopback_url(
    const struct mun_loopback *server, const char *path);

#endif
