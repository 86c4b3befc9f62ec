/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_style.c - how the report looks on a screen and on paper.
 *
 * Nothing is said by colour alone, and no page size is named, so that a printer
 * takes its own (A4 or Letter).  Page numbers are margin boxes of CSS Paged
 * Media, which Chromium prints from version 131 on.
 */
#include "report/html.h"

static const char page_rules[] = "@page{margin:20mm 16mm 22mm 18mm;"
				 "@bottom-left{content:\"";
static const char page_rules_end[] =
    "\";font:8pt \"Liberation Sans\",Arial,sans-serif;color:#333}"
    "@bottom-right{content:\"Page \" counter(page) \" of \" "
    "counter(pages);"
    "font:8pt \"Liberation Sans\",Arial,sans-serif;color:#333}}\n";

static const char text_rules[] =
    "*{box-sizing:border-box}\n"
    "html{background:#e9e9e6;color:#111}\n"
    "body{max-width:210mm;margin:8mm auto;padding:20mm 16mm 22mm 18mm;"
    "background:#fff;box-shadow:0 0 3mm #bbb;"
    "font:10.5pt/1.4 \"Times New Roman\",\"Liberation Serif\",\"Noto "
    "Serif\",serif;"
    "-webkit-hyphens:manual;hyphens:manual}\n"
    "h1{font-size:21pt;line-height:1.15;margin:0 0 1mm;font-weight:normal;"
    "letter-spacing:.01em}\n"
    "h2{font-size:14pt;line-height:1.2;margin:11mm 0 3mm;padding-bottom:1mm;"
    "border-bottom:.5pt solid #111;font-weight:normal;break-after:avoid}\n"
    "h3{font-size:11pt;margin:6mm 0 2mm;break-after:avoid}\n"
    "p{margin:0 0 2.5mm;orphans:3;widows:3}\n"
    "a{color:inherit}\n"
    "time{white-space:nowrap}td time{font-size:8.3pt}\n"
    "bdi{overflow-wrap:anywhere}\n"
    "ul,ol{margin:0 0 3mm;padding-left:6mm}\n"
    "li{margin-bottom:1mm}\n"
    "code,pre,.digest{font-family:\"Liberation Mono\",\"DejaVu Sans "
    "Mono\",Consolas,Menlo,monospace;font-size:.82em}\n"
    "code.digest{font-size:6.9pt;white-space:nowrap;line-height:1.35;"
    "letter-spacing:0}\n"
    "pre{margin:1mm 0 2mm;padding:1.5mm 2mm;border:.5pt solid #999;"
    "background:#f7f7f5;white-space:pre-wrap;overflow-wrap:anywhere;"
    "font-size:7.6pt;line-height:1.4;break-inside:avoid}\n"
    ".lead{font-size:11pt;color:#333;margin-bottom:4mm}\n"
    ".note,figcaption,caption{font-size:9pt;color:#333}\n"
    ".cut{font-style:italic;font-size:.9em}\n"
    ".hidden{position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip-path:inset(50%);white-space:nowrap}\n";

static const char table_rules[] =
    "table{border-collapse:collapse;width:100%;margin:0 0 4mm;"
    "font-size:9pt;line-height:1.32;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;padding-bottom:1mm}\n"
    "thead{display:table-header-group;break-after:avoid}"
    "tbody tr:first-child{break-before:avoid}\n"
    "tr{break-inside:avoid}.custody tr,tr.long{break-inside:auto}\n"
    "th,td{border-top:.4pt solid #999;padding:1.1mm 2mm 1.1mm 0;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}\n"
    "th:last-child,td:last-child{padding-right:0}\n"
    "thead th{border-top:0;border-bottom:.8pt solid #111;"
    "vertical-align:bottom;font-weight:bold}\n"
    "tbody th{font-weight:bold}\n"
    "table.fixed{table-layout:fixed}\n"
    "td.number,th.number{text-align:right;white-space:nowrap}\n"
    ".w-mark{width:27mm}.w-no{width:11mm}.w-ref{width:27mm}"
    ".w-time{width:32mm}.w-type{width:20mm}.w-size{width:19mm}"
    ".w-digest{width:94mm}.w-rule{width:38mm}\n"
    "dl{display:grid;grid-template-columns:38mm 1fr;gap:.8mm 3mm;"
    "margin:0 0 4mm;font-size:9.5pt;line-height:1.35}\n"
    "dt{color:#333}dd{margin:0;overflow-wrap:anywhere}\n"
    "td dl{grid-template-columns:auto 1fr;gap:0 2mm;margin:.6mm 0 0;"
    "font-size:8.4pt}\n"
    "td p{margin:0 0 .8mm}\n"
    "details{margin:0 0 2mm;border-top:.4pt solid #999}\n"
    "summary{padding:1.2mm 0;cursor:pointer;font-size:9.5pt}\n";

static const char mark_rules[] =
    ".mark{display:inline-block;padding:.1mm 1.6mm;font:bold 8pt/1.5 "
    "\"Liberation Sans\",Arial,sans-serif;border:.8pt solid #111;"
    "white-space:nowrap}\n"
    ".mark-passed{background:#fff;color:#111}\n"
    ".mark-failed{background:#111;color:#fff;border-style:solid;"
    "print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
    ".mark-open{border-style:dashed;background:#fff}\n"
    ".mark-none{border:0;padding-left:0;font-weight:normal}\n"
    ".machine{font-size:7.6pt;white-space:nowrap}\n"
    ".verdict{border:.8pt solid #111;padding:2.2mm 3.5mm;margin:0 0 4mm}\n"
    ".verdict p{margin:0}\n"
    ".verdict .word{font-size:15pt;line-height:1.3;margin-bottom:.6mm}\n"
    ".verdict-failed{border-width:2.4pt}\n"
    ".verdict-open{border-style:dashed;border-width:1.2pt}\n"
    ".answer{margin-bottom:.7mm}\n"
    ".worth{font-size:8.4pt;color:#222;margin-bottom:.4mm}\n"
    "nav ol{columns:2;font-size:9.5pt;margin-bottom:0}\n";

static const char paper_rules[] =
    "figure{margin:0 0 5mm}\n"
    "svg{display:block;width:100%;height:auto;break-inside:avoid;"
    "margin-bottom:2mm}\n"
    "svg.icon{display:inline-block;width:3.2mm;height:3.2mm;"
    "vertical-align:-.5mm;margin:0}\n"
    ".key{white-space:nowrap;margin-right:3mm}\n"
    ".form{break-before:page}\n"
    ".form h3{margin-top:0}\n"
    ".form li{margin-bottom:2.2mm}\n"
    ".blank{display:inline-block;min-width:52mm;border-bottom:.5pt solid "
    "#111;height:1em}\n"
    ".blank-short{min-width:28mm}\n"
    ".sign{display:grid;grid-template-columns:1fr 1fr;gap:9mm 10mm;"
    "margin-top:12mm;break-inside:avoid}\n"
    ".sign div{border-top:.5pt solid #111;padding-top:1mm;"
    "font-size:8.6pt}\n"
    "@media print{html{background:none}body{max-width:none;margin:0;"
    "padding:0 .4mm;"
    "box-shadow:none}.first{break-after:page}nav{break-inside:avoid}"
    "h2{margin-top:8mm}}\n"
    "@media (max-width:190mm){body{margin:0;padding:6mm}"
    ".wide{overflow-x:auto}}\n";

void
mun_html_style(struct mun_buffer *out, const char *foot)
{
	mun_buffer_append_text(out, page_rules);
	mun_buffer_append_text(out, foot);
	mun_buffer_append_text(out, page_rules_end);
	mun_buffer_append_text(out, text_rules);
	mun_buffer_append_text(out, table_rules);
	mun_buffer_append_text(out, mark_rules);
	mun_buffer_append_text(out, paper_rules);
}
