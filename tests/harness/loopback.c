/* SPDX-License-Identifier: BSD-2-Clause */
/* loopback.c - start and end the server that answers well or badly. */
#include "harness/loopback.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"

static void
be_the_server(int input, int output, const char *folder, const char *files)
{
	char script[4096];

	(void)snprintf(
	    script, sizeof(script), "%s/harness/loopback.py", MUN_TEST_DIR);
	if (dup2(input, 0) == 0 && dup2(output, 1) == 1)
		(void)execl(MUN_TEST_PYTHON, MUN_TEST_PYTHON, "-B", script,
		    folder, files, (char *)NULL);
	_exit(127);
}

void
mun_loopback_start(
    struct mun_loopback *server, const char *folder, const char *files)
{
	int input[2], output[2];
	FILE *ports;

	assert_int_equal(pipe(input), 0);
	assert_int_equal(pipe(output), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		/* Its own copy of the writing end would keep it alive. */
		(void)close(input[1]);
		be_the_server(input[0], output[1], folder, files);
	}
	(void)close(input[0]);
	(void)close(output[1]);
	server->hold = input[1];
	ports = fdopen(output[0], "r");
	assert_non_null(ports);
	assert_int_equal(fscanf(ports, "%u %u %u", &server->http,
			     &server->socks, &server->https),
	    3);
	(void)fclose(ports);
}

void
mun_loopback_stop(struct mun_loopback *server)
{
	int ended;

	(void)close(server->hold);
	assert_int_equal(waitpid(server->pid, &ended, 0), server->pid);
	assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

const char *
mun_loopback_url(const struct mun_loopback *server, const char *path)
{
	static char urls[8][512];
	static unsigned int next;
	char *url = urls[next++ % 8];

	(void)snprintf(
	    url, sizeof(urls[0]), "http://127.0.0.1:%u%s", server->http, path);
	return url;
}
