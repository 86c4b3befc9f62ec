/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * append.c - append one event of any kind to a vault, for tests of readers.
 *
 *	append VAULT KEYS TYPE SUBJECT DETAIL [KEY=TEXT...]
 *
 * SUBJECT and DETAIL are JSON as the event will hold them ("" for none); KEY is
 * one of a statement.  Nobody asks whether the signer may sign it.
 */
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "log/log.h"
#include "muniment/keys.h"

static enum mun_status
permit(void *ctx, const struct mun_entry *entry, struct mun_error *err)
{
	(void)ctx;
	(void)entry;
	(void)err;
	return MUN_OK;
}

static bool
take_words(struct mun_statement *statement, char **words, int count)
{
	for (int i = 0; i < count; i++) {
		char *equals = strchr(words[i], '=');
		unsigned field = 0;

		if (equals == NULL)
			return false;
		*equals = '\0';
		while (field < MUN_STATEMENT_FIELDS &&
		    strcmp(mun_statement_key((enum mun_statement_field)field),
			words[i]) != 0)
			field++;
		if (field == MUN_STATEMENT_FIELDS)
			return false;
		statement->text[field] = equals + 1;
	}
	return true;
}

static enum mun_status
append(char **argv, const struct mun_log_draft *draft, struct mun_error *err)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	const struct mun_passphrase none = { .none = true };
	struct mun_log_appended appended = { .seq = 0 };
	struct mun_signer *signer = NULL;
	struct mun_store *store = NULL;
	enum mun_status status;

	MUN_TRY(mun_signer_open(&signer, argv[2], &none, err));
	MUN_TRY(mun_store_open(&store, argv[1], err));
	MUN_TRY(mun_store_lock(store, &lock, 60, err));
	MUN_TRY(mun_log_recover(store, err));
	MUN_TRY(mun_log_append(store, signer, argv[2], draft, &appended, err));
	for (unsigned i = 0; i < MUN_SHA256_LEN; i++)
		printf("%02x", (unsigned)appended.sha256[i]);
	printf("\n");
out:
	mun_store_unlock(&lock);
	mun_store_close(store);
	mun_signer_close(signer);
	return status;
}

int
main(int argc, char **argv)
{
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer detail = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_statement statement = { .text = { NULL } };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_log_draft draft = { .judge = permit };
	enum mun_status status = MUN_ERR_USAGE;

	if (argc < 6 || !take_words(&statement, argv + 6, argc - 6)) {
		fprintf(stderr, "append: wrong usage\n");
		return 64;
	}
	mun_buffer_append_text(&subject, argv[4]);
	mun_buffer_append_text(&detail, argv[5]);
	draft.type = argv[3];
	draft.subject = subject.len == 0 ? NULL : &subject;
	draft.detail = detail.len == 0 ? NULL : &detail;
	draft.statement = argc > 6 ? &statement : NULL;
	status = append(argv, &draft, &err);
	if (status != MUN_OK)
		fprintf(stderr, "append: %s\n", err.text);
	mun_buffer_free(&subject);
	mun_buffer_free(&detail);
	return status == MUN_OK ? 0 : 1;
}
