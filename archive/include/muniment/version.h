/* SPDX-License-Identifier: BSD-2-Clause */
/* version.h - the version of library, programs and `tool` fields.  The build
 * reads it from here. */
#ifndef MUNIMENT_VERSION_H
#define MUNIMENT_VERSION_H

#define MUN_VERSION "0.1.0"

#endif
