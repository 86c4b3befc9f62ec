/* SPDX-License-Identifier: BSD-2-Clause */
/* details.h - what events of each type may say, and may not; for
 * test_detail.c. */
#ifndef MUN_TEST_DETAILS_H
#define MUN_TEST_DETAILS_H

#include "edited.h"

#define ARCHIVE "{\"archive\":\"XPF-0003\"}"
#define LEAF "\"leaf\":\"" HEX64("a") "\"}"
#define DOCUMENT "{\"archive\":\"XPF-0003\",\"document\":42," LEAF
#define TIME "2026-11-23T10:11:12Z"
#define LATER "2026-11-23T10:11:13Z"
/* what stands for the base64 of certificates in these texts */
#define CERT "@CERT@"

#define STAMP                                               \
	"{\"query\":\"" HEX64("5") "\",\"token\":\"" HEX64( \
	    "6") "\",\"certificates\":\"" HEX64("7") "\",\"crls\":\"" HEX64("8") "\"}"
#define STAMPED(size) \
	"{\"checkpoint\":{\"size\":" size ",\"sha256\":\"" HEX64("4") "\"},"

struct golden {
	const char *type, *subject, *detail;
};

/* SOURCE: docs/format/custody.md, Detail: each key and each word once. */
static const struct golden good[] = {
	{ "actor-enrolled", "",
	    "{\"role\":\"custodian\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"depositor\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"examiner\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"counsel\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"keeper\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("1") "\",\"reason\":\"retired\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("1") "\",\"reason\":\"superseded\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64(
		"1") "\",\"reason\":\"lost\",\"since\":\"" TIME "\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64(
		"1") "\",\"reason\":\"compromised\",\"since\":\"" TIME "\"}" },
	{ "key-rotated", "",
	    "{\"actor\":\"" HEX64("1") "\",\"certificate_b64\":\"" CERT "\"}" },
	{ "key-rotated", "", "{\"log_key\":\"" HEX64("2") "\"}" },
	{ "policy-changed", "", "{\"policy\":{\"time_stamp_authorities\":2}}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"countersigned\",\"from\":"
	    "\"" HEX64("1") "\",\"to\":\"" HEX64("2") "\"}" },
	{ "transfer", DOCUMENT,
	    "{\"step\":\"handed-over\",\"form\":\"countersigned\",\"to\":"
	    "\"" HEX64("2") "\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"receipted\",\"receipt\":"
	    "{\"archive\":\"XPF-0004\"}}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"receipted\",\"receipt\":"
	    "{\"archive\":\"XPF-0004\",\"document\":1," LEAF "}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"asserted\"}" },
	{ "transfer", DOCUMENT,
	    "{\"step\":\"accepted\",\"entry\":\"" HEX64("3") "\"}" },
	{ "access", ARCHIVE, "{}" },
	{ "access", DOCUMENT,
	    "{\"by\":\"" HEX64("1") "\",\"started\":\"" TIME
				    "\",\"ended\":\"" TIME "\"}" },
	{ "access", ARCHIVE, "{\"ended\":\"" TIME "\"}" },
	{ "examination", DOCUMENT, "{}" },
	{ "examination", ARCHIVE,
	    "{\"by\":\"" HEX64(
		"1") "\",\"started\":\"" TIME "\",\"ended\":\"" LATER
		     "\",\"before\":\"passed\",\"after\":\"failed\"}" },
	{ "copy", DOCUMENT, "{\"kind\":\"evidentiary\"}" },
	{ "copy", ARCHIVE, "{\"kind\":\"working\",\"to\":\"" HEX64("1") "\"}" },
	{ "copy", ARCHIVE,
	    "{\"kind\":\"evidentiary\",\"to\":\"" HEX64(
		"1") "\",\"entries\":[[0,0],[2,7],[9,39]]}" },
	{ "fixity-check", ARCHIVE, "{\"result\":\"passed\"}" },
	{ "fixity-check", "",
	    "{\"result\":\"failed\",\"results\":\"" HEX64("4") "\"}" },
	{ "relation", DOCUMENT,
	    "{\"relation\":\"better-copy-of\",\"object\":{\"archive\":"
	    "\"XPF-0004\"}}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"translation-of\",\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"redaction-of\",\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"attachment-of\",\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"rendition-of\",\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"same-content-as\",\"object\":" DOCUMENT "}" },
	{ "annotation", DOCUMENT, "{\"keys\":[\"note\"]}" },
	{ "annotation", ARCHIVE,
	    "{\"keys\":[\"case\",\"note\",\"title\",\"date\",\"author\","
	    "\"recipient\",\"language\",\"type\",\"exhibit\","
	    "\"handling\"]}" },
	{ "migration", "", "{\"kind\":\"storage\"}" },
	{ "migration", ARCHIVE, "{\"kind\":\"host\"}" },
	{ "migration", "", "{\"kind\":\"software\"}" },
	{ "deaccession", ARCHIVE, "{\"bytes\":\"kept\"}" },
	{ "deaccession", ARCHIVE, "{\"bytes\":\"destroyed\"}" },
	{ "time-stamp", "", STAMPED("1") "\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "",
	    STAMPED("40") "\"stamps\":[" STAMP "," STAMP "," STAMP "]}" },
};

/* SOURCE: docs/format/custody.md, each with one thing wrong. */
static const struct golden wrong[] = {
	/* missing, of another type, not of the list, in another order, twice */
	{ "actor-enrolled", "", "{\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "", "{\"role\":\"keeper\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"owner\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"\",\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":5,\"certificate_b64\":\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"certificate_b64\":\"" CERT "\",\"role\":\"keeper\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"keeper\",\"role\":\"keeper\",\"certificate_b64\":"
	    "\"" CERT "\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"keeper\",\"certificate_b64\":\"AAAA\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"keeper\",\"certificate_b64\":\"\"}" },
	{ "actor-enrolled", "",
	    "{\"role\":\"keeper\",\"certificate_b64\":null}" },
	{ "actor-revoked", "", "{\"reason\":\"retired\"}" },
	{ "actor-revoked", "", "{\"actor\":\"" HEX64("1") "\"}" },
	{ "actor-revoked", "", "{\"actor\":\"11\",\"reason\":\"retired\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("A") "\",\"reason\":\"retired\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("1") "\",\"reason\":\"dismissed\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("1") "\",\"reason\":\"lost\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("1") "\",\"reason\":\"compromised\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64(
		"1") "\",\"reason\":\"retired\",\"since\":\"" TIME "\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64(
		"1") "\",\"reason\":\"superseded\",\"since\":\"" TIME "\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64(
		"1") "\",\"reason\":\"lost\",\"since\":\"2026-11-23\"}" },
	{ "actor-revoked", "",
	    "{\"actor\":\"" HEX64("1") "\",\"since\":\"" TIME
				       "\",\"reason\":\"lost\"}" },
	{ "key-rotated", "", "{}" },
	{ "key-rotated", "", "{\"actor\":\"" HEX64("1") "\"}" },
	{ "key-rotated", "", "{\"certificate_b64\":\"" CERT "\"}" },
	{ "key-rotated", "",
	    "{\"actor\":\"" HEX64("1") "\",\"log_key\":\"" HEX64("2") "\"}" },
	{ "key-rotated", "",
	    "{\"actor\":\"" HEX64("1") "\",\"certificate_b64\":\"" CERT
				       "\",\"log_key\":\"" HEX64("2") "\"}" },
	{ "key-rotated", "", "{\"log_key\":\"22\"}" },
	{ "policy-changed", "", "{}" },
	{ "policy-changed", "", "{\"policy\":2}" },
	{ "policy-changed", "", "{\"policy\":{}}" },
	{ "policy-changed", "",
	    "{\"policy\":{\"time_stamp_authorities\":-1}}" },
	{ "policy-changed", "",
	    "{\"policy\":{\"time_stamp_authorities\":1,\"x\":1}}" },
	{ "transfer", ARCHIVE, "{}" },
	{ "transfer", ARCHIVE, "{\"step\":\"handed-over\"}" },
	{ "transfer", ARCHIVE, "{\"step\":\"taken\"}" },
	{ "transfer", ARCHIVE, "{\"step\":\"accepted\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"accepted\",\"entry\":\"" HEX64(
		"3") "\",\"form\":\"asserted\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"accepted\",\"entry\":\"" HEX64(
		"3") "\",\"from\":\"" HEX64("1") "\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"accepted\",\"entry\":\"" HEX64(
		"3") "\",\"to\":\"" HEX64("1") "\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"accepted\",\"entry\":\"" HEX64(
		"3") "\",\"receipt\":" ARCHIVE "}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"entry\":\"" HEX64(
		"3") "\",\"form\":\"asserted\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"countersigned\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"receipted\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"asserted\","
	    "\"receipt\":" ARCHIVE "}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"receipted\",\"receipt\":"
	    "{}}" },
	{ "transfer", ARCHIVE, "{\"step\":\"handed-over\",\"form\":\"oral\"}" },
	{ "transfer", ARCHIVE,
	    "{\"form\":\"asserted\",\"step\":\"handed-over\"}" },
	{ "transfer", ARCHIVE,
	    "{\"step\":\"handed-over\",\"form\":\"asserted\",\"to\":\"" HEX64(
		"2") "\",\"from\":\"" HEX64("1") "\"}" },
	{ "access", ARCHIVE, "{\"by\":\"Heron\"}" },
	{ "access", ARCHIVE, "{\"by\":null}" },
	{ "access", ARCHIVE, "{\"started\":\"2026-11-23T10:11:60Z\"}" },
	{ "access", ARCHIVE,
	    "{\"started\":\"" LATER "\",\"ended\":\"" TIME "\"}" },
	{ "access", ARCHIVE,
	    "{\"ended\":\"" LATER "\",\"started\":\"" TIME "\"}" },
	{ "access", ARCHIVE, "{\"before\":\"passed\"}" },
	{ "examination", ARCHIVE, "{\"before\":\"unknown\"}" },
	{ "examination", ARCHIVE, "{\"after\":true}" },
	{ "examination", ARCHIVE,
	    "{\"after\":\"passed\",\"before\":\"passed\"}" },
	{ "examination", ARCHIVE,
	    "{\"started\":\"" LATER "\",\"ended\":\"" TIME "\"}" },
	{ "copy", ARCHIVE, "{}" },
	{ "copy", ARCHIVE, "{\"kind\":\"other\"}" },
	{ "copy", ARCHIVE, "{\"kind\":\"storage\"}" },
	{ "copy", ARCHIVE, "{\"kind\":\"working\",\"entries\":[[0,1]]}" },
	{ "copy", DOCUMENT, "{\"kind\":\"evidentiary\",\"entries\":[[0,1]]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":{}}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[0,1]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[[0]]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[[0,1,2]]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[[1,0]]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[[-1,0]]}" },
	{ "copy", ARCHIVE,
	    "{\"kind\":\"evidentiary\",\"entries\":[[0,1],[2,3]]}" },
	{ "copy", ARCHIVE,
	    "{\"kind\":\"evidentiary\",\"entries\":[[0,1],[1,3]]}" },
	{ "copy", ARCHIVE,
	    "{\"kind\":\"evidentiary\",\"entries\":[[5,6],[0,1]]}" },
	{ "copy", ARCHIVE, "{\"kind\":\"evidentiary\",\"entries\":[[0,40]]}" },
	{ "copy", ARCHIVE,
	    "{\"kind\":\"evidentiary\",\"entries\":[[0,9223372036854775807],"
	    "[0,1]]}" },
	{ "fixity-check", ARCHIVE, "{}" },
	{ "fixity-check", ARCHIVE, "{\"result\":\"ok\"}" },
	{ "fixity-check", ARCHIVE,
	    "{\"result\":\"passed\",\"results\":\"" HEX64("4") "\"}" },
	{ "fixity-check", "", "{\"result\":\"passed\"}" },
	{ "fixity-check", "", "{\"results\":\"" HEX64("4") "\"}" },
	{ "relation", ARCHIVE, "{\"relation\":\"translation-of\"}" },
	{ "relation", ARCHIVE, "{\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"copy-of\",\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"translation-of\",\"object\":" ARCHIVE "}" },
	{ "relation", DOCUMENT,
	    "{\"relation\":\"translation-of\",\"object\":" DOCUMENT "}" },
	{ "relation", ARCHIVE,
	    "{\"relation\":\"translation-of\",\"object\":\"XPF-0004\"}" },
	{ "annotation", ARCHIVE, "{}" },
	{ "annotation", ARCHIVE, "{\"keys\":[]}" },
	{ "annotation", ARCHIVE, "{\"keys\":\"note\"}" },
	{ "annotation", ARCHIVE, "{\"keys\":[\"note\",\"note\"]}" },
	{ "annotation", ARCHIVE, "{\"keys\":[\"note\",\"case\"]}" },
	{ "annotation", ARCHIVE, "{\"keys\":[\"place\"]}" },
	{ "annotation", ARCHIVE, "{\"keys\":[\"salt\"]}" },
	{ "annotation", ARCHIVE, "{\"keys\":[1]}" },
	{ "migration", "", "{}" },
	{ "migration", "", "{\"kind\":\"working\"}" },
	{ "deaccession", ARCHIVE, "{}" },
	{ "deaccession", ARCHIVE, "{\"bytes\":\"lost\"}" },
	{ "time-stamp", "", "{}" },
	{ "time-stamp", ARCHIVE, STAMPED("1") "\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "", "{\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "",
	    "{\"checkpoint\":{\"size\":1},\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "",
	    "{\"checkpoint\":{\"sha256\":\"" HEX64("4") "\"},\"stamps\":[" STAMP
							"]}" },
	{ "time-stamp", "", "{\"checkpoint\":1,\"stamps\":[" STAMP "]}" },
	/* not of a head before it: entry 40 */
	{ "time-stamp", "", STAMPED("0") "\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "", STAMPED("41") "\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "", STAMPED("-1") "\"stamps\":[" STAMP "]}" },
	{ "time-stamp", "", STAMPED("1") "\"stamps\":[]}" },
	{ "time-stamp", "", STAMPED("1") "\"stamps\":" STAMP "}" },
	{ "time-stamp", "", STAMPED("1") "\"stamps\":[1]}" },
	{ "time-stamp", "", STAMPED("1") "\"stamps\":[{}]}" },
	{ "time-stamp", "",
	    STAMPED("1") "\"stamps\":[{\"token\":\"" HEX64(
		"6") "\",\"query\":\"" HEX64("5") "\",\"certificates\":"
						  "\"" HEX64(
						      "7") "\",\"crls\":"
							   "\"" HEX64(
							       "8") "\"}"
								    "]"
								    "}" },
	{ "time-stamp", "",
	    STAMPED("1") "\"stamps\":[{\"query\":\"" HEX64(
		"5") "\",\"token\":\"" HEX64("6") "\",\"certificates\":"
						  "\"" HEX64("7") "\"}]}" },
	{ "time-stamp", "",
	    "{\"stamps\":[" STAMP "],\"checkpoint\":{\"size\":1,\"sha256\":"
	    "\"" HEX64("4") "\"}}" },
	{ "deposit", "", "{}" },
	{ "vault-created", "", "{}" },
};

#endif
