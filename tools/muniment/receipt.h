/* SPDX-License-Identifier: BSD-2-Clause */
/* receipt.h - where a deposit's receipt goes. */
#ifndef TOOLS_MUNIMENT_RECEIPT_H
#define TOOLS_MUNIMENT_RECEIPT_H

#include "muniment/keeper.h"

/* Write it, durable: to path, or if that is NULL beside the keys.  The path
 * used is appended to *used. */
enum mun_status receipt_write(struct keeper *keeper, const char *path,
    const char *archive, const struct mun_buffer *receipt,
    struct mun_buffer *used, struct mun_error *err);

#endif
