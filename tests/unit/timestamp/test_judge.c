/* SPDX-License-Identifier: BSD-2-Clause */
/* A good token at different proof times, with other anchors, chains, lists. */
#include <string.h>

#include "forge.h"
#include "harness/harness.h"
#include "lists.h"
#include "pki/pki.h"
#include "trust/pem.h"

enum {
	DAY_S = 86400,
	YEAR_S = 365 * DAY_S,
	NAMES_MAX = 4
};

static const uint8_t imprint[MUN_SHA256_LEN] = { 0x11, 0x22 };
static const struct mun_timestamp_query query = {
	.imprint = { 0x11, 0x22 }, .nonce = { 0x40, 1 }, .policy = ""
};

/* One judgement: names of certificates, lists, and days between the signer's
 * notBefore and genTime, genTime and proof time. */
struct scene {
	const char *signer;
	const char *embedded[NAMES_MAX], *anchors[NAMES_MAX], *chain[NAMES_MAX];
	struct list lists[2];
	int64_t days_before, days_until_proof;
	const char *find, *replace; /* of the attributes */
};

static struct scene
by_way_of_a_middle(void)
{
	/* CRLs newer than the proof time, in which nothing is revoked. */
	const struct scene scene = { .signer = "tsa1",
		.embedded = { "tsa-middle" },
		.anchors = { "tsa-root" },
		.lists = { { .issuer = "tsa-middle" },
		    { .issuer = "tsa-root" } },
		.days_before = 1,
		.days_until_proof = 1 };

	return scene;
}

static size_t
load(struct mun_certificate **out, const char *const *names)
{
	size_t count = 0;

	while (count < NAMES_MAX && names[count] != NULL) {
		out[count] = mun_pki_certificate(names[count]);
		count++;
	}
	return count;
}

static int64_t
start_of(const char *name)
{
	struct mun_certificate *certificate = mun_pki_certificate(name);
	int64_t start_utc_s = mun_certificate_not_before(certificate);

	mun_certificate_free(certificate);
	return start_utc_s;
}

static size_t
load_lists(struct mun_crl **crls, const struct scene *scene, int64_t proof)
{
	size_t count = 0;

	for (size_t i = 0; i < 2 && scene->lists[i].issuer != NULL; i++) {
		struct list list = scene->lists[i];

		/* Dates are days from the proof time. */
		list.this_utc_s = proof +
		    (list.this_utc_s == 0 ? 1 : list.this_utc_s) * DAY_S;
		if (list.next_utc_s != 0)
			list.next_utc_s = proof + list.next_utc_s * DAY_S;
		if (list.invalid_utc_s != 0)
			list.invalid_utc_s = proof + list.invalid_utc_s * DAY_S;
		list.revoked_utc_s = proof + list.revoked_utc_s * DAY_S;
		crls[count++] = list_read(&list);
	}
	return count;
}

/* Judge and give the rule; found is for the caller to look at and clear, but
 * its path's certificates are gone by then. */
static const char *
judge(struct mun_timestamp_found *found, const struct scene *scene)
{
	int64_t start_utc_s = start_of(scene->signer);
	const struct forge forge = { .signer = scene->signer,
		.embedded = { scene->embedded[0], scene->embedded[1],
		    scene->embedded[2] },
		.imprint = imprint,
		.nonce = query.nonce,
		.time_utc_s = start_utc_s + scene->days_before * DAY_S,
		.part = scene->find == NULL ? FORGE_NOTHING : FORGE_ATTRIBUTES,
		.find = scene->find,
		.replace = scene->replace };
	struct mun_certificate *anchors[NAMES_MAX], *chain[NAMES_MAX];
	struct mun_crl *crls[2];
	struct mun_buffer der = MUN_BUFFER_INIT(1 << 20);
	struct mun_timestamp_token token;
	struct mun_timestamp_wanted wanted = { .imprint = imprint,
		.query = &query,
		.anchors = anchors,
		.anchor_count = load(anchors, scene->anchors),
		.chain = chain,
		.chain_count = load(chain, scene->chain),
		.crls = crls,
		.proof_time_utc_s =
		    forge.time_utc_s + scene->days_until_proof * DAY_S };

	wanted.crl_count = load_lists(crls, scene, wanted.proof_time_utc_s);
	forge_token(&der, &forge);
	assert_null(mun_timestamp_token_read(&token, der.data, der.len));
	mun_timestamp_judge(found, &token, &wanted);
	if (found->revoked_later_utc_s != INT64_MAX)
		found->revoked_later_utc_s -= wanted.proof_time_utc_s;
	for (size_t i = 0; i < wanted.anchor_count; i++)
		mun_certificate_free(anchors[i]);
	for (size_t i = 0; i < wanted.chain_count; i++)
		mun_certificate_free(chain[i]);
	for (size_t i = 0; i < wanted.crl_count; i++)
		mun_crl_free(crls[i]);
	mun_buffer_free(&der);
	return found->rule;
}

static void
expect_at(const struct scene *scene, const char *expected, int line)
{
	struct mun_timestamp_found found;
	const char *rule = judge(&found, scene);

	if (expected == NULL ? rule != NULL
			     : rule == NULL || strcmp(rule, expected) != 0)
		fail_msg("line %d: %s, not %s", line,
		    rule == NULL ? "accepted" : rule,
		    expected == NULL ? "accepted" : expected);
	mun_timestamp_found_clear(&found);
}
#define expect(scene, expected) expect_at(scene, expected, __LINE__)

static void
test_what_is_found(void **state)
{
	struct scene scene = by_way_of_a_middle();
	struct mun_timestamp_found found;
	struct mun_certificate *authority = mun_pki_certificate("tsa1");

	(void)state;
	assert_null(judge(&found, &scene));
	assert_int_equal(found.path.count, 3);
	assert_string_equal(mun_certificate_name(found.authority), "tsa1");
	assert_memory_equal(mun_certificate_sha256(found.authority),
	    mun_certificate_sha256(authority), MUN_SHA256_LEN);
	assert_true(
	    found.path.not_after_utc_s == mun_certificate_not_after(authority));
	assert_true(found.revoked_later_utc_s == INT64_MAX);
	mun_timestamp_found_clear(&found);
	mun_certificate_free(authority);
}

static void
test_anchors(void **state)
{
	struct scene scene = by_way_of_a_middle();

	(void)state;
	scene.anchors[0] = NULL;
	expect(&scene, "ts.untrusted");
	scene.anchors[0] = "tsa-root2";
	expect(&scene, "ts.untrusted");
	scene.anchors[1] = "tsa-root";
	expect(&scene, NULL);
	/* What the token brings along is never an anchor. */
	scene.anchors[0] = "tsa-root2";
	scene.anchors[1] = NULL;
	scene.embedded[1] = "tsa-root";
	expect(&scene, "ts.untrusted");
	/* Nor is a certificate on the way, or the authority's own. */
	scene = by_way_of_a_middle();
	scene.anchors[0] = "tsa-middle";
	expect(&scene, "ts.untrusted");
	scene.anchors[0] = "tsa1";
	expect(&scene, "ts.untrusted");
}

static void
test_chain_beside_the_token(void **state)
{
	struct scene scene = by_way_of_a_middle();

	(void)state;
	scene.embedded[0] = NULL;
	expect(&scene, "ts.untrusted");
	scene.chain[0] = "tsa-middle";
	expect(&scene, NULL);
}

/* Each embedded certificate is needed, an anchor, or stored beside it. */
static void
test_embedded_certificates_are_accounted_for(void **state)
{
	struct scene scene = by_way_of_a_middle();

	(void)state;
	scene.embedded[1] = "tsa-root";
	expect(&scene, NULL);
	scene.embedded[2] = "tsa-root3";
	expect(&scene, "ts.certificates");
	scene.chain[0] = "tsa-root3";
	expect(&scene, NULL);
	scene.chain[0] = "tsa1";
	scene.anchors[1] = "tsa-root3";
	expect(&scene, NULL);
}

static void
test_times(void **state)
{
	struct scene scene = { .signer = "tsa-short",
		.anchors = { "tsa-root3" },
		.days_before = 0,
		.days_until_proof = 1 };

	(void)state;
	expect(&scene, "ts.expired"); /* libcrypto: from notAfter on */
	scene.days_until_proof = 0;
	expect(&scene, NULL);
	scene.days_until_proof = 2;
	expect(&scene, "ts.expired");
	scene.days_until_proof = 20 * 365;
	expect(&scene, "ts.expired");
	scene.days_until_proof = -1;
	expect(&scene, "ts.late");
	/* Stated before its authority's certificate began. */
	scene.days_before = -2;
	scene.days_until_proof = 2;
	expect(&scene, "ts.early");
	scene.days_until_proof = 0;
	expect(&scene, "ts.early");
}

static void
test_issuers_that_may_not_issue(void **state)
{
	struct scene scene = { .signer = "tsa-by-no-ca",
		.embedded = { "tsa-no-ca" },
		.anchors = { "tsa-root3" },
		.days_before = 1,
		.days_until_proof = 1 };

	(void)state;
	expect(&scene, "ts.chain");
	scene.signer = "tsa-by-mute-ca";
	scene.embedded[0] = "tsa-mute-ca";
	expect(&scene, "ts.chain");
	/* libcrypto is content without keyUsage; a middle one needs it. */
	scene.signer = "tsa-by-silent-ca";
	scene.embedded[0] = "tsa-silent-ca";
	expect(&scene, "ts.chain");
	/* nor does it look at what else the issuer's certificate is for */
	scene.signer = "tsa-by-web-ca";
	scene.embedded[0] = "tsa-web-ca";
	expect(&scene, "ts.eku");
	scene.signer = "tsa-by-any-ca";
	scene.embedded[0] = "tsa-any-ca";
	expect(&scene, NULL);
	scene.signer = "tsa-by-mixed-ca";
	scene.embedded[0] = "tsa-mixed-ca";
	expect(&scene, NULL);
	/* pathlen:0 of the middle one. */
	scene = by_way_of_a_middle();
	scene.signer = "tsa-too-deep";
	scene.embedded[1] = "tsa-deep";
	expect(&scene, "ts.chain");
}

static const struct {
	struct list lists[2];
	const char *rule;
} lists_of[] = {
	{ { { 0 } }, "ts.crl-missing" },
	{ { { .issuer = "tsa-middle" } }, "ts.crl-missing" },
	{ { { .issuer = "tsa-root" } }, "ts.crl-missing" },
	/* as of the proof time: before, until, at, after */
	{ { { .issuer = "tsa-middle", .this_utc_s = -1 },
	      { .issuer = "tsa-root" } },
	    "ts.crl-old" },
	{ { { .issuer = "tsa-middle", .this_utc_s = -9, .next_utc_s = -1 },
	      { .issuer = "tsa-root" } },
	    "ts.crl-old" },
	{ { { .issuer = "tsa-middle", .this_utc_s = -9, .next_utc_s = 1 },
	      { .issuer = "tsa-root" } },
	    NULL },
	{ { { .issuer = "tsa-middle", .this_utc_s = 3000, .next_utc_s = 3001 },
	      { .issuer = "tsa-root", .this_utc_s = 3000 } },
	    NULL },
	/* issued after the certificate's end: it may leave out what it said,
	 * but what it still says holds */
	{ { { .issuer = "tsa-middle", .this_utc_s = 3600, .next_utc_s = 3601 },
	      { .issuer = "tsa-root" } },
	    "ts.crl-old" },
	{ { { .issuer = "tsa-middle",
		.this_utc_s = 3600,
		.revoked = "tsa1",
		.revoked_utc_s = -1 },
	      { .issuer = "tsa-root" } },
	    "ts.revoked" },
	/* revoked: before, at, after */
	{ { { .issuer = "tsa-middle", .revoked = "tsa1", .revoked_utc_s = -1 },
	      { .issuer = "tsa-root" } },
	    "ts.revoked" },
	{ { { .issuer = "tsa-middle", .revoked = "tsa1" },
	      { .issuer = "tsa-root" } },
	    "ts.revoked" },
	{ { { .issuer = "tsa-middle", .revoked = "tsa1", .revoked_utc_s = 1 },
	      { .issuer = "tsa-root" } },
	    NULL },
	/* revoked later, invalid before */
	{ { { .issuer = "tsa-middle",
		.revoked = "tsa1",
		.revoked_utc_s = 5,
		.invalid_utc_s = -1 },
	      { .issuer = "tsa-root" } },
	    "ts.revoked" },
	{ { { .issuer = "tsa-middle",
		.revoked = "tsa1",
		.revoked_utc_s = 5,
		.invalid_utc_s = 4 },
	      { .issuer = "tsa-root" } },
	    NULL },
	/* the one on the way */
	{ { { .issuer = "tsa-root",
		.revoked = "tsa-middle",
		.revoked_utc_s = -1 },
	      { .issuer = "tsa-middle" } },
	    "ts.revoked" },
	/* another's serial number; revoked, and a list is missing */
	{ { { .issuer = "tsa-middle", .revoked = "tsa2", .revoked_utc_s = -1 },
	      { .issuer = "tsa-root" } },
	    NULL },
	{ { { .issuer = "tsa-middle",
	      .revoked = "tsa1",
	      .revoked_utc_s = -1 } },
	    "ts.revoked" },
	/* another's signature; SHA-1 */
	{ { { .issuer = "tsa-root2", .named = "tsa-middle" },
	      { .issuer = "tsa-root" } },
	    "ts.crl-missing" },
	{ { { .issuer = "tsa-middle", .with_sha1 = true },
	      { .issuer = "tsa-root" } },
	    "ts.crl-missing" },
	/* scope: users, CAs, the point named, another point */
	{ { { .issuer = "tsa-middle",
		.extension = "issuingDistributionPoint",
		.value = "critical,onlyuser:TRUE" },
	      { .issuer = "tsa-root" } },
	    NULL },
	{ { { .issuer = "tsa-middle",
		.extension = "issuingDistributionPoint",
		.value = "critical,onlyCA:TRUE" },
	      { .issuer = "tsa-root" } },
	    "ts.crl-missing" },
	{ { { .issuer = "tsa-middle" },
	      { .issuer = "tsa-root",
		  .extension = "issuingDistributionPoint",
		  .value = "critical,onlyuser:TRUE" } },
	    "ts.crl-missing" },
	{ { { .issuer = "tsa-middle",
		.extension = "issuingDistributionPoint",
		.value = "critical,fullname:URI:http://crl.example/"
			 "file/tsa-middle.crl" },
	      { .issuer = "tsa-root" } },
	    NULL },
	{ { { .issuer = "tsa-middle",
		.extension = "issuingDistributionPoint",
		.value = "critical,fullname:URI:http://crl.example/"
			 "file/other.crl" },
	      { .issuer = "tsa-root" } },
	    "ts.crl-missing" },
};

static void
test_revocation_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lists_of) / sizeof(lists_of[0]); i++) {
		struct scene scene = by_way_of_a_middle();

		scene.lists[0] = lists_of[i].lists[0];
		scene.lists[1] = lists_of[i].lists[1];
		print_message("case %zu\n", i);
		expect(&scene, lists_of[i].rule);
	}
}

/* An authority that names no list needs none, but one against it counts. */
static void
test_lists_that_nobody_names(void **state)
{
	struct scene scene = { .signer = "tsa2",
		.anchors = { "tsa-root2" },
		.days_before = 1,
		.days_until_proof = 1 };

	(void)state;
	expect(&scene, NULL);
	scene.lists[0].issuer = "tsa-root2";
	scene.lists[0].revoked = "tsa2";
	scene.lists[0].revoked_utc_s = -1;
	expect(&scene, "ts.revoked");
}

static void
test_later_revocation_is_told(void **state)
{
	struct scene scene = by_way_of_a_middle();
	struct mun_timestamp_found found;

	(void)state;
	scene.lists[0].revoked = "tsa1";
	scene.lists[0].revoked_utc_s = 7;
	scene.lists[0].invalid_utc_s = 5;
	scene.lists[1].revoked = "tsa-middle";
	scene.lists[1].revoked_utc_s = 6;
	assert_null(judge(&found, &scene));
	assert_int_equal(found.revoked_later_utc_s, 5 * DAY_S);
	mun_timestamp_found_clear(&found);
}

#define ESS_END "$serial } } } } }"
#define ESS_AND(hash) "$serial } } 30{ 04{" hash "} } } } }"

/* Further identifiers of the ESS attribute have to be of the path. */
static void
test_ess_of_a_chain(void **state)
{
	struct scene scene = by_way_of_a_middle();

	(void)state;
	scene.find = ESS_END;
	scene.replace = ESS_AND("$certhash");
	expect(&scene, NULL);
	scene.replace = ESS_AND("$infohash");
	expect(&scene, "ts.ess");
	scene.replace = ESS_AND("00");
	expect(&scene, "ts.ess");
}

static void
test_faults_before_trust(void **state)
{
	struct scene scene = by_way_of_a_middle();

	(void)state;
	scene.signer = "tsa-no-eku";
	scene.anchors[0] = NULL;
	expect(&scene, "ts.eku");
}

static void
test_lists_that_are_not_read(void **state)
{
	static const struct list cases[] = {
		{ .extension = "2.5.29.27", .value = "critical,DER:020101" },
		{ .extension = "2.5.29.27", .value = "DER:020101" },
		{ .extension = "1.2.3.4.5", .value = "critical,DER:0500" },
		{ .extension = "issuingDistributionPoint",
		    .value = "critical,indirectCRL:TRUE" },
		{ .extension = "issuingDistributionPoint",
		    .value = "critical,onlyAA:TRUE" },
		{ .extension = "issuingDistributionPoint",
		    .value = "critical,onlysomereasons:keyCompromise" },
		{ .extension = "2.5.29.28",
		    .value = "critical,DER:300ea00ca10a300806035504030c0161" },
		{ .revoked = "tsa1",
		    .entry_extension = "1.2.3.4.5",
		    .entry_value = "critical,DER:0500" },
	};
	const struct list good = { .issuer = "tsa-middle",
		.extension = "1.2.3.4.5",
		.value = "DER:0500" };
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CRL_MAX + 16);
	struct mun_crl *crl;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct list list = cases[i];

		list.issuer = "tsa-middle";
		mun_buffer_reset(&der);
		list_write(&der, &list);
		print_message("case %zu\n", i);
		MUN_EXPECT_STATUS(
		    mun_crl_from_der(&crl, der.data, der.len, NULL),
		    MUN_ERR_FORMAT, NULL);
	}
	mun_buffer_reset(&der);
	list_write(&der, &good);
	mun_crl_free(list_read(&good));
	for (size_t len = 0; len < der.len; len++)
		MUN_EXPECT_STATUS(mun_crl_from_der(&crl, der.data, len, NULL),
		    MUN_ERR_FORMAT, NULL);
	mun_buffer_append_byte(&der, 0);
	MUN_EXPECT_STATUS(mun_crl_from_der(&crl, der.data, der.len, NULL),
	    MUN_ERR_FORMAT, NULL);
	while (der.len <= MUN_CRL_MAX)
		mun_buffer_append_byte(&der, 0);
	MUN_EXPECT_STATUS(mun_crl_from_der(&crl, der.data, der.len, NULL),
	    MUN_ERR_LIMIT, NULL);
	mun_buffer_free(&der);
}

static void
test_bundles_of_lists(void **state)
{
	const struct list lists[] = { { .issuer = "tsa-middle" },
		{ .issuer = "tsa-root" } };
	struct mun_buffer pem = MUN_BUFFER_INIT(1 << 16);
	struct mun_buffer again = MUN_BUFFER_INIT(1 << 16);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_crl *crls[MUN_CRLS_MAX];
	size_t count, first_len = 0;

	(void)state;
	MUN_EXPECT_OK(mun_crls_from_bundle(crls, &count, "", 0, &err), &err);
	assert_int_equal(count, 0);
	for (size_t i = 0; i < 2; i++) {
		crls[0] = list_read(&lists[i]);
		mun_crl_write_pem(crls[0], &pem);
		mun_crl_free(crls[0]);
		if (i == 0)
			first_len = pem.len;
	}
	MUN_EXPECT_OK(
	    mun_crls_from_bundle(crls, &count, pem.data, pem.len, &err), &err);
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++) {
		mun_crl_write_pem(crls[i], &again);
		mun_crl_free(crls[i]);
	}
	assert_int_equal(again.len, pem.len);
	assert_memory_equal(again.data, pem.data, pem.len);
	for (size_t len = 1; len < pem.len; len++) {
		enum mun_status status =
		    mun_crls_from_bundle(crls, &count, pem.data, len, NULL);

		if (len == first_len)
			mun_crl_free(crls[0]);
		assert_int_equal(
		    status, len == first_len ? MUN_OK : MUN_ERR_FORMAT);
		assert_int_equal(count, len == first_len ? 1 : 0);
	}
	mun_buffer_append_byte(&pem, '\n');
	MUN_EXPECT_STATUS(
	    mun_crls_from_bundle(crls, &count, pem.data, pem.len, NULL),
	    MUN_ERR_FORMAT, NULL);
	mun_buffer_free(&pem);
	mun_buffer_free(&again);
}

/* As an authority publishes them: DER, or PEM of any form among other text. */
static void
test_lists_of_any_form(void **state)
{
	const struct list lists[] = { { .issuer = "tsa-middle" },
		{ .issuer = "tsa-root" } };
	struct mun_buffer der = MUN_BUFFER_INIT(1 << 16);
	struct mun_buffer pem = MUN_BUFFER_INIT(1 << 16);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_crl *crls[3];
	size_t count = 0, first_len = 0;

	(void)state;
	list_write(&der, &lists[0]);
	MUN_EXPECT_OK(
	    mun_crls_from_text(crls, 1, &count, der.data, der.len, &err), &err);
	assert_int_equal(count, 1);
	MUN_EXPECT_STATUS(
	    mun_crls_from_text(crls, 1, &count, der.data, der.len, NULL),
	    MUN_ERR_LIMIT, NULL);
	MUN_EXPECT_STATUS(
	    mun_crls_from_text(crls, 3, &count, der.data, der.len - 1, NULL),
	    MUN_ERR_FORMAT, NULL);
	assert_int_equal(count, 1);
	mun_buffer_append_text(&pem, "words\r\n");
	for (size_t i = 0; i < 2; i++) {
		struct mun_buffer one = MUN_BUFFER_INIT(1 << 16);

		mun_buffer_reset(&der);
		list_write(&der, &lists[i]);
		mun_pem_write(&one, "X509 CRL", der.data, der.len);
		for (size_t k = 0; k < one.len; k++) {
			if (one.data[k] == '\n')
				mun_buffer_append_byte(&pem, '\r');
			mun_buffer_append_byte(&pem, one.data[k]);
		}
		mun_buffer_free(&one);
		mun_buffer_append_text(&pem, i == 0 ? "and" : "");
		first_len = i == 0 ? pem.len : first_len;
	}
	MUN_EXPECT_OK(
	    mun_crls_from_text(crls, 3, &count, pem.data, pem.len, &err), &err);
	assert_int_equal(count, 3);
	for (size_t i = 0; i < count; i++)
		mun_crl_free(crls[i]);
	/* cut anywhere: what is whole is taken, a block that has begun is not */
	for (size_t len = 0; len + 2 < pem.len; len++) {
		enum mun_status status;
		bool is_whole = len + strlen("and\r\n") >= first_len &&
		    len < first_len + strlen("-----BEGIN X509 CRL-----");

		count = 0;
		status =
		    mun_crls_from_text(crls, 3, &count, pem.data, len, NULL);
		assert_int_equal(status, is_whole ? MUN_OK : MUN_ERR_FORMAT);
		assert_int_equal(
		    count, len + strlen("and\r\n") >= first_len ? 1 : 0);
		if (count == 1)
			mun_crl_free(crls[0]);
	}
	mun_buffer_free(&der);
	mun_buffer_free(&pem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_found),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_chain_beside_the_token),
		cmocka_unit_test(test_embedded_certificates_are_accounted_for),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_issuers_that_may_not_issue),
		cmocka_unit_test(test_revocation_lists),
		cmocka_unit_test(test_lists_that_nobody_names),
		cmocka_unit_test(test_later_revocation_is_told),
		cmocka_unit_test(test_ess_of_a_chain),
		cmocka_unit_test(test_faults_before_trust),
		cmocka_unit_test(test_lists_that_are_not_read),
		cmocka_unit_test(test_bundles_of_lists),
		cmocka_unit_test(test_lists_of_any_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
