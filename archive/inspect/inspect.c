/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect.c - the parent's side: requests out, answers in.
 *
 * A worker has read a hostile document; its answer is taken for hostile too:
 * lengths, numbers and their order are checked, notes are printable ASCII.
 */
#include "inspect/inspect_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"
#include "sandbox/sandbox.h"

struct mun_inspect {
	struct mun_sandbox *pool;
};

static const char *const rule_names[INSPECT_RULES] = {
	[INSPECT_ENCRYPTED] = "container.encrypted",
	[INSPECT_BROKEN] = "container.broken",
	[INSPECT_BOMB] = "container.bomb",
	[INSPECT_TOO_DEEP] = "container.too-deep",
	[INSPECT_TOO_MANY] = "container.too-many",
	[INSPECT_NOT_INSPECTED] = "container.not-inspected",
	[INSPECT_DIED] = "container.died",
};

/* libcrypto fetches its digests before the door closes. */
static enum mun_status
warm_up(void **state, struct mun_error *err)
{
	struct mun_digest_pair *pair = NULL;
	enum mun_status status = mun_digest_pair_new(&pair, err);

	mun_digest_pair_free(pair);
	*state = NULL;
	return status;
}

static const struct mun_sandbox_job job = {
	.name = "inspect",
	.prepare = warm_up,
	.handle = mun_inspect_handle,
	.limits = { .memory_bytes = (uint64_t)512 << 20,
	    .cpu_s = MUN_INSPECT_CPU_S,
	    .wall_s = 4 * MUN_INSPECT_CPU_S,
	    .answer_max = INSPECT_ANSWER_MAX },
	.fresh = true,
};

struct signature {
	size_t offset;
	const char *bytes;
	size_t len;
};

/* How containers begin: what is looked at by bytes is not fooled by names. */
static const struct signature signatures[] = {
	{ 0, "PK\x03\x04", 4 }, { 0, "PK\x05\x06", 4 }, /* an empty zip */
	{ 0, "PK\x07\x08", 4 }, /* a spanned one */
	{ 0, "\x1f\x8b\x08", 3 }, /* gzip */
	{ 0, "BZh", 3 }, /* bzip2 */
	{ 0,
	    "\xfd"
	    "7zXZ\0",
	    6 }, /* xz */
	{ 0, "\x28\xb5\x2f\xfd", 4 }, /* zstd */
	{ 0, "7z\xbc\xaf\x27\x1c", 6 }, { 257, "ustar", 5 }, /* tar */
	{ 0, "070701", 6 }, /* cpio */
	{ 0, "070702", 6 }, { 0, "070707", 6 }, { 0, "!<arch>\n", 8 }, /* ar */
	{ 0, "MSCF\0\0\0\0", 8 }, /* cab */
	{ 2, "-lh", 3 }, /* lha */
	{ 32769, "CD001", 5 }, /* iso9660 */
};

bool
mun_inspect_wants(const void *first, size_t len, const char *media_type)
{
	const uint8_t *bytes = first;

	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]);
	     i++) {
		const struct signature *signature = &signatures[i];

		if (len >= signature->offset + signature->len &&
		    memcmp(bytes + signature->offset, signature->bytes,
			signature->len) == 0)
			return true;
	}
	return strcmp(media_type, "application/x-tar") == 0;
}

enum mun_status
mun_inspect_start(struct mun_inspect **out, unsigned workers,
    bool unsafe_no_sandbox, struct mun_error *err)
{
	struct mun_inspect *inspect = calloc(1, sizeof(*inspect));
	enum mun_status status;

	if (inspect == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the inspector");
	MUN_TRY(mun_sandbox_start(
	    &inspect->pool, &job, workers, unsafe_no_sandbox, err));
	*out = inspect;
	inspect = NULL;
out:
	mun_inspect_stop(inspect);
	return status;
}

bool
mun_inspect_has_room(const struct mun_inspect *inspect)
{
	return mun_sandbox_has_room(inspect->pool);
}

enum mun_status
mun_inspect_submit(struct mun_inspect *inspect, int fd, uint64_t offset,
    uint64_t size, uint64_t *ticket, struct mun_error *err)
{
	uint8_t request[16];

	for (unsigned i = 0; i < 8; i++) {
		request[i] = (uint8_t)(offset >> (56 - 8 * i));
		request[8 + i] = (uint8_t)(size >> (56 - 8 * i));
	}
	return mun_sandbox_submit(
	    inspect->pool, request, sizeof(request), fd, ticket, err);
}

/* ---- answers ---- */

struct parsing {
	struct mun_reader reader;
	const struct mun_inspect_visitor *visitor;
	uint32_t members;
	bool nonsense;
};

static enum mun_status
take_member(struct parsing *parsing, struct mun_error *err)
{
	struct mun_inspect_member member = { .number = 0 };
	uint64_t number, container, name_len;

	parsing->nonsense = !mun_reader_u64(&parsing->reader, &number) ||
	    !mun_reader_u64(&parsing->reader, &container) ||
	    !mun_reader_u64(&parsing->reader, &member.size) ||
	    !mun_reader_u64(&parsing->reader, &name_len) ||
	    !mun_reader_copy(
		&parsing->reader, &member.digests, sizeof(member.digests)) ||
	    name_len > INSPECT_NAME_MAX ||
	    member.size > MUN_INSPECT_BYTES_MAX ||
	    number != (uint64_t)parsing->members + 1 ||
	    number > MUN_INSPECT_MEMBERS_MAX || container >= number ||
	    !mun_reader_take(&parsing->reader, (size_t)name_len, &member.name);
	if (parsing->nonsense)
		return MUN_OK;
	parsing->members++;
	member.number = (uint32_t)number;
	member.container = (uint32_t)container;
	member.name_len = (size_t)name_len;
	return parsing->visitor->member(parsing->visitor->ctx, &member, err);
}

static enum mun_status
tell_note(const struct mun_inspect_visitor *visitor, uint32_t member,
    enum inspect_rule rule, const uint8_t *detail, size_t len,
    struct mun_error *err)
{
	struct mun_inspect_note note = { .member = member,
		.rule = rule_names[rule] };

	if (len >= sizeof(note.detail))
		len = sizeof(note.detail) - 1;
	for (size_t i = 0; i < len; i++)
		note.detail[i] = detail[i] >= 0x20 && detail[i] < 0x7f
		    ? (char)detail[i]
		    : '?';
	return visitor->note(visitor->ctx, &note, err);
}

static enum mun_status
take_note(struct parsing *parsing, struct mun_error *err)
{
	const uint8_t *detail;
	uint64_t member, rule, len;

	parsing->nonsense = !mun_reader_u64(&parsing->reader, &member) ||
	    !mun_reader_u64(&parsing->reader, &rule) ||
	    !mun_reader_u64(&parsing->reader, &len) ||
	    member > parsing->members || rule >= INSPECT_RULES || len > 1000 ||
	    !mun_reader_take(&parsing->reader, (size_t)len, &detail);
	if (parsing->nonsense)
		return MUN_OK;
	return tell_note(parsing->visitor, (uint32_t)member,
	    (enum inspect_rule)rule, detail, (size_t)len, err);
}

static enum mun_status
take_answer(const struct mun_sandbox_answer *answer,
    const struct mun_inspect_visitor *visitor, struct mun_error *err)
{
	struct parsing parsing = { .reader = mun_reader_over(
				       answer->data, answer->len),
		.visitor = visitor };
	const uint8_t *kind;
	enum mun_status status = MUN_OK;

	while (status == MUN_OK && !parsing.nonsense &&
	    mun_reader_take(&parsing.reader, 1, &kind)) {
		if (*kind == INSPECT_MEMBER)
			status = take_member(&parsing, err);
		else if (*kind == INSPECT_NOTE)
			status = take_note(&parsing, err);
		else
			parsing.nonsense = true;
	}
	if (status == MUN_OK && parsing.nonsense) {
		static const char why[] = "the worker answered nonsense";

		status = tell_note(visitor, 0, INSPECT_DIED,
		    (const uint8_t *)why, sizeof(why) - 1, err);
	}
	return status;
}

static enum mun_status
take_outcome(const struct mun_sandbox_answer *answer,
    const struct mun_inspect_visitor *visitor, struct mun_error *err)
{
	enum inspect_rule rule = INSPECT_DIED;
	const char *why = "the worker that looked into it died";

	switch (answer->outcome) {
	case MUN_SANDBOX_ANSWERED:
		return take_answer(answer, visitor, err);
	case MUN_SANDBOX_TIMEOUT:
		rule = INSPECT_BOMB;
		why = "looking into it took too long";
		break;
	case MUN_SANDBOX_TOO_LARGE:
		rule = INSPECT_BOMB;
		why = "looking into it took too much memory";
		break;
	case MUN_SANDBOX_REFUSED:
		rule = INSPECT_BROKEN;
		why = "the container could not be looked into";
		break;
	case MUN_SANDBOX_DIED:
		break;
	}
	return tell_note(
	    visitor, 0, rule, (const uint8_t *)why, strlen(why), err);
}

enum mun_status
mun_inspect_collect(struct mun_inspect *inspect, uint64_t *ticket,
    const struct mun_inspect_visitor *visitor, bool wait, struct mun_error *err)
{
	struct mun_sandbox_answer answer;
	enum mun_status status =
	    mun_sandbox_collect(inspect->pool, &answer, wait, err);

	if (status != MUN_OK)
		return status;
	*ticket = answer.ticket;
	return take_outcome(&answer, visitor, err);
}

void
mun_inspect_stop(struct mun_inspect *inspect)
{
	if (inspect == NULL)
		return;
	mun_sandbox_stop(inspect->pool);
	free(inspect);
}
