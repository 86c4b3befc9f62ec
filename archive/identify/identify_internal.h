/* SPDX-License-Identifier: BSD-2-Clause */
/* identify_internal.h - the worker's two functions, for pool and tests. */
#ifndef MUN_IDENTIFY_IDENTIFY_INTERNAL_H
#define MUN_IDENTIFY_IDENTIFY_INTERNAL_H

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

#endif
