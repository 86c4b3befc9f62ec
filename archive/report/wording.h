/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wording.h - the words of a verdict, for every report alike.
 *
 * All texts are ours and static, but for what mun_wording_sentence appends,
 * which may quote hostile bytes.
 */
#ifndef MUN_REPORT_WORDING_H
#define MUN_REPORT_WORDING_H

#include "muniment/buffer.h"
#include "muniment/verify.h"

/* "Is it intact?" */
const char *mun_wording_question(enum mun_question_kind kind);
/* What a pass proves, and what even a pass does not; a sentence each. */
const char *mun_wording_proves(enum mun_question_kind kind);
const char *mun_wording_proves_not(enum mun_question_kind kind);
/* "what to do" of a question that failed, else "what would answer it". */
const char *mun_wording_missing(const struct mun_question *question);
/* "Passed", "Failed", "Not yet judged". */
const char *mun_wording_outcome(enum mun_verdict verdict);
/* The one sentence that most people will read, with its full stop. */
void mun_wording_sentence(
    struct mun_buffer *out, const struct mun_verification *verification);

#endif
