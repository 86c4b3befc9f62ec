/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_shapes.c - one shape for each kind of event, told apart without colour.
 */
#include <string.h>

#include "base/macros.h"
#include "report/html_timeline.h"

/* Paths around 0,0; black on white where it is filled. */
static const struct {
	const char *text, *path;
	bool is_filled;
} shapes[MUN_SHAPES] = {
	[MUN_SHAPE_RECORD] = { "vault, actors, keys, policy",
	    "M-4 0L-2 -3.6L2 -3.6L4 0L2 3.6L-2 3.6Z", false },
	[MUN_SHAPE_DEPOSIT] = { "deposit", "M-5 -4L5 -4L0 5Z", true },
	[MUN_SHAPE_HANDED_OVER] = { "handed over",
	    "M0 -5.5L5.5 0L0 5.5L-5.5 0Z", false },
	[MUN_SHAPE_ACCEPTED] = { "taken over, confirmed",
	    "M0 -5.5L5.5 0L0 5.5L-5.5 0Z", true },
	[MUN_SHAPE_ACCESS] = { "access",
	    "M-3.5 0A3.5 3.5 0 1 1 3.5 0A3.5 3.5 0 1 1 -3.5 0Z", false },
	[MUN_SHAPE_EXAMINATION] = { "examination",
	    "M-4.5 0A4.5 4.5 0 1 1 4.5 0A4.5 4.5 0 1 1 -4.5 0Z", true },
	[MUN_SHAPE_COPY] = { "copy",
	    "M-5 -5L2 -5L2 2L-5 2ZM-2 -2L5 -2L5 5L-2 5Z", false },
	[MUN_SHAPE_FIXITY] = { "bytes checked: as logged",
	    "M-5 -5L5 -5L5 5L-5 5ZM-3 0L-1 3L3 -3L-1 3Z", false },
	[MUN_SHAPE_FIXITY_FAILED] = { "bytes checked: NOT as logged",
	    "M-5 -3L-3 -5L0 -2L3 -5L5 -3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0Z",
	    true },
	[MUN_SHAPE_DESCRIBED] = { "described, related",
	    "M-1.2 -5L1.2 -5L1.2 -1.2L5 -1.2L5 1.2L1.2 1.2L1.2 5L-1.2 5L-1.2 "
	    "1.2"
	    "L-5 1.2L-5 -1.2L-1.2 -1.2Z",
	    false },
	[MUN_SHAPE_MOVED] = { "moved to other storage or software",
	    "M-5 -4L5 0L-5 4Z", false },
	[MUN_SHAPE_WITHDRAWN] = { "withdrawn",
	    "M-5 -5L5 -5L5 5L-5 5ZM-5 -5L5 5M5 -5L-5 5", false },
	[MUN_SHAPE_STAMPED] = { "time-stamped",
	    "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1 -5 0ZM0 -3.5L0 0L2.5 1.5", false },
	[MUN_SHAPE_OTHER] = { "of a type not known here",
	    "M-5 -5L5 -5L5 5L-5 5ZM-2 0L2 0", false },
};

enum mun_shape
mun_shape_of(const struct mun_judged_event *event)
{
	static const struct {
		const char *type;
		enum mun_shape shape;
	} types[] = { { "vault-created", MUN_SHAPE_RECORD },
		{ "actor-enrolled", MUN_SHAPE_RECORD },
		{ "actor-revoked", MUN_SHAPE_RECORD },
		{ "key-rotated", MUN_SHAPE_RECORD },
		{ "policy-changed", MUN_SHAPE_RECORD },
		{ "deposit", MUN_SHAPE_DEPOSIT },
		{ "transfer", MUN_SHAPE_HANDED_OVER },
		{ "access", MUN_SHAPE_ACCESS },
		{ "examination", MUN_SHAPE_EXAMINATION },
		{ "copy", MUN_SHAPE_COPY },
		{ "fixity-check", MUN_SHAPE_FIXITY },
		{ "relation", MUN_SHAPE_DESCRIBED },
		{ "annotation", MUN_SHAPE_DESCRIBED },
		{ "migration", MUN_SHAPE_MOVED },
		{ "deaccession", MUN_SHAPE_WITHDRAWN },
		{ "time-stamp", MUN_SHAPE_STAMPED } };

	if (event->is_acceptance)
		return MUN_SHAPE_ACCEPTED;
	if (event->has_failed)
		return MUN_SHAPE_FIXITY_FAILED;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].type, event->type) == 0)
			return types[i].shape;
	return MUN_SHAPE_OTHER;
}

const char *
mun_shape_text(enum mun_shape shape)
{
	MUN_ASSERT((size_t)shape < MUN_SHAPES);
	return shapes[shape].text;
}

void
mun_shape_draw(struct mun_html *html, enum mun_shape shape, int x, int y)
{
	MUN_ASSERT((size_t)shape < MUN_SHAPES);
	mun_html_format(html,
	    "<path transform=\"translate(%d %d)\" d=\"%s\" fill=\"%s\" "
	    "stroke=\"#111\" stroke-width=\"1\"/>",
	    x, y, shapes[shape].path,
	    shapes[shape].is_filled ? "#111" : "#fff");
}
