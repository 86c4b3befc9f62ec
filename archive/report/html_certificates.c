/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_certificates.c - certificates by fingerprint and validity, each once,
 * where it was first met.
 */
#include <string.h>

#include "report/html.h"

void
mun_html_certificate_row(
    struct mun_html *html, const struct mun_judged_certificate *certificate)
{
	mun_html_raw(html, "<tr><th scope=\"row\">");
	if (certificate->name[0] == '\0')
		mun_html_raw(html, "(without a name)");
	else
		mun_html_outside(
		    html, certificate->name, strlen(certificate->name));
	mun_html_raw(html, "</th><td>");
	mun_html_text(html, certificate->what);
	if (certificate->archive[0] != '\0') {
		mun_html_raw(html, ", ");
		mun_html_text(html, certificate->archive);
	} else {
		mun_html_raw(html, ", entry ");
		mun_html_number(html, certificate->seq);
	}
	mun_html_raw(html, "<br><span class=\"note\">");
	mun_html_text(html, certificate->key);
	mun_html_raw(html,
	    certificate->is_self_signed
		? ", signed by itself</span></td><td>"
		: ", issued by another</span></td><td>");
	mun_html_time(html, certificate->not_before_utc_s);
	mun_html_raw(html, "<br>to ");
	mun_html_time(html, certificate->not_after_utc_s);
	mun_html_raw(html, "</td><td>");
	mun_html_digest(html, certificate->sha256, sizeof(certificate->sha256));
	mun_html_raw(html, "</td></tr>\n");
}

enum mun_status
mun_html_certificates(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	enum mun_status status;

	(void)verification;
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 6);
	mun_html_raw(html,
	    "<p>A name in a certificate is what its maker typed. Who is meant "
	    "is known by the fingerprint alone, which is the SHA-256 of the "
	    "certificate (DER). A certificate listed here is not thereby "
	    "trusted: trust comes from the anchor and the enrolments in the "
	    "log.</p>\n"
	    "<table class=\"fixed\">\n<thead><tr><th scope=\"col\">Name</th>"
	    "<th scope=\"col\">Where it was met</th>"
	    "<th scope=\"col\" class=\"w-time\">Valid (UTC)</th>"
	    "<th scope=\"col\" class=\"w-digest\">Fingerprint (SHA-256)</th>"
	    "</tr></thead>\n<tbody>\n");
	status = mun_html_append(html, &report->certificates, err);
	if (report->certificate_count == 0)
		mun_html_raw(
		    html, "<tr><td colspan=\"4\">There was none.</td></tr>\n");
	mun_html_raw(html, "</tbody>\n</table>\n");
	if (report->certificates_left > 0) {
		mun_html_raw(html, "<p>Not listed, to keep this readable: ");
		mun_html_number(html, report->certificates_left);
		mun_html_raw(html, " more.</p>\n");
	}
	mun_html_raw(html, "</section>\n");
	return status;
}
