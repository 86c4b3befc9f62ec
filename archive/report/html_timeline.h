/* SPDX-License-Identifier: BSD-2-Clause */
/* html_timeline.h - the shapes of the drawing: one a kind of event. */
#ifndef MUN_REPORT_HTML_TIMELINE_H
#define MUN_REPORT_HTML_TIMELINE_H

#include "report/html.h"

enum mun_shape {
	MUN_SHAPE_RECORD, /* of the vault: actors, keys, policy */
	MUN_SHAPE_DEPOSIT,
	MUN_SHAPE_HANDED_OVER,
	MUN_SHAPE_ACCEPTED,
	MUN_SHAPE_ACCESS,
	MUN_SHAPE_EXAMINATION,
	MUN_SHAPE_COPY,
	MUN_SHAPE_FIXITY,
	MUN_SHAPE_FIXITY_FAILED,
	MUN_SHAPE_DESCRIBED, /* annotation, relation */
	MUN_SHAPE_MOVED, /* migration */
	MUN_SHAPE_WITHDRAWN,
	MUN_SHAPE_STAMPED,
	MUN_SHAPE_OTHER,
	MUN_SHAPES
};

enum mun_shape mun_shape_of(const struct mun_judged_event *event);
/* What a shape stands for, in words. */
const char *mun_shape_text(enum mun_shape shape);
/* Draw it around a point, 10 units wide. */
void mun_shape_draw(
    struct mun_html *html, enum mun_shape shape, int x, int y);

#endif
