/* SPDX-License-Identifier: BSD-2-Clause */
#include "edited.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"

char *
edited(const char *good, const struct edit *edit)
{
	const char *at = *edit->from != '\0' ? strstr(good, edit->from)
					     : good + strlen(good);
	size_t size = strlen(good) + strlen(edit->to) + 1;
	char *text = malloc(size);

	if (at == NULL || text == NULL) {
		free(text);
		fail_msg("'%s' is not in the good text", edit->from);
		return NULL;
	}
	snprintf(text, size, "%.*s%s%s", (int)(at - good), good, edit->to,
	    at + strlen(edit->from));
	return text;
}
