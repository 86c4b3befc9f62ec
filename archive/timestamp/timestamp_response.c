/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timestamp_response.c - the envelope around a token on its way here.
 *
 * RFC 3161 s2.4.2: TimeStampResp ::= SEQUENCE { PKIStatusInfo, timeStampToken
 * OPTIONAL }; PKIStatusInfo ::= SEQUENCE { status, statusString OPTIONAL,
 * failInfo OPTIONAL } (RFC 4210 s5.2.3).  A refusal comes inside HTTP 200.
 * Only the token is kept, as the exact bytes it is.
 */
#include "base/macros.h"
#include "muniment/text.h"
#include "timestamp/ask.h"
#include "timestamp/timestamp_internal.h"
#include "trust/der.h"

enum {
	WORDS_MAX = 400, /* bytes of an authority's words shown */
	STATUS_COUNT = 6,
	FAILURE_BITS = 32
};

static const char *const status_names[STATUS_COUNT] = { "granted",
	"granted with modifications", "rejection", "waiting",
	"revocation warning", "revocation notification" };

/* PKIFailureInfo's bits as RFC 3161 s2.4.2 uses them. */
static const char *const failures[FAILURE_BITS] = {
	[0] = "it does not know the algorithm (badAlg)",
	[2] = "it does not allow such requests (badRequest)",
	[5] = "it cannot read the request (badDataFormat)",
	[14] = "it has no trusted clock now (timeNotAvailable)",
	[15] = "it does not have the policy asked for (unacceptedPolicy)",
	[16] = "it does not know an extension (unacceptedExtension)",
	[17] = "additional information is not available "
	       "(addInfoNotAvailable)",
	[25] = "it has a failure (systemFailure)",
};

static bool
is_done(const struct mun_reader *reader)
{
	return mun_reader_left(reader) == 0;
}

struct response {
	uint8_t status;
	struct mun_reader words; /* UTF8Strings */
	struct mun_timestamp_span failure; /* BIT STRING's contents */
	struct mun_timestamp_span token; /* data NULL without one */
};

static bool
take_status(struct response *response, struct mun_reader *fields)
{
	struct mun_reader info, text;
	struct mun_timestamp_span status;

	if (!mun_der_take(fields, MUN_DER_SEQUENCE, &info) ||
	    !mun_timestamp_take_number(&info, MUN_DER_INTEGER, &status) ||
	    status.len != 1 || status.data[0] >= STATUS_COUNT)
		return false;
	response->status = status.data[0];
	if (mun_der_next_is(&info, MUN_DER_SEQUENCE)) {
		struct mun_reader words;

		if (!mun_der_take(&info, MUN_DER_SEQUENCE, &words))
			return false;
		response->words = words;
		while (!is_done(&words)) {
			if (!mun_der_take(&words, MUN_DER_UTF8_STRING, &text))
				return false;
		}
	}
	if (mun_der_next_is(&info, MUN_DER_BIT_STRING) &&
	    (!mun_timestamp_take_span(
		 &info, MUN_DER_BIT_STRING, &response->failure) ||
		response->failure.len == 0 || response->failure.data[0] > 7))
		return false;
	return is_done(&info);
}

static bool
take_response(struct response *response, const void *der, size_t der_len)
{
	struct mun_reader all = mun_reader_over(der, der_len), fields;

	if (der_len > MUN_TIMESTAMP_RESPONSE_MAX ||
	    !mun_der_is_strict(der, der_len) ||
	    !mun_der_take(&all, MUN_DER_SEQUENCE, &fields) ||
	    !take_status(response, &fields))
		return false;
	return is_done(&fields) ||
	    (mun_der_take_whole(&fields, MUN_DER_SEQUENCE,
		 &response->token.data, &response->token.len) &&
		is_done(&fields));
}

static void
say_failures(struct mun_buffer *detail, const struct mun_timestamp_span *bits)
{
	for (size_t bit = 0; bit < FAILURE_BITS; bit++) {
		size_t at = 1 + bit / 8;

		if (at < bits->len && (bits->data[at] >> (7 - bit % 8) & 1)) {
			mun_buffer_append_text(detail, ": ");
			mun_buffer_append_text(detail,
			    failures[bit] == NULL ? "a failure it has no "
						    "words for"
						  : failures[bit]);
		}
	}
}

static void
say_refusal(struct mun_buffer *detail, const struct response *response)
{
	struct mun_reader words = response->words;
	struct mun_timestamp_span text;

	mun_buffer_append_format(detail,
	    "the authority did not grant it (status %u, %s)",
	    (unsigned int)response->status, status_names[response->status]);
	say_failures(detail, &response->failure);
	if (mun_timestamp_take_span(&words, MUN_DER_UTF8_STRING, &text)) {
		mun_buffer_append_text(detail, "; in its own words: '");
		mun_text_escape(detail, text.data,
		    text.len < WORDS_MAX ? text.len : WORDS_MAX,
		    MUN_TEXT_ASCII);
		mun_buffer_append_text(detail, "'");
	}
}

const char *
mun_timestamp_response_read(struct mun_timestamp_span *token,
    struct mun_buffer *detail, const void *der, size_t der_len)
{
	const struct mun_timestamp_span none = { .data = NULL };
	struct response response = { .words = mun_reader_over("", 0) };

	*token = none;
	if (!take_response(&response, der, der_len)) {
		mun_buffer_append_text(
		    detail, "the answer is not a time-stamp response in DER");
		return "ts.encoding";
	}
	if (response.status != 0) {
		say_refusal(detail, &response);
		return "ts.status";
	}
	if (response.token.data == NULL) {
		mun_buffer_append_text(detail,
		    "the authority says it granted it, and sent no token");
		return "ts.encoding";
	}
	*token = response.token;
	return NULL;
}
