/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identify_internal.h - the worker's two functions, for pool and tests, and
 * what is known without asking it.
 */
#ifndef MUN_IDENTIFY_IDENTIFY_INTERNAL_H
#define MUN_IDENTIFY_IDENTIFY_INTERNAL_H

#include "digest/digest.h"
#include "identify/identify.h"
#include "muniment/buffer.h"

MUN_MUST_USE enum mun_status mun_identify_prepare(
    void **state, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_identify_handle(void *state,
    const uint8_t *request, size_t len, int fd, struct mun_buffer *answer,
    struct mun_error *err);
/* Turn a worker's answer, whatever it is, into what identify.h promises. */
void mun_identify_take_answer(
    struct mun_identity *identity, const uint8_t *data, size_t len);

/* identify_known.c: answers by the SHA-256 of what was asked. */
struct mun_identify_known;
struct mun_identify_known *mun_identify_known_new(void); /* NULL: no memory */
void mun_identify_known_free(struct mun_identify_known *known);
/* In the place of an older one, maybe; a failure is not kept. */
void mun_identify_known_put(struct mun_identify_known *known,
    const uint8_t key[MUN_SHA256_LEN], const struct mun_identity *identity);
/* False: not known. */
bool mun_identify_known_get(const struct mun_identify_known *known,
    const uint8_t key[MUN_SHA256_LEN], struct mun_identity *identity);

#endif
