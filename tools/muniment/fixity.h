/* SPDX-License-Identifier: BSD-2-Clause */
/* fixity.h - whether an archive's bytes are those that were logged. */
#ifndef TOOLS_MUNIMENT_FIXITY_H
#define TOOLS_MUNIMENT_FIXITY_H

#include "muniment/keeper.h"

/* Read the whole of an archive and judge it as a verifier does; *passed only if
 * nothing failed and the file is the one that was logged.  The keeper's vault
 * is open.  MUN_ERR_NOT_FOUND: the log has no archive of that number,
 * or its file is not there; MUN_ERR_SYSTEM: its file is there and could not be read. */
enum mun_status fixity_check(struct keeper *keeper, const char *reference,
    bool *passed, struct mun_error *err);

#endif
