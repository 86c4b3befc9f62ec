/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log_bench.c - grows the log of a vault with events about its first archive,
 * without waiting for a disk, and times appends and proofs; for log.sh.
 *
 *   log_bench VAULT KEYS ARCHIVE SIZE
 *
 * KEYS have no passphrase.  Three in four events are an access, the fourth an
 * annotation with its statement.  Nobody else may write meanwhile.  Prints
 *
 *   append_us FIRST LAST   of the first and the last 200 appends, each
 *   proof_us INCLUSION CONSISTENCY HASHES   a thousand of them, verified
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/macros.h"
#include "log/log.h"
#include "merkle/merkle.h"
#include "muniment/keys.h"

enum {
	TIMED = 200,
	PROOFS = 1000
};

static struct mun_error error = MUN_ERROR_INIT;

static void
need(enum mun_status status)
{
	if (status == MUN_OK)
		return;
	(void)fprintf(stderr, "log_bench: %s\n", error.text);
	exit(3);
}

static double
now_us(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void
append(struct mun_store *store, struct mun_signer *signer, const char *keys,
    const char *archive, uint64_t seq)
{
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer detail = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	char note[] = "seen by the clerk of the court";
	struct mun_statement statement = { .text = { NULL } };
	bool annotates = seq % 4 == 0;
	struct mun_log_draft draft = { .type =
					   annotates ? "annotation" : "access",
		.subject = &subject,
		.detail = &detail,
		.statement = annotates ? &statement : NULL };
	struct mun_log_appended appended;

	statement.text[MUN_STATEMENT_NOTE] = note;
	mun_buffer_append_text(&subject, "{\"archive\":\"");
	mun_buffer_append_text(&subject, archive);
	mun_buffer_append_text(&subject, "\"}");
	mun_buffer_append_text(
	    &detail, annotates ? "{\"keys\":[\"note\"]}" : "{}");
	need(mun_log_append(store, signer, keys, &draft, &appended, &error));
	mun_buffer_free(&subject);
	mun_buffer_free(&detail);
}

static uint64_t
size_of(struct mun_store *store)
{
	struct mun_log *log = NULL;
	uint64_t size;

	need(mun_log_open(&log, store, &error));
	size = mun_log_checkpoint(log)->size;
	mun_log_close(log);
	return size;
}

static void
grow(struct mun_store *store, const char *keys, const char *archive,
    uint64_t size)
{
	const struct mun_passphrase none = { .none = true };
	struct mun_signer *signer = NULL;
	uint64_t first = size_of(store);
	double begin, head = 0, tail = 0;

	need(mun_signer_open(&signer, keys, &none, &error));
	for (uint64_t seq = first; seq < size; seq++) {
		begin = now_us();
		append(store, signer, keys, archive, seq);
		if (seq < first + TIMED)
			head += now_us() - begin;
		if (seq + TIMED >= size)
			tail += now_us() - begin;
	}
	mun_signer_close(signer);
	(void)printf("append_us %.0f %.0f\n", head / TIMED, tail / TIMED);
}

static void
prove(struct mun_store *store)
{
	struct mun_hash proof[MUN_PROOF_MAX];
	struct mun_log *log = NULL;
	struct mun_merkle_source source;
	const struct mun_checkpoint *head;
	size_t count = 0, hashes = 0;
	double begin, inclusion, consistency;
	uint64_t at = 1;

	need(mun_log_open(&log, store, &error));
	source = mun_log_source(log);
	head = mun_log_checkpoint(log);
	begin = now_us();
	for (int i = 0; i < PROOFS; i++) {
		at = (at * UINT64_C(6364136223846793005) + 1) % head->size;
		need(mun_merkle_prove_inclusion(
		    &source, proof, &count, at, head->size, &error));
		hashes += count;
	}
	inclusion = (now_us() - begin) / PROOFS;
	begin = now_us();
	for (int i = 0; i < PROOFS; i++) {
		struct mun_hash old;

		at = (at * UINT64_C(6364136223846793005) + 1) % head->size;
		need(mun_merkle_root_of(&source, &old, at + 1, &error));
		need(mun_merkle_prove_consistency(
		    &source, proof, &count, at + 1, head->size, &error));
		if (!mun_merkle_verify_consistency(
			at + 1, &old, head->size, &head->root, proof, count))
			exit(3);
	}
	consistency = (now_us() - begin) / PROOFS;
	(void)printf("proof_us %.0f %.0f %.1f\n", inclusion, consistency,
	    (double)hashes / PROOFS);
	mun_log_close(log);
}

int
main(int argc, char *argv[])
{
	struct mun_store *store = NULL;

	if (argc != 5) {
		(void)fprintf(
		    stderr, "usage: log_bench VAULT KEYS ARCHIVE SIZE\n");
		return 64;
	}
	need(mun_store_open(&store, argv[1], &error));
	grow(store, argv[2], argv[3], strtoull(argv[4], NULL, 10));
	prove(store);
	mun_store_close(store);
	return 0;
}
