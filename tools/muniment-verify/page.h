/* SPDX-License-Identifier: BSD-2-Clause */
/* page.h - the page asked for with --report. */
#ifndef TOOLS_MUNIMENT_VERIFY_PAGE_H
#define TOOLS_MUNIMENT_VERIFY_PAGE_H

#include "common/tool.h"
#include "muniment/report.h"

struct page {
	struct mun_report_html *report; /* NULL: none is asked for */
	const char *name; /* in its folder */
};

/*
 * page_open - begin the report at path (NULL: nothing is done).
 *
 * Before hours of verifying: MUN_ERR_EXISTS, there is a file of that name;
 * MUN_ERR_NOT_FOUND, its folder is not there; MUN_ERR_USAGE, it would lie in
 * a folder that is examined, where nothing is ever written.
 */
enum mun_status page_open(struct page *page, const char *path,
    char *const *inputs, size_t input_count, struct mun_error *err);
/* What to give to mun_verify_run; NULL where no page is asked for. */
const struct mun_verify_listener *page_listener(const struct page *page);
enum mun_status page_save(struct page *page,
    const struct mun_verification *verification, struct mun_error *err);
void page_close(struct page *page);

#endif
