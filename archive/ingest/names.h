/* SPDX-License-Identifier: BSD-2-Clause */
/* names.h - what is to be said about a document's name. */
#ifndef MUN_INGEST_NAMES_H
#define MUN_INGEST_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"

enum {
	MUN_NAME_NOT_UTF8 = 1,
	MUN_NAME_CONTROL = 2,
	MUN_NAME_NOT_PORTABLE = 4
};

/* Judges paths in their order.  A folder's name is judged with the first
 * document in it, so that it is said once. */
struct mun_name_judge {
	struct mun_buffer previous;
	struct mun_buffer scratch;
};
void mun_name_judge_init(struct mun_name_judge *judge);
/* The MUN_NAME_* that hold.  Memory that runs out makes names look fine; it
 * does so in *judge's buffers, whose status says so. */
unsigned mun_name_judge_next(
    struct mun_name_judge *judge, const uint8_t *path, size_t len);
void mun_name_judge_free(struct mun_name_judge *judge);

#endif
