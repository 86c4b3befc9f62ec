/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify_internal.h - how the parts of the verifier speak to each other.
 *
 * Flow: verify_run.c takes inputs one by one; vault_check.c judges a vault
 * (log_check.c its log, entry_check.c each entry, custody_check.c what events
 * mean, files_check.c what lies beside it); dossier_check.c judges a dossier;
 * archive_check.c judges one archive file (archive_metadata.c its lines, archive_seal.c its
 * seal); binding.c holds archives against their log; questions.c sums up.
 * All of them speak through verification.c, the only place where a verdict is
 * made.
 */
#ifndef MUN_VERIFY_VERIFY_INTERNAL_H
#define MUN_VERIFY_VERIFY_INTERNAL_H

#include "custody/custody.h"
#include "log/log.h"
#include "manifest/manifest.h"
#include "muniment/verify.h"
#include "trust/anchor.h"
#include "trust/certificate.h"
#include "trust/chain.h"
#include "trust/crl.h"
#include "verify/proven.h"
#include "witness/policy.h"

enum mun_rule {
#define RULE(symbol, id, kind, question, otherwise, means, means_not, next) \
	MUN_RULE_##symbol,
#include "verify/rules.def"
#undef RULE
	MUN_RULES
};

/* ---- verification.c: the record of what was found ---- */

enum {
	MUN_PROBLEMS_MAX = 20000,
	/* A chain has two or three; an authority splits its list at most. */
	MUN_TIME_LISTS_MAX = 64
};

struct mun_verification {
	struct mun_check *checks; /* subject and detail are owned */
	enum mun_question_kind *questions_of;
	size_t check_count, check_capacity;
	size_t problem_count; /* checks that do not hold */
	size_t telling; /* the check that says most of its question, from 1;
			   0: none, the first of the worst answers */
	struct mun_question questions[MUN_QUESTIONS];
	struct mun_verify_input *inputs;
	size_t input_count;
	struct mun_anchor *anchors;
	char (*anchor_texts)[80];
	size_t anchor_count;
	bool has_log_key;
	char log_key_origin[MUN_ORIGIN_MAX + 1];
	uint8_t log_key[32];
	struct mun_certificate **time_roots; /* of --tsa-trust */
	char (*time_root_texts)[80];
	size_t time_root_count;
	struct mun_crl **time_lists; /* of --tsa-crl */
	bool *time_list_counts; /* each: bears on the log that is judged */
	size_t time_list_count;
	struct mun_policy *policy; /* NULL: none was given */
	bool policy_judged; /* against some log */
	bool has_claimed_vault;
	uint8_t claimed_vault[MUN_SHA256_LEN];
	/* of the logs judged so far; borrowed from their facts */
	const struct mun_custody **custodies; /* room for one an input */
	size_t custody_count;
	int64_t time_utc_s;
	bool has_log; /* some input brought a log */
	const char *lost; /* why a vault given has no log to judge by; or NULL */
	bool has_part; /* some input was a dossier */
	bool has_anchor; /* some anchor of any kind was given */
	size_t time_archives; /* deposits that were judged, and of these, those
				 of which a time is proven */
	size_t time_archives_proven;
	int64_t time_archives_by_utc_s; /* the latest of these times */
	size_t time_authorities; /* that agree on them, at least */
	const struct mun_verify_listener *listener; /* NULL: nobody */
	enum mun_status status; /* sticky: MUN_ERR_NOMEM */
};

/* Record one check: PASSED if it holds, else the rule's other verdict. */
void mun_judge(struct mun_verification *v, enum mun_rule rule, bool holds,
    const char *subject, const char *format, ...) MUN_PRINTF(5, 6);
/* A rule that holds and should be heard of all the same. */
void mun_say(struct mun_verification *v, enum mun_rule rule,
    const char *subject, const char *format, ...) MUN_PRINTF(4, 5);
/* A rule that is broken in a way that has a name of its own (static). */
void mun_judge_as(struct mun_verification *v, enum mun_rule rule,
    const char *name, const char *subject, const char *format, ...)
    MUN_PRINTF(5, 6);
/* A row of the index that the files do not bear out; rule is the index's own
 * ("index.document"). */
void mun_judge_index(struct mun_verification *v, const char *rule,
    const char *subject, const char *detail);
/* Say more of check i than was known when it was recorded; its verdict stays. */
void mun_retell(struct mun_verification *v, size_t i, const char *format, ...)
    MUN_PRINTF(3, 4);
/* For each rule that no check from position `before` on reports as broken,
 * record once that it holds. */
void mun_summarise(struct mun_verification *v, size_t before,
    const enum mun_rule *which, size_t count, const char *subject);
/* Forget checks from position count on (a pass over a log that grew meanwhile
 * is made again). */
void mun_forget(struct mun_verification *v, size_t count);
/* Whether any check from position count on is FAILED. */
bool mun_failed_since(const struct mun_verification *v, size_t count);

/* The worst check of a question (MUN_QUESTIONS: of all), and which it is (NULL
 * if there is none): the telling one if it is as bad, else the first. */
enum mun_verdict mun_worst(const struct mun_verification *v,
    enum mun_question_kind question, const struct mun_check **which);

void mun_answer_questions(struct mun_verification *v); /* questions.c */

/* ---- what one archive turned out to be (archive_check.c) ---- */

enum {
	MUN_SIGNER_CHAIN_MAX = 8
};

struct mun_named_leaf {
	uint64_t document;
	struct mun_hash leaf;
};

struct mun_archive_facts {
	char id[MUN_ARCHIVE_ID_MAX + 1]; /* "" if not even that was found */
	bool whole; /* read to its proper end */
	bool damaged; /* some check of it for itself is FAILED */
	bool has_sha256; /* every byte could be read, whatever it says */
	uint8_t sha256[MUN_SHA256_LEN]; /* zeros where they could not */
	bool sealed; /* seal.json and signer were understood */
	struct mun_seal seal;
	uint8_t seal_sha256[MUN_SHA256_LEN];
	uint8_t seal_signature_sha256[MUN_SHA256_LEN];
	struct mun_certificate
	    *chain[MUN_SIGNER_CHAIN_MAX]; /* [0]: the signer */
	size_t chain_count;
	uint64_t documents, bytes;
	struct mun_named_leaf *leaves; /* of documents that events name */
	size_t leaf_count, leaf_capacity;
};
/* Keep the leaf of a document that an event of some log names. */
MUN_MUST_USE enum mun_status mun_archive_facts_keep_leaf(
    struct mun_archive_facts *facts, const struct mun_verification *v,
    uint64_t document, const struct mun_hash *leaf, struct mun_error *err);
void mun_archive_facts_clear(struct mun_archive_facts *facts);

struct mun_watch {
	const struct mun_verify_options *options;
	uint64_t done, all;
};
/* false: stop. */
bool mun_watch_step(struct mun_watch *watch, const char *what, uint64_t bytes);

/* Judge one archive file for itself; subject names it.  Failure only when the
 * work could not be done; an unreadable file is a check. */
MUN_MUST_USE enum mun_status mun_check_archive(struct mun_verification *v,
    struct mun_archive_facts *facts, int fd, uint64_t size, const char *subject,
    struct mun_watch *watch, struct mun_error *err);

/* ---- what the verifier kept (kept.c) ---- */

/* A kept checkpoint or a receipt, and what the log says where it points. */
struct mun_kept {
	const char *path; /* borrowed; hostile */
	bool is_receipt;
	struct mun_receipt receipt; /* its checkpoint member serves both */
	bool judged; /* against its own log */
	bool is_foreign; /* some log that was given is not its own */
	bool is_unsigned; /* one has its origin, and did not sign it */
};
struct mun_kept_list {
	struct mun_kept *items;
	size_t count;
};
/* Read the files named by the options.  MUN_ERR_USAGE: one is no plain file, or
 * none of the kind that it is given as, whoever signed it. */
MUN_MUST_USE enum mun_status mun_kept_load(struct mun_kept_list *list,
    const struct mun_verify_options *options, struct mun_error *err);
void mun_kept_clear(struct mun_kept_list *list);

/* ---- telling a listener (tell.c, tell_archive.c) ---- */

/* An entry, once it was judged. */
struct mun_told_entry {
	const char *input;
	const struct mun_entry *entry;
	uint64_t seq;
	const uint8_t *vault; /* fingerprint */
	const struct mun_custody *custody; /* after it; NULL: none yet */
	const struct mun_buffer *statement; /* as found; empty: withheld */
	size_t first_check; /* of those made of it */
};
/* These do nothing where nobody listens.  A listener's failure is theirs. */
MUN_MUST_USE enum mun_status mun_tell_log_begins(
    struct mun_verification *v, const char *input, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tell_event(struct mun_verification *v,
    const struct mun_told_entry *told, struct mun_error *err);
struct mun_log_facts;
MUN_MUST_USE enum mun_status mun_tell_log_ends(struct mun_verification *v,
    const char *input, const struct mun_log_facts *facts,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_tell_certificate(struct mun_verification *v,
    const struct mun_certificate *certificate, const char *what,
    const char *archive, uint64_t seq, struct mun_error *err);
/* What a listener may return to the run. */
enum mun_status mun_told(enum mun_status status, struct mun_error *err);

/* ---- the log as judged (log_check.c) ---- */

struct mun_deposit_fact {
	uint64_t seq;
	int64_t time_utc_s;
	uint8_t actor[MUN_SHA256_LEN];
	struct mun_deposit_subject subject;
	bool seen; /* its archive was judged */
};

struct mun_entry_fact { /* small: one an entry, to resolve seal.after */
	uint8_t sha256[MUN_SHA256_LEN];
	int64_t time_utc_s;
	struct mun_hash leaf;
	bool known; /* the entry is there; else only its leaf is */
	bool has_statement;
	bool has_results;
	bool is_general; /* every dossier has it; or */
	uint64_t archive; /* the number of what it is about; 0: neither */
	bool is_hand_out; /* of that */
};

/* A time-stamp event: its files lie in the folder of the tree size. */
struct mun_stamped_fact {
	uint64_t seq;
	uint64_t size; /* of the stamped checkpoint */
	uint8_t checkpoint_sha256[MUN_SHA256_LEN];
	struct mun_stamp *stamps; /* owned; stamp i has the number i + 1 */
	size_t stamp_count;
};

/* What the policy's witnesses said of the log. */
struct mun_cosigned_fact {
	size_t notes; /* cosigned checkpoints stored with the log */
	uint64_t covered; /* largest size below the head with a quorum */
	bool has[MUN_POLICY_WITNESSES_MAX]; /* cosigned the head */
	int64_t newest_utc_s; /* of those, by the witness's clock */
	bool has_future; /* one was later than now, and not counted */
};

struct mun_log_facts {
	const char *name; /* of the input, where several may be told apart */
	uint8_t fingerprint[MUN_SHA256_LEN];
	char origin[MUN_ORIGIN_MAX + 1];
	struct mun_vault_created created;
	struct mun_checkpoint checkpoint;
	struct mun_entry_fact *entries;
	uint64_t entry_count;
	struct mun_deposit_fact *deposits;
	size_t deposit_count;
	struct mun_deposit_fact **by_id; /* them, once all are taken */
	struct mun_stamped_fact *stamped; /* time-stamp events, by seq */
	size_t *by_size; /* places in stamped, by size */
	size_t stamped_count, stamped_capacity;
	struct mun_cosigned_fact cosigned; /* by the policy's witnesses */
	struct mun_proven proven; /* by them; a batch each */
	uint64_t time_stamp_authorities; /* that the policy demands last */
	uint64_t unstamped_seq; /* newest entry that is no time-stamp */
	struct mun_custody *custody; /* after the last entry */
	bool usable; /* entry 0 was understood */
	bool has_checkpoint;
	bool head_signed; /* by the key or keys it needs */
	bool unfinished; /* staged entry completes the last commit */
	bool stands; /* log, its files, vault.json, anchors: no FAILED */
	bool names_crl; /* the custodian's certificate does */
	bool is_part; /* a dossier's: not every entry is known */
};
/* log_facts.c */
/* Whether a head of this log is signed by the key or keys it needs. */
bool mun_log_facts_signed(const struct mun_log_facts *facts,
    const struct mun_checkpoint *checkpoint, const void *bytes);
/* The key that signs heads of that size. */
const uint8_t *mun_log_facts_key_at(
    const struct mun_log_facts *facts, uint64_t size);
/* Take a checkpoint that somebody kept: false unless the log's key of that
 * size signed it. */
bool mun_log_facts_take_kept(const struct mun_log_facts *facts,
    struct mun_checkpoint *out, const struct mun_buffer *bytes);
/* Root of the first size entries, from their leaves; false above the count. */
bool mun_log_facts_root(
    const struct mun_log_facts *facts, uint64_t size, struct mun_hash *root);
/* Hold against that log the kept ones that are of it. */
void mun_kept_judge(struct mun_verification *v, struct mun_kept_list *list,
    const struct mun_log_facts *log);
/* NULL if the log extends that checkpoint; else what is wrong. */
const char *mun_kept_fault(
    const struct mun_buffer *note, const struct mun_log_facts *log);
/* After the last log: say which were held against nothing.  One that is of none
 * of the logs given is FAILED: it may be of the one that was rewritten. */
void mun_kept_judge_unused(
    struct mun_verification *v, const struct mun_kept_list *list);
void mun_log_facts_clear(struct mun_log_facts *facts);
/* The time-stamp event over the checkpoint of that size, or NULL. */
const struct mun_stamped_fact *mun_log_facts_stamped(
    const struct mun_log_facts *facts, uint64_t size);
/* Take over what fact owns; of a size that none has yet. */
MUN_MUST_USE enum mun_status mun_log_facts_add_stamped(
    struct mun_log_facts *facts, const struct mun_stamped_fact *fact,
    struct mun_error *err);
/* All deposits are taken: from here on they are found by their archives. */
MUN_MUST_USE enum mun_status mun_log_facts_sort_deposits(
    struct mun_log_facts *facts, struct mun_error *err);
/* The (first) deposit of that archive id, or NULL. */
struct mun_deposit_fact *mun_log_facts_deposit(
    struct mun_log_facts *facts, const char *archive_id);

/* ---- entries, wherever they come from (entry_check.c) ---- */

/* What malformed evidence looks like to a reader. */
bool mun_is_bad_data(enum mun_status status);

/* Remarks on custody become checks (custody_check.c). */
struct mun_custody_ear {
	struct mun_verification *v;
	const char *subject;
};

struct mun_entry_pass {
	struct mun_verification *v;
	struct mun_log_facts *facts; /* its checkpoint is set */
	const char *subject;
	struct mun_custody_ear ear;
	/* Append a statement; MUN_ERR_NOT_FOUND: withheld. */
	enum mun_status (*read_statement)(void *ctx, uint64_t seq,
	    struct mun_buffer *out, struct mun_error *err);
	/* Replace out's contents with a file of a time-stamp, by its name in a
	 * vault ("log/time-stamps/…"); MUN_ERR_NOT_FOUND: it is not there. */
	enum mun_status (*read_stamp)(void *ctx, const char *name,
	    struct mun_buffer *out, struct mun_error *err);
	/* Told what each event says, and each event; NULL: nobody is. */
	enum mun_status (*hear)(void *ctx, uint64_t seq,
	    const struct mun_detail *detail, struct mun_error *err);
	enum mun_status (*hear_line)(
	    void *ctx, const struct mun_event *event, struct mun_error *err);
	void *ctx;
	struct mun_buffer entry; /* to be judged: filled by the caller */
	struct mun_buffer typed;
	struct mun_recent_certificates recent;
	struct mun_chain_revocations
	    revocations; /* while time-stamps are judged */
	uint32_t annotates; /* keys the event under way sets; 0: none */
	uint64_t statements; /* that were there */
	int64_t last_utc_s; /* of the newest entry taken */
	size_t entry_capacity, deposit_capacity;
};
#define MUN_ENTRY_PASS_INIT(v_, facts_, subject_)                    \
	{                                                            \
		.v = (v_), .facts = (facts_), .subject = (subject_), \
		.ear = { (v_), (subject_) },                         \
		.entry = MUN_BUFFER_INIT(MUN_CMS_MAX),               \
		.typed = MUN_BUFFER_INIT(MUN_STATEMENT_MAX),         \
		.recent = MUN_RECENT_CERTIFICATES_INIT               \
	}
void mun_entry_pass_clear(struct mun_entry_pass *pass);
/* The leaf that a tree has at the next number, before any entry is taken. */
MUN_MUST_USE enum mun_status mun_entry_pass_leaf(struct mun_entry_pass *pass,
    const struct mun_hash *leaf, struct mun_error *err);
/* Judge pass->entry as entry seq: the next one, or one with a leaf; seqs rise.
 * Nothing can be made of a log whose facts are not usable after entry 0. */
MUN_MUST_USE enum mun_status mun_entry_pass_take(
    struct mun_entry_pass *pass, uint64_t seq, struct mun_error *err);
/* What only the end shows. */
MUN_MUST_USE enum mun_status mun_entry_pass_end(
    struct mun_entry_pass *pass, struct mun_error *err);
/* That the head is signed by the log's key. */
void mun_entry_pass_checkpoint(struct mun_entry_pass *pass, const void *bytes);
/* Rules that no entry broke, from check `before` on, are said to hold. */
void mun_entry_pass_summarise(struct mun_entry_pass *pass, size_t before);

MUN_MUST_USE enum mun_status mun_check_log(struct mun_verification *v,
    struct mun_log_facts *facts, struct mun_store *store, const char *subject,
    struct mun_watch *watch, struct mun_error *err);
/* The lines of a check of everything that is entry seq; facts as of before it
 * (results_check.c). */
MUN_MUST_USE enum mun_status mun_check_results(struct mun_verification *v,
    const struct mun_log_facts *facts, struct mun_store *store,
    const char *subject, uint64_t seq, const struct mun_detail *detail,
    struct mun_error *err);
mun_custody_tell mun_custody_hear; /* ctx: a struct mun_custody_ear */
/* Rules of custody that no remark broke are said to hold. */
void mun_custody_summarise(
    struct mun_verification *v, size_t before, const char *subject);
/* log/ and certs/ hold exactly what the log names (files_check.c). */
MUN_MUST_USE enum mun_status mun_check_files(struct mun_verification *v,
    const struct mun_log_facts *facts, struct mun_store *store,
    const char *subject, struct mun_error *err);

/* The files of every time-stamp event are there, as the event binds them
 * (stamp_files.c). */
MUN_MUST_USE enum mun_status mun_check_stamp_files(struct mun_verification *v,
    const struct mun_log_facts *facts, struct mun_store *store,
    const char *subject, struct mun_error *err);

/* ---- time-stamps (time_*.c) ---- */

/* Read the roots that the options name.  MUN_ERR_USAGE: one is none. */
MUN_MUST_USE enum mun_status mun_time_roots_load(struct mun_verification *v,
    const struct mun_verify_options *options, struct mun_error *err);
/* The same for the lists.  MUN_ERR_USAGE: one is none, or cannot be used. */
MUN_MUST_USE enum mun_status mun_time_lists_load(struct mun_verification *v,
    const struct mun_verify_options *options, struct mun_error *err);
/* Note which of the given lists bear on a path; say it of each, and forget. */
void mun_time_lists_note(
    struct mun_verification *v, const struct mun_chain *path);
void mun_time_lists_say(struct mun_verification *v, const char *subject);
/* Keep what an event says of policy, and that it is no time-stamp. */
void mun_time_take(struct mun_entry_pass *pass, const struct mun_event *event,
    const struct mun_detail *detail);
/* Judge all time-stamps of a log, once all its entries were taken; fills
 * facts->proven. */
MUN_MUST_USE enum mun_status mun_time_judge(
    struct mun_entry_pass *pass, struct mun_error *err);
/* For mun_custody_finish; ctx: the facts. */
mun_custody_proven mun_time_is_proven;
/* What is proven of an archive's deposit, and whether its signer's key was good
 * then; by those of the logs that have it, together: one archive is counted
 * once, and the earliest time that any of them proves is proven. */
void mun_time_judge_archive(struct mun_verification *v,
    const struct mun_archive_facts *archive, struct mun_log_facts *const *logs,
    size_t count, const char *subject);
/* One token as of a time; ctx: the entry pass. */
mun_proven_judge mun_time_judge_token;
/* Replace out's contents with a file of token `stamp` (from 0); one that is not
 * the one bound is "ts.files". */
MUN_MUST_USE enum mun_status mun_time_read_bound(struct mun_entry_pass *pass,
    const struct mun_stamped_fact *stamped, size_t stamp,
    enum mun_stamp_file which, struct mun_buffer *out, const char **rule,
    struct mun_error *err);
/* What all lists of the log together revoke of its tokens' certificates
 * (time_revoked.c); free *out. */
MUN_MUST_USE enum mun_status mun_time_find_revoked(struct mun_entry_pass *pass,
    struct mun_chain_revocation **out, size_t *count, struct mun_error *err);
/* What a rule of a token means, as a clause: "its signature does not verify".
 * Whether it says that something is missing, not that something is wrong. */
const char *mun_time_rule_words(const char *rule, bool *is_missing);

/* ---- witness_check.c ---- */

/* Read the policy that the options name.  MUN_ERR_USAGE: it is none. */
MUN_MUST_USE enum mun_status mun_policy_load(
    struct mun_verification *v, const char *path, struct mun_error *err);
/* Judge the cosigned checkpoints stored with the log, and take what the
 * policy's witnesses say into facts->cosigned. */
MUN_MUST_USE enum mun_status mun_check_cosigned(struct mun_verification *v,
    struct mun_log_facts *facts, struct mun_store *store, const char *subject,
    struct mun_error *err);
/* Hold the log against the policy; kept checkpoints of its head count too. */
MUN_MUST_USE enum mun_status mun_policy_judge(struct mun_verification *v,
    const struct mun_kept_list *kept, struct mun_log_facts *facts,
    const char *subject, struct mun_error *err);

/* ---- remember.c ---- */

/* Make sure of the folder before anything is read: it is made, and lies in no
 * input.  MUN_ERR_USAGE: it lies in one, or is no folder. */
MUN_MUST_USE enum mun_status mun_remember_check(
    const struct mun_verify_options *options, struct mun_error *err);
/* The log has to extend what was remembered of it; then its head is, if
 * nothing about it failed. */
MUN_MUST_USE enum mun_status mun_remember_judge(struct mun_verification *v,
    const struct mun_verify_options *options, const struct mun_log_facts *facts,
    const char *path, struct mun_error *err);

/* ---- dossier_check.c ---- */

/* Judge a dossier, and take what it says of the log into facts.  sha256: out,
 * of the file. */
MUN_MUST_USE enum mun_status mun_check_dossier(struct mun_verification *v,
    struct mun_log_facts *facts, int fd, uint64_t size, const char *subject,
    uint8_t sha256[MUN_SHA256_LEN], struct mun_watch *watch,
    struct mun_error *err);
/* Say which archives of a dossier were not given with it. */
void mun_dossier_judge_absent(struct mun_verification *v,
    const struct mun_log_facts *facts, const char *subject);

/* ---- contradict.c ---- */

/* Hold the logs (one an input, in order; unused ones are empty) against each
 * other: two signed heads of one log that do not fit are FAILED, and no log of
 * that fingerprint stands.  heads: room for one an input, overwritten. */
void mun_judge_contradictions(
    struct mun_verification *v, struct mun_log_facts *logs, bool *heads);
/* Hold each dossier among them against the others of the same log: an entry that
 * one of those shows, and that its hand-outs have to list, is FAILED where it is
 * not there.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_judge_left_out(struct mun_verification *v,
    struct mun_log_facts *logs, struct mun_error *err);

/* ---- binding.c ---- */

/* Hold an archive against the log that should name it. */
void mun_bind_archive(struct mun_verification *v,
    const struct mun_archive_facts *archive, struct mun_log_facts *log,
    const char *subject);
/* The same, against each of several logs of one vault: what any of them has
 * against it is judged, and details say which.  Their names are set. */
void mun_bind_archive_to_all(struct mun_verification *v,
    const struct mun_archive_facts *archive, struct mun_log_facts *const *logs,
    size_t count, const char *subject);
/* An archive with no log: anchors on its signer, log.not-given. */
void mun_bind_lone_archive(struct mun_verification *v,
    const struct mun_archive_facts *archive, const char *subject);
/* Anchors against a vault's log. */
void mun_bind_vault(struct mun_verification *v, const struct mun_log_facts *log,
    const char *subject);
/* What successors say of the vaults before them, where these were given too:
 * logs, one an input. */
MUN_MUST_USE enum mun_status mun_bind_predecessors(struct mun_verification *v,
    const struct mun_log_facts *logs, struct mun_error *err);

/* ---- vault_check.c ---- */
MUN_MUST_USE enum mun_status mun_check_vault(struct mun_verification *v,
    struct mun_log_facts *facts, const char *path, struct mun_watch *watch,
    struct mun_error *err);

#endif
