/* SPDX-License-Identifier: BSD-2-Clause */
/* fixity.c - see fixity.h. */
#include "muniment/fixity.h"

#include <inttypes.h>
#include <string.h>

#include "muniment/outcomes.h"
#include "muniment/record.h"
#include "muniment/verify.h"

/* By the log alone: what the index says of an archive is not signed. */
static enum mun_status
find_logged(struct keeper *keeper, const char *reference, uint8_t sha256[32],
    struct mun_error *err)
{
	enum mun_status status =
	    mun_record_archive_sha256(keeper->vault, reference, sha256, err);

	if (status == MUN_ERR_NOT_FOUND)
		mun_error_wrap(err,
		    "whole archives are checked, by their numbers (XPF-0003)");
	return status;
}

static bool
holds(const struct mun_verification *verification, const uint8_t logged[32])
{
	const struct mun_verify_input *input =
	    mun_verification_input(verification, 0);

	return mun_verification_verdict(verification) != MUN_FAILED &&
	    input->has_sha256 &&
	    memcmp(input->sha256, logged, sizeof(input->sha256)) == 0;
}

/* A medium that gives no bytes does not say that they are others. */
static enum mun_status
must_be_read(const struct mun_verification *verification, const char *path,
    struct mun_error *err)
{
	size_t count = mun_verification_check_count(verification);

	for (size_t i = 0; i < count; i++)
		if (outcomes_unread(verification, i) != NULL)
			return mun_error_set(err, MUN_ERR_SYSTEM,
			    "'%s' could not be read to its end, so whether its "
			    "bytes are those logged is not known (%s)",
			    path, outcomes_unread(verification, i));
	return MUN_OK;
}

/* Without bytes there is nothing to check, and a check that failed would say
 * that there were others. */
static enum mun_status
say_gone(struct keeper *keeper, const char *reference, struct mun_error *err)
{
	bool destroyed;
	uint64_t seq;
	enum mun_status status = mun_record_archive_destroyed(
	    keeper->vault, reference, &destroyed, &seq, err);

	if (status != MUN_OK)
		return status;
	if (destroyed)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "the bytes of '%s' were destroyed when it was withdrawn "
		    "(entry %" PRIu64 "): there is nothing to check, and "
		    "nothing was logged",
		    reference, seq);
	return mun_error_set(err, MUN_ERR_NOT_FOUND,
	    "the file of '%s' is not in archives/: there is nothing to check, "
	    "and nothing was logged; put a copy of it back ('muniment verify "
	    "--record' logs what is missing)",
	    reference);
}

enum mun_status
fixity_check(struct keeper *keeper, const char *reference, bool *passed,
    struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(65536);
	struct mun_verification *verification = NULL;
	struct mun_verify_options options = { .input_count = 1 };
	uint8_t logged[32];
	const char *input;
	enum mun_status status = find_logged(keeper, reference, logged, err);

	*passed = false;
	if (status == MUN_OK) {
		mun_buffer_append_text(&path, keeper->info.path);
		mun_buffer_append_text(&path, "/archives/");
		mun_buffer_append_text(&path, reference);
		mun_buffer_append_text(&path, ".tar");
		status = mun_buffer_status(&path, "path of an archive", err);
	}
	input = mun_buffer_text(&path);
	options.inputs = &input;
	if (status == MUN_OK) {
		status = mun_verify_run(&verification, &options, err);
		if (status == MUN_OK)
			status = must_be_read(verification, input, err);
		if (status == MUN_OK)
			*passed = holds(verification, logged);
		else if (status == MUN_ERR_NOT_FOUND)
			status = say_gone(keeper, reference, err);
	}
	mun_verification_free(verification);
	mun_buffer_free(&path);
	return status;
}
