/* SPDX-License-Identifier: BSD-2-Clause */
/* page.c - what every printed page is made of: head, text, digests, codes. */
#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "base/macros.h"
#include "card/card_internal.h"
#include "muniment/text.h"

enum {
	QUIET = 4 /* ISO/IEC 18004 s5.3.8: light modules around a code */
};

static const char style[] =
    "@page{size:auto;margin:16mm}"
    "*{box-sizing:border-box}"
    "body{font:11pt/1.45 'Liberation Serif','Times New Roman',serif;color:#000;"
    "background:#fff;max-width:178mm;margin:0 auto}"
    "h1{font-size:20pt;font-weight:normal;margin:0 0 2mm;"
    "border-bottom:.6pt solid #000;padding-bottom:3mm}"
    "h2{font-size:11pt;font-weight:bold;margin:7mm 0 1mm}"
    "p{margin:0 0 2.5mm;max-width:150mm}"
    "pre,code{font-family:'Liberation Mono','DejaVu Sans Mono',monospace}"
    "pre{margin:0;white-space:pre-wrap;word-break:break-all}"
    "code{font-size:9.5pt}"
    ".digest{font-size:19pt;line-height:1.5;letter-spacing:.02em;"
    "word-spacing:.25em;white-space:pre}"
    ".card{display:flex;gap:12mm;align-items:center;margin:9mm 0}"
    ".card svg{width:58mm;height:58mm;flex:none}"
    ".pieces{display:grid;grid-template-columns:1fr 1fr;gap:7mm 8mm;"
    "margin-top:7mm}"
    ".piece{break-inside:avoid;border-top:.6pt solid #000;padding-top:2mm}"
    ".piece h2{margin:0 0 1mm}"
    ".piece svg{width:70mm;height:70mm;display:block}"
    ".piece pre{font-size:5.5pt;line-height:1.4;white-space:pre}"
    "@media screen{body{padding:14mm 0}}";

void
mun_card_begin(struct mun_buffer *page, const char *title)
{
	mun_buffer_append_text(page,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
	    "form-action 'none'\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	mun_buffer_append_text(page, title);
	mun_buffer_append_text(page, "</title>\n<style>");
	mun_buffer_append_text(page, style);
	mun_buffer_append_text(page, "</style>\n</head>\n<body>\n<main>\n<h1>");
	mun_buffer_append_text(page, title);
	mun_buffer_append_text(page, "</h1>\n");
}

void
mun_card_end(struct mun_buffer *page)
{
	mun_buffer_append_text(page, "</main>\n</body>\n</html>\n");
}

static void
put_escaped(struct mun_buffer *page, const char *text, size_t len)
{
	struct mun_buffer safe = MUN_BUFFER_INIT(page->max);

	mun_text_escape(&safe, text, len, MUN_TEXT_UTF8);
	if (safe.status != MUN_OK && page->status == MUN_OK)
		page->status = safe.status;
	for (size_t i = 0; i < safe.len; i++) {
		switch (safe.data[i]) {
		case '&':
			mun_buffer_append_text(page, "&amp;");
			break;
		case '<':
			mun_buffer_append_text(page, "&lt;");
			break;
		case '>':
			mun_buffer_append_text(page, "&gt;");
			break;
		case '"':
			mun_buffer_append_text(page, "&quot;");
			break;
		default:
			mun_buffer_append_byte(page, safe.data[i]);
			break;
		}
	}
	mun_buffer_free(&safe);
}

void
mun_card_text(struct mun_buffer *page, const char *text)
{
	put_escaped(page, text, strlen(text));
}

void
mun_card_text_lines(struct mun_buffer *page, const char *text)
{
	const char *end;

	while ((end = strchr(text, '\n')) != NULL) {
		put_escaped(page, text, (size_t)(end - text));
		mun_buffer_append_byte(page, '\n');
		text = end + 1;
	}
	put_escaped(page, text, strlen(text));
}

void
mun_card_digest(struct mun_buffer *page, const uint8_t digest[32])
{
	mun_buffer_append_text(page, "<pre class=\"digest\">");
	for (size_t i = 0; i < 32; i += 2) {
		mun_buffer_append_hex(page, digest + i, 2);
		if (i < 30)
			mun_buffer_append_byte(page, i % 8 == 6 ? '\n' : ' ');
	}
	mun_buffer_append_text(page, "</pre>\n");
}

/* A row's dark runs, one rectangle each, as one path. */
static void
put_row(struct mun_buffer *page, const QRcode *code, int y)
{
	const unsigned char *row = code->data + (size_t)y * (size_t)code->width;

	for (int x = 0; x < code->width;) {
		int from = x;

		while (x < code->width && (row[x] & 1) != 0)
			x++;
		if (x > from)
			mun_buffer_append_format(page, "M%d %dh%dv1h-%dz",
			    from + QUIET, y + QUIET, x - from, x - from);
		else
			x++;
	}
}

enum mun_status
mun_card_code(struct mun_buffer *page, const char *text, const char *label,
    struct mun_error *err)
{
	QRcode *code = QRcode_encodeData(
	    (int)strlen(text), (const unsigned char *)text, 0, QR_ECLEVEL_M);
	int saved_errno = errno, side;

	if (code == NULL && saved_errno == ERANGE)
		return mun_error_set(
		    err, MUN_ERR_LIMIT, "no code holds so much text");
	if (code == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a code");
	side = code->width + 2 * QUIET;
	mun_buffer_append_format(page,
	    "<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" "
	    "shape-rendering=\"crispEdges\"><path fill=\"#fff\" "
	    "d=\"M0 0h%dv%dH0z\"/><path d=\"",
	    label, side, side, side, side);
	for (int y = 0; y < code->width; y++)
		put_row(page, code, y);
	mun_buffer_append_text(page, "\"/></svg>\n");
	QRcode_free(code);
	return mun_buffer_status(page, "a page", err);
}
