/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_libarchive_internal.h - libarchive's functions, opened in the worker
 * only (base/library.h).
 */
#ifndef MUN_INSPECT_INSPECT_LIBARCHIVE_INTERNAL_H
#define MUN_INSPECT_INSPECT_LIBARCHIVE_INTERNAL_H

#include <archive.h>
#include <archive_entry.h>

#include "muniment/error.h"

/* All that is used. */
#define INSPECT_LIBARCHIVE(DO)                         \
	DO(archive_read_new)                           \
	DO(archive_read_free)                          \
	DO(archive_read_close)                         \
	DO(archive_read_open)                          \
	DO(archive_read_open1)                         \
	DO(archive_read_data)                          \
	DO(archive_read_next_header)                   \
	DO(archive_read_has_encrypted_entries)         \
	DO(archive_read_set_callback_data)             \
	DO(archive_read_set_read_callback)             \
	DO(archive_read_set_seek_callback)             \
	DO(archive_read_set_skip_callback)             \
	DO(archive_read_support_filter_bzip2)          \
	DO(archive_read_support_filter_gzip)           \
	DO(archive_read_support_filter_xz)             \
	DO(archive_read_support_filter_zstd)           \
	DO(archive_read_support_format_7zip)           \
	DO(archive_read_support_format_ar)             \
	DO(archive_read_support_format_cab)            \
	DO(archive_read_support_format_cpio)           \
	DO(archive_read_support_format_empty)          \
	DO(archive_read_support_format_iso9660)        \
	DO(archive_read_support_format_lha)            \
	DO(archive_read_support_format_raw)            \
	DO(archive_read_support_format_tar)            \
	DO(archive_read_support_format_zip_streamable) \
	DO(archive_errno)                              \
	DO(archive_filter_count)                       \
	DO(archive_format)                             \
	DO(archive_entry_filetype)                     \
	DO(archive_entry_hardlink)                     \
	DO(archive_entry_is_encrypted)                 \
	DO(archive_entry_pathname)

struct inspect_libarchive {
#define INSPECT_MEMBER(name) __typeof__(name) *(name);
	INSPECT_LIBARCHIVE(INSPECT_MEMBER)
#undef INSPECT_MEMBER
};

/* Load it into this process, for good; MUN_ERR_SYSTEM as mun_library_open. */
MUN_MUST_USE enum mun_status mun_inspect_open_libarchive(
    struct inspect_libarchive *la, struct mun_error *err);

#endif
