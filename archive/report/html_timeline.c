/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_timeline.c - custody as a drawing: entries from left to right in the
 * order of the log, a lane for each archive or document, a bar for who holds
 * it.  Shapes and letters carry the meaning, never a colour.
 *
 * Columns are equally wide: entries come in bursts, and a scale of time would
 * lay them over each other.  Bounded; the table says all.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/time.h"
#include "report/html.h"
#include "report/html_timeline.h"

enum {
	MARKS_MAX = 600, /* drawn, of all entries: twenty strips */
	STRIP = 30, /* marks side by side on the width of a sheet */
	HOLDERS_MAX = 60, /* with a letter of their own */
	NAME_MAX_BYTES = 256,
	LABEL_WIDTH = 118,
	WIDTH = 720,
	TOP = 34,
	ROW = 26,
	BOTTOM = 52,
	COLUMN_MAX = 70
};

struct holder {
	uint64_t seq; /* that enrolled it */
	uint8_t vault[8];
	char name[NAME_MAX_BYTES];
};

struct mark {
	uint64_t seq, document;
	int64_t time_utc_s;
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint8_t vault[8]; /* of its fingerprint */
	enum mun_shape shape;
	unsigned holder; /* after it; 0: nobody known, else 1 + its number */
	bool ends; /* nobody holds it any more */
};

struct mun_timeline {
	struct mark *marks;
	size_t count; /* marks kept */
	size_t told; /* events */
	struct holder *holders;
	unsigned holder_count;
};

enum mun_status
mun_timeline_new(struct mun_timeline **out, struct mun_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (*out != NULL) {
		(*out)->marks = calloc(MARKS_MAX, sizeof(struct mark));
		(*out)->holders = calloc(HOLDERS_MAX, sizeof(struct holder));
	}
	if (*out == NULL || (*out)->marks == NULL || (*out)->holders == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a time-line");
	return MUN_OK;
}

void
mun_timeline_free(struct mun_timeline *timeline)
{
	if (timeline == NULL)
		return;
	free(timeline->marks);
	free(timeline->holders);
	free(timeline);
}

size_t
mun_timeline_count(const struct mun_timeline *timeline)
{
	return timeline->told;
}

void
mun_timeline_rewind(struct mun_timeline *timeline, size_t count)
{
	timeline->told = count;
	if (timeline->count > count)
		timeline->count = count;
}

/* The number of a holder, from 1; 0 if there are too many. */
static unsigned
holder_number(
    struct mun_timeline *timeline, const struct mun_judged_event *event)
{
	struct holder *holder;

	for (unsigned i = 0; i < timeline->holder_count; i++) {
		holder = &timeline->holders[i];
		if (holder->seq == event->holder_seq &&
		    memcmp(holder->vault, event->vault,
			sizeof(holder->vault)) == 0)
			return i + 1;
	}
	if (timeline->holder_count == HOLDERS_MAX)
		return 0;
	holder = &timeline->holders[timeline->holder_count++];
	holder->seq = event->holder_seq;
	memcpy(holder->vault, event->vault, sizeof(holder->vault));
	(void)snprintf(holder->name, sizeof(holder->name), "%s", event->holder);
	return timeline->holder_count;
}

enum mun_status
mun_timeline_add(struct mun_timeline *timeline,
    const struct mun_judged_event *event, struct mun_error *err)
{
	struct mark *mark;

	(void)err;
	timeline->told++;
	if (timeline->count == MARKS_MAX)
		return MUN_OK;
	mark = &timeline->marks[timeline->count++];
	*mark = (struct mark){ .seq = event->seq,
		.document = event->document,
		.time_utc_s = event->time_utc_s,
		.shape = mun_shape_of(event),
		.ends = strcmp(event->type, "deaccession") == 0 };
	(void)snprintf(
	    mark->archive, sizeof(mark->archive), "%s", event->archive);
	memcpy(mark->vault, event->vault, sizeof(mark->vault));
	if (event->has_holder)
		mark->holder = holder_number(timeline, event);
	return MUN_OK;
}

/* ---- one strip ---- */

struct strip {
	const struct mun_timeline *timeline;
	struct mun_html *html;
	size_t first, end; /* marks */
	unsigned number;
	int column; /* width */
	size_t lanes[STRIP]; /* the first mark of each */
	size_t lane_count;
};

static bool
same_lane(const struct mark *a, const struct mark *b)
{
	return a->document == b->document &&
	    strcmp(a->archive, b->archive) == 0 &&
	    memcmp(a->vault, b->vault, sizeof(a->vault)) == 0;
}

static const struct mark *
mark_at(const struct strip *strip, size_t i)
{
	return &strip->timeline->marks[i];
}

static void
find_lanes(struct strip *strip)
{
	strip->lane_count = 0;
	for (size_t i = strip->first; i < strip->end; i++) {
		size_t lane = 0;

		while (lane < strip->lane_count &&
		    !same_lane(
			mark_at(strip, strip->lanes[lane]), mark_at(strip, i)))
			lane++;
		if (lane == strip->lane_count)
			strip->lanes[strip->lane_count++] = i;
	}
}

static int
x_of(const struct strip *strip, size_t i)
{
	return LABEL_WIDTH + (int)(i - strip->first) * strip->column +
	    strip->column / 2;
}

static int
y_of(size_t lane)
{
	return TOP + (int)lane * ROW + ROW / 2;
}

/* "A" to "Z", then "A1" and so on. */
static void
holder_letter(char out[16], unsigned holder)
{
	unsigned n = holder - 1;

	if (n < 26)
		(void)snprintf(out, 16, "%c", 'A' + (int)n);
	else
		(void)snprintf(out, 16, "%c%u", 'A' + (int)(n % 26), n / 26);
}

static void
draw_bar(const struct strip *strip, int from, int to, int y, unsigned holder)
{
	char letter[16];

	if (holder == 0 || to <= from)
		return;
	holder_letter(letter, holder);
	mun_html_format(strip->html,
	    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"10\" fill=\"%s\" "
	    "stroke=\"#111\" stroke-width=\".6\"/>",
	    from, y - 5, to - from, holder % 2 == 0 ? "#fff" : "#dcdcdc");
	/* between the first mark and the next, where none hides it */
	mun_html_format(strip->html,
	    "<text x=\"%d\" y=\"%d\" font-size=\"8\" "
	    "text-anchor=\"middle\">%s</text>",
	    from == LABEL_WIDTH ? from + 5 : from + strip->column / 2, y + 3,
	    letter);
}

/* Who held it when the strip begins. */
static unsigned
holder_before(const struct strip *strip, const struct mark *lane)
{
	for (size_t i = strip->first; i > 0; i--) {
		const struct mark *mark = mark_at(strip, i - 1);

		if (same_lane(mark, lane))
			return mark->ends ? 0 : mark->holder;
	}
	return 0;
}

static void
draw_holding(const struct strip *strip, size_t lane)
{
	const struct mark *own = mark_at(strip, strip->lanes[lane]);
	unsigned holder = holder_before(strip, own);
	int from = LABEL_WIDTH;

	for (size_t i = strip->first; i < strip->end; i++) {
		const struct mark *mark = mark_at(strip, i);
		unsigned now = mark->ends ? 0 : mark->holder;

		if (!same_lane(mark, own) || now == holder)
			continue;
		draw_bar(strip, from, x_of(strip, i), y_of(lane), holder);
		holder = now;
		from = x_of(strip, i);
	}
	draw_bar(strip, from, x_of(strip, strip->end - 1) + strip->column / 2,
	    y_of(lane), holder);
}

static void
draw_lane(const struct strip *strip, size_t lane)
{
	const struct mark *own = mark_at(strip, strip->lanes[lane]);
	int y = y_of(lane);

	mun_html_format(strip->html,
	    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#999\" "
	    "stroke-width=\".5\"/><text x=\"0\" y=\"%d\" font-size=\"9\">",
	    LABEL_WIDTH, y, x_of(strip, strip->end - 1) + strip->column / 2, y,
	    y + 3);
	if (own->archive[0] == '\0')
		mun_html_raw(strip->html, "the vault");
	else
		mun_html_text(strip->html, own->archive);
	if (own->document != 0)
		mun_html_format(strip->html, "/%" PRIu64, own->document);
	mun_html_raw(strip->html, "</text>");
	draw_holding(strip, lane);
	for (size_t i = strip->first; i < strip->end; i++)
		if (same_lane(mark_at(strip, i), own))
			mun_shape_draw(strip->html, mark_at(strip, i)->shape,
			    x_of(strip, i), y);
	mun_html_raw(strip->html, "\n");
}

/* Numbers of entries above, days below where they change. */
static void
draw_scale(const struct strip *strip)
{
	int bottom = TOP + (int)strip->lane_count * ROW;
	char last[MUN_TIME_TEXT_LEN + 1] = "";

	for (size_t i = strip->first; i < strip->end; i++) {
		char time[MUN_TIME_TEXT_LEN + 1] = "";
		int x = x_of(strip, i);

		mun_html_format(strip->html,
		    "<text x=\"%d\" y=\"%d\" font-size=\"8\" "
		    "transform=\"rotate(-55 %d %d)\">%" PRIu64 "</text>",
		    x, TOP - 6, x, TOP - 6, mark_at(strip, i)->seq);
		if (!mun_time_format(time, mark_at(strip, i)->time_utc_s))
			continue;
		time[10] = '\0';
		if (strcmp(time, last) != 0)
			mun_html_format(strip->html,
			    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" "
			    "stroke=\"#999\" stroke-width=\".5\" "
			    "stroke-dasharray=\"2 2\"/>"
			    "<text x=\"%d\" y=\"%d\" font-size=\"8\" "
			    "transform=\"rotate(38 %d %d)\">%s</text>",
			    x, TOP - 3, x, bottom + 4, x - 2, bottom + 12,
			    x - 2, bottom + 12, time);
		memcpy(last, time, sizeof(last));
	}
	mun_html_format(strip->html,
	    "<text x=\"0\" y=\"%d\" font-size=\"8\">entry</text>"
	    "<text x=\"0\" y=\"%d\" font-size=\"8\">day (UTC)</text>\n",
	    TOP - 6, bottom + 12);
}

static void
draw_strip(struct strip *strip)
{
	uint64_t first = mark_at(strip, strip->first)->seq;
	uint64_t last = mark_at(strip, strip->end - 1)->seq;
	int height;

	find_lanes(strip);
	height = TOP + (int)strip->lane_count * ROW + BOTTOM;
	mun_html_format(strip->html,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
	    "aria-labelledby=\"strip%u strip%u-text\" "
	    "font-family=\"Arial, Liberation Sans, sans-serif\" "
	    "fill=\"#111\">\n",
	    WIDTH, height, strip->number, strip->number);
	mun_html_format(strip->html,
	    "<title id=\"strip%u\">Custody from entry %" PRIu64
	    " to entry %" PRIu64 "</title>\n",
	    strip->number, first, last);
	mun_html_format(strip->html,
	    "<desc id=\"strip%u-text\">%zu entries about %zu subjects, from "
	    "left to right in the order of the log. Bars say who holds an "
	    "archive. The table after the drawing says the same, and more."
	    "</desc>\n",
	    strip->number, strip->end - strip->first, strip->lane_count);
	draw_scale(strip);
	for (size_t lane = 0; lane < strip->lane_count; lane++)
		draw_lane(strip, lane);
	mun_html_raw(strip->html, "</svg>\n");
}

/* ---- the whole ---- */

static void
put_legend(const struct mun_timeline *timeline, struct mun_html *html)
{
	bool used[MUN_SHAPES] = { false };

	for (size_t i = 0; i < timeline->count; i++)
		used[timeline->marks[i].shape] = true;
	mun_html_raw(html, "<p>");
	for (unsigned shape = 0; shape < MUN_SHAPES; shape++) {
		if (!used[shape])
			continue;
		mun_html_raw(html,
		    "<span class=\"key\"><svg class=\"icon\" "
		    "viewBox=\"0 0 14 14\" aria-hidden=\"true\">");
		mun_shape_draw(html, (enum mun_shape)shape, 7, 7);
		mun_html_format(html, "</svg> %s</span> ",
		    mun_shape_text((enum mun_shape)shape));
	}
	mun_html_raw(html, "</p>\n");
	if (timeline->holder_count == 0)
		return;
	mun_html_raw(html, "<p>Held by: ");
	for (unsigned i = 0; i < timeline->holder_count; i++) {
		const struct holder *holder = &timeline->holders[i];
		char letter[16];

		holder_letter(letter, i + 1);
		mun_html_format(
		    html, "%s<strong>%s</strong> ", i == 0 ? "" : "; ", letter);
		mun_html_outside(html, holder->name, strlen(holder->name));
		mun_html_format(
		    html, " (enrolled by entry %" PRIu64 ")", holder->seq);
	}
	mun_html_raw(html,
	    ". No bar: held by nobody who is an actor, or withdrawn.</p>\n");
}

void
mun_timeline_draw(const struct mun_timeline *timeline, struct mun_html *html)
{
	struct strip strip = { .timeline = timeline, .html = html };
	size_t columns = timeline->count < STRIP ? timeline->count : STRIP;

	if (timeline->count == 0)
		return;
	strip.column = (WIDTH - LABEL_WIDTH - 6) / (int)columns;
	if (strip.column > COLUMN_MAX)
		strip.column = COLUMN_MAX;
	mun_html_raw(html, "<figure>\n");
	while (strip.end < timeline->count) {
		strip.first = strip.end;
		strip.end = strip.first + STRIP < timeline->count
		    ? strip.first + STRIP
		    : timeline->count;
		strip.number++;
		draw_strip(&strip);
	}
	mun_html_raw(html, "<figcaption>\n");
	put_legend(timeline, html);
	if (timeline->told > timeline->count) {
		mun_html_raw(html, "<p>Drawn are the first ");
		mun_html_number(html, timeline->count);
		mun_html_raw(html, " entries of ");
		mun_html_number(html, timeline->told);
		mun_html_raw(html, "; the table has all.</p>\n");
	}
	mun_html_raw(html, "</figcaption>\n</figure>\n");
}
