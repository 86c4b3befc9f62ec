/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pump_bench.c - how fast the pump is by itself.  Not a test.
 *
 *   pump_bench THREADS OUTPUT|- FILE...
 *
 * Each FILE is an item with a 512-byte header before it, as in a .tar; OUTPUT
 * gets the stream and is read back, "-" none (as when verifying).  Prints the stream's SHA-256,
 * seconds of wall time, and MB/s of input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "digest/digest.h"

static double
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static enum mun_status
pump_file(struct mun_pump *pump, const char *path, uint64_t *total,
    struct mun_error *err)
{
	static const uint8_t header[512];
	struct mun_digests digests;
	enum mun_status status;
	size_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return mun_error_set(err, MUN_ERR_SYSTEM, "open '%s'", path);
	mun_pump_put(pump, header, sizeof(header), MUN_PUMP_STREAM);
	do {
		MUN_TRY(mun_file_read_full(
		    fd, mun_pump_block(pump), MUN_BLOCK_LEN, &got, err));
		mun_pump_submit(pump, got, MUN_PUMP_STREAM | MUN_PUMP_ITEM);
		*total += got;
	} while (got == MUN_BLOCK_LEN);
	MUN_TRY(mun_pump_end_item(pump, &digests, err));
out:
	mun_file_close(&fd);
	return status;
}

int
main(int argc, char **argv)
{
	struct mun_pump_options options = { .write_fd = -1 };
	uint8_t sha256[MUN_SHA256_LEN];
	char text[2 * MUN_SHA256_LEN + 1];
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_pump *pump = NULL;
	enum mun_status status;
	uint64_t total = 0;
	double start;

	if (argc < 4) {
		fprintf(stderr, "usage: pump_bench THREADS OUTPUT|- FILE...\n");
		return 64;
	}
	options.threads = (unsigned)strtoul(argv[1], NULL, 10);
	if (strcmp(argv[2], "-") != 0) {
		options.write_fd =
		    open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0644);
		options.read_fd = open(argv[2], O_RDONLY);
		options.reads_back = true;
	}
	start = now_s();
	MUN_TRY(mun_pump_new(&pump, &options, &err));
	for (int i = 3; i < argc; i++)
		MUN_TRY(pump_file(pump, argv[i], &total, &err));
	MUN_TRY(mun_pump_finish(pump, sha256, &err));
	mun_hex_encode(text, sha256, sizeof(sha256));
	printf("%s %.3f s %.0f MB/s\n", text, now_s() - start,
	    (double)total / (now_s() - start) / 1e6);
out:
	mun_pump_free(pump);
	if (status != MUN_OK)
		fprintf(stderr, "%s\n", err.text);
	return status == MUN_OK ? 0 : 3;
}
