/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * policy.c - reads a policy line by line, and counts.
 *
 * Groups name only what stands above them and each name at most once, so nodes
 * form trees whose parents come later: one pass in order counts everything.
 *
 * Spec: C2SP tlog-policy, Policy file syntax and structure.
 */
#include "witness/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"

enum {
	WORDS_MAX = 3 + MUN_POLICY_NODES_MAX, /* group, name, k, all members */
	SHOWN_MAX = 64 /* bytes of a word in an error */
};

struct word {
	const char *text;
	size_t len;
};

struct line {
	struct word words[WORDS_MAX];
	size_t count;
};

static bool
is(const struct word *word, const char *text)
{
	return word->len == strlen(text) &&
	    mun_bytes_equal(word->text, text, word->len);
}

static enum mun_status
wrong(struct mun_error *err, const char *what, const struct word *word)
{
	int shown = word->len < SHOWN_MAX ? (int)word->len : SHOWN_MAX;

	return mun_error_set(
	    err, MUN_ERR_FORMAT, "%s: '%.*s'", what, shown, word->text);
}

static enum mun_status
refuse(struct mun_error *err, const char *what)
{
	return mun_error_set(err, MUN_ERR_FORMAT, "%s", what);
}

/* ---- words ---- */

/* C2SP tlog-policy, Character set. */
static bool
is_allowed(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

static enum mun_status
split(struct line *line, const char *text, size_t len, struct mun_error *err)
{
	size_t at = 0;

	line->count = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\r')
			return refuse(err,
			    "a carriage return; save the file with the line "
			    "ends of Unix");
		if (!is_allowed(text[i]))
			return refuse(err, "a control character");
	}
	while (at < len) {
		struct word word = { .text = text + at };

		if (text[at] == ' ' || text[at] == '\t') {
			at++;
			continue;
		}
		while (at < len && text[at] != ' ' && text[at] != '\t')
			at++;
		word.len = (size_t)(text + at - word.text);
		/* a comment is a whole line, never the end of one */
		if (line->count == 0 && word.text[0] == '#')
			return MUN_OK;
		if (line->count == WORDS_MAX)
			return refuse(err, "too many words");
		line->words[line->count++] = word;
	}
	return MUN_OK;
}

static char *
copy(const struct word *word)
{
	char *text = malloc(word->len + 1);

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < word->len; i++)
		text[i] = word->text[i];
	text[word->len] = '\0';
	return text;
}

/* The optional last word of a log's or witness's line. */
static enum mun_status
take_url(char **url, const struct line *line, size_t at, struct mun_error *err)
{
	if (line->count == at)
		return MUN_OK;
	if (line->count > at + 1)
		return wrong(err, "a word too many", &line->words[at + 1]);
	if (line->words[at].len > MUN_POLICY_URL_MAX)
		return refuse(err, "a URL that is too long");
	*url = copy(&line->words[at]);
	if (*url == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	return MUN_OK;
}

/* ---- names ---- */

static bool
find(const struct mun_policy *policy, const struct word *name, size_t *node)
{
	for (*node = 0; *node < policy->node_count; (*node)++)
		if (is(name, policy->nodes[*node].name))
			return true;
	return false;
}

static enum mun_status
add_node(struct mun_policy *policy, const struct word *name, size_t *node,
    struct mun_error *err)
{
	struct mun_policy_node *added;

	if (name->len > MUN_POLICY_NAME_MAX)
		return wrong(err, "a name that is too long", name);
	if (is(name, "none"))
		return refuse(err, "the name 'none' is taken");
	if (find(policy, name, node))
		return wrong(err, "a name that is given already", name);
	MUN_ASSERT(policy->node_count < MUN_POLICY_NODES_MAX);
	*node = policy->node_count++;
	added = &policy->nodes[*node];
	*added = (struct mun_policy_node){ .is_group = false };
	for (size_t i = 0; i < name->len; i++)
		added->name[i] = name->text[i];
	return MUN_OK;
}

/* ---- lines ---- */

static enum mun_status
take_key(struct mun_note_key *key, const struct word *word, bool of_log,
    struct mun_error *err)
{
	enum mun_status status =
	    mun_note_key_parse(key, word->text, word->len, err);

	if (status != MUN_OK)
		return status;
	if (of_log && key->type != MUN_NOTE_ED25519)
		return refuse(err, "a log's key has to be of type 0x01");
	if (!of_log && key->type == MUN_NOTE_ED25519)
		return refuse(err,
		    "a witness's key has to be of type 0x04 or 0x06; this is "
		    "one of type 0x01, a log's");
	return MUN_OK;
}

static enum mun_status
take_log(
    struct mun_policy *policy, const struct line *line, struct mun_error *err)
{
	struct mun_policy_log *log = &policy->logs[policy->log_count];
	enum mun_status status;

	if (line->count < 2)
		return refuse(err, "log: its key is missing");
	if (policy->log_count == MUN_POLICY_LOGS_MAX)
		return refuse(err, "too many logs (at most 64)");
	MUN_TRY(take_key(&log->key, &line->words[1], true, err));
	for (size_t i = 0; i < policy->log_count; i++)
		if (mun_bytes_equal(policy->logs[i].key.sha256, log->key.sha256,
			sizeof(log->key.sha256)))
			return refuse(err, "a log whose key stands above");
	MUN_TRY(take_url(&log->url, line, 2, err));
	policy->log_count++;
out:
	return status;
}

static enum mun_status
take_witness(
    struct mun_policy *policy, const struct line *line, struct mun_error *err)
{
	struct mun_policy_witness *witness =
	    &policy->witnesses[policy->witness_count];
	enum mun_status status;

	if (line->count < 3)
		return refuse(err, "witness: its name or key is missing");
	if (policy->witness_count == MUN_POLICY_WITNESSES_MAX)
		return refuse(err, "too many witnesses (at most 64)");
	MUN_TRY(take_key(&witness->key, &line->words[2], false, err));
	for (size_t i = 0; i < policy->witness_count; i++)
		if (mun_bytes_equal(policy->witnesses[i].key.sha256,
			witness->key.sha256, sizeof(witness->key.sha256)))
			return refuse(err, "a witness whose key stands above");
	MUN_TRY(add_node(policy, &line->words[1], &witness->node, err));
	MUN_TRY(take_url(&witness->url, line, 3, err));
	policy->witness_count++;
out:
	return status;
}

/* all, any, or 1 to n. */
static enum mun_status
take_threshold(unsigned *needs, const struct word *word, size_t members,
    struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(word->text, word->len);
	uint64_t value;

	if (is(word, "all")) {
		*needs = (unsigned)members;
		return MUN_OK;
	}
	if (is(word, "any")) {
		*needs = 1;
		return MUN_OK;
	}
	if (!mun_reader_decimal(&reader, &value) ||
	    mun_reader_left(&reader) != 0)
		return wrong(err, "neither 'all' nor 'any' nor a number", word);
	if (value < 1 || value > members)
		return wrong(
		    err, "not a number from 1 to that of the members", word);
	*needs = (unsigned)value;
	return MUN_OK;
}

static enum mun_status
take_group(
    struct mun_policy *policy, const struct line *line, struct mun_error *err)
{
	enum mun_status status;
	size_t node = 0, member = 0;
	unsigned needs = 0;

	if (line->count < 4)
		return refuse(
		    err, "group: its name, threshold or members are missing");
	if (policy->group_count == MUN_POLICY_GROUPS_MAX)
		return refuse(err, "too many groups (at most 64)");
	MUN_TRY(take_threshold(&needs, &line->words[2], line->count - 3, err));
	/* Members first: a group is no member of itself. */
	for (size_t i = 3; i < line->count; i++) {
		const struct word *word = &line->words[i];

		if (!find(policy, word, &member))
			return wrong(
			    err, "a member that is not named above", word);
		if (policy->nodes[member].is_member)
			return wrong(err,
			    "a member that is one of a group already", word);
		policy->nodes[member].is_member = true;
		policy->nodes[member].parent = policy->node_count;
	}
	MUN_TRY(add_node(policy, &line->words[1], &node, err));
	policy->nodes[node].is_group = true;
	policy->nodes[node].needs = needs;
	policy->group_count++;
out:
	return status;
}

static enum mun_status
take_quorum(
    struct mun_policy *policy, const struct line *line, struct mun_error *err)
{
	if (line->count != 2)
		return refuse(err, "quorum: exactly one name has to follow");
	if (policy->has_quorum)
		return refuse(err, "a second quorum");
	policy->has_quorum = true;
	policy->needs_nobody = is(&line->words[1], "none");
	if (!policy->needs_nobody &&
	    !find(policy, &line->words[1], &policy->quorum))
		return wrong(
		    err, "a quorum that is not named above", &line->words[1]);
	return MUN_OK;
}

static enum mun_status
take_line(
    struct mun_policy *policy, const struct line *line, struct mun_error *err)
{
	const struct word *first = &line->words[0];

	if (line->count == 0)
		return MUN_OK;
	if (is(first, "log"))
		return take_log(policy, line, err);
	if (is(first, "witness"))
		return take_witness(policy, line, err);
	if (is(first, "group"))
		return take_group(policy, line, err);
	if (is(first, "quorum"))
		return take_quorum(policy, line, err);
	return wrong(
	    err, "neither log nor witness nor group nor quorum", first);
}

static enum mun_status
take_lines(struct mun_policy *policy, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_reader reader = mun_reader_over(bytes, len);
	struct line *line = malloc(sizeof(*line));
	enum mun_status status = MUN_OK;
	unsigned number = 0;

	if (line == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	while (mun_reader_left(&reader) > 0) {
		const char *text;
		size_t text_len;

		number++;
		if (!mun_reader_line(&reader, &text, &text_len)) {
			status = refuse(err, "the last line has no line end");
			break;
		}
		status = split(line, text, text_len, err);
		if (status == MUN_OK)
			status = take_line(policy, line, err);
		if (status != MUN_OK)
			break;
	}
	if (status != MUN_OK)
		mun_error_wrap(err, "line %u", number);
	else if (!policy->has_quorum)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "line %u: the file ends without a quorum; it has to have "
		    "one ('quorum none' demands nobody)",
		    number);
	free(line);
	return status;
}

enum mun_status
mun_policy_parse(struct mun_policy **out, const void *bytes, size_t len,
    struct mun_error *err)
{
	struct mun_policy *policy = calloc(1, sizeof(*policy));
	enum mun_status status;

	*out = NULL;
	if (policy == NULL)
		return mun_error_set(err, MUN_ERR_NOMEM, "no memory");
	if (len > MUN_POLICY_MAX)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "longer than %d bytes", MUN_POLICY_MAX);
	else
		status = take_lines(policy, bytes, len, err);
	if (status == MUN_OK)
		*out = policy;
	else
		mun_policy_free(policy);
	return status;
}

void
mun_policy_free(struct mun_policy *policy)
{
	if (policy == NULL)
		return;
	/* the one that was refused halfway is not counted */
	for (size_t i = 0; i < MUN_POLICY_LOGS_MAX; i++)
		free(policy->logs[i].url);
	for (size_t i = 0; i < MUN_POLICY_WITNESSES_MAX; i++)
		free(policy->witnesses[i].url);
	free(policy);
}

bool
mun_policy_names_log(const struct mun_policy *policy, const char *origin,
    const uint8_t log_key[32])
{
	for (size_t i = 0; i < policy->log_count; i++) {
		const struct mun_note_key *key = &policy->logs[i].key;

		if (strcmp(key->name, origin) == 0 &&
		    mun_bytes_equal(key->key, log_key, sizeof(key->key)))
			return true;
	}
	return false;
}

bool
mun_policy_is_satisfied(const struct mun_policy *policy, const bool *has)
{
	unsigned reached[MUN_POLICY_NODES_MAX] = { 0 };

	if (policy->needs_nobody)
		return true;
	for (size_t i = 0; i < policy->witness_count; i++)
		reached[policy->witnesses[i].node] = has[i];
	for (size_t i = 0; i < policy->node_count; i++) {
		const struct mun_policy_node *node = &policy->nodes[i];
		bool satisfied = node->is_group ? reached[i] >= node->needs
						: reached[i] != 0;

		if (i == policy->quorum)
			return satisfied;
		if (node->is_member && satisfied)
			reached[node->parent]++;
	}
	return false;
}
