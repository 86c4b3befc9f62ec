/* SPDX-License-Identifier: BSD-2-Clause */
/* http_internal.h - what the http_*.c files share. */
#ifndef MUN_HTTP_HTTP_INTERNAL_H
#define MUN_HTTP_HTTP_INTERNAL_H

#include "http/http.h"

/* http_check.c: the request with every default put in, or MUN_ERR_USAGE. */
MUN_MUST_USE enum mun_status mun_http_settle(struct mun_http_request *settled,
    const struct mun_http_request *request, struct mun_error *err);

/* http_exchange.c: try once.  answer is empty, its body's max set. */
MUN_MUST_USE enum mun_status mun_http_exchange(struct mun_http_answer *answer,
    const struct mun_http_request *settled, struct mun_error *err);

#endif
