/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.c - runs a fuzz target without libFuzzer: once on the empty input and
 * once on each file of the folders named, so that every input that ever broke
 * a parser is an ordinary test.  A folder without a file is a failure: it
 * would make the test one that cannot fail.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	struct stat info;
	int result = -1;
	size_t len;

	if (file == NULL || fstat(fileno(file), &info) != 0)
		goto out;
	len = (size_t)info.st_size;
	/* Exactly len bytes, so that a sanitizer sees one read too many. */
	bytes = malloc(len > 0 ? len : 1);
	if (bytes == NULL || fread(bytes, 1, len, file) != len)
		goto out;
	LLVMFuzzerTestOneInput(bytes, len);
	result = 0;
out:
	if (result != 0)
		perror(path);
	if (file != NULL)
		fclose(file);
	free(bytes);
	return result;
}

static int
replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[4096];
	int count = 0;

	if (dir == NULL) {
		perror(folder);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (replay_file(path) != 0) {
			count = -1;
			break;
		}
		count++;
	}
	closedir(dir);
	return count;
}

int
main(int argc, char **argv)
{
	const uint8_t nothing = 0;

	LLVMFuzzerTestOneInput(&nothing, 0);
	for (int i = 1; i < argc; i++) {
		int count = replay_folder(argv[i]);

		if (count <= 0) {
			fprintf(stderr, "no inputs in %s\n", argv[i]);
			return 1;
		}
		printf("%d inputs from %s\n", count, argv[i]);
	}
	return 0;
}
