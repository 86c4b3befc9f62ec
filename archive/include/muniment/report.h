/* SPDX-License-Identifier: BSD-2-Clause */
/* report.h - a verification as text for people, or as JSON for programs. */
#ifndef MUNIMENT_REPORT_H
#define MUNIMENT_REPORT_H

#include "muniment/buffer.h"
#include "muniment/text.h"
#include "muniment/verify.h"

/* The five questions, the checks that did not pass (all, when `full`), one
 * plain sentence of what to do, and "verdict: …" as the last line.  Everything
 * from outside goes through mun_text_escape in the given mode. */
MUN_API void mun_report_text(struct mun_buffer *out,
    const struct mun_verification *verification, enum mun_text_mode mode,
    bool full);
/* One JSON document and a LF: verdict, questions, anchors, inputs, tool,
 * verified_at, checks (docs/format/verification.md). */
MUN_API void mun_report_json(struct mun_buffer *out,
    const struct mun_verification *verification);

#endif
