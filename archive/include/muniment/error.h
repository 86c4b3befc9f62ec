/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * error.h - failure, the first of the two channels.
 *
 * A failure says that work could not be done.  It never says that evidence is
 * bad: that is a finding (verify.h).  Every function that can fail returns
 * enum mun_status and takes a struct mun_error * last, which may be NULL.
 *
 * Thread rule: a struct mun_error belongs to one thread at a time.
 */
#ifndef MUNIMENT_ERROR_H
#define MUNIMENT_ERROR_H

#include <stdarg.h>

#if defined(__GNUC__)
#define MUN_API __attribute__((visibility("default")))
#define MUN_MUST_USE __attribute__((warn_unused_result))
#define MUN_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define MUN_API
#define MUN_MUST_USE
#define MUN_PRINTF(f, a)
#endif

/* What the caller can do about it decides the code. */
enum mun_status {
	MUN_OK = 0,
	MUN_ERR_USAGE,		/* the call is wrong: argument, option, state */
	MUN_ERR_SYSTEM,		/* the system refused: see mun_error.code */
	MUN_ERR_NOMEM,		/* memory ran out */
	MUN_ERR_NOT_FOUND,	/* the named thing is not there */
	MUN_ERR_EXISTS,		/* the named thing is there already */
	MUN_ERR_BUSY,		/* somebody else holds it; try again later */
	MUN_ERR_FORMAT,		/* bytes are not what their format demands */
	MUN_ERR_LIMIT,		/* larger than a limit of limits.h */
	MUN_ERR_UNSUPPORTED,	/* well-formed, but not handled here */
	MUN_ERR_CRYPTO,		/* a key or primitive refused */
	MUN_ERR_CANCELED,	/* the person or a callback said stop */
	MUN_ERR_INTERNAL	/* cannot happen; report it */
};

/* Whose vocabulary mun_error.code is in. */
enum mun_error_domain {
	MUN_DOMAIN_MUNIMENT = 0, /* code is 0 */
	MUN_DOMAIN_SYSTEM,	 /* errno */
	MUN_DOMAIN_OPENSSL,	 /* ERR_get_error() */
	MUN_DOMAIN_LIBARCHIVE,	 /* archive_errno() */
	MUN_DOMAIN_SQLITE,	 /* extended result code */
	MUN_DOMAIN_MAGIC	 /* magic_errno() */
};

enum { MUN_ERROR_TEXT_MAX = 2048 };

/*
 * One failure, with its chain of context, outermost first:
 *   deposit 'case-17': write 'XPF-0001.tar': No space left on device
 * The text may hold bytes of document names: print it through
 * mun_text_escape() only.  Caller-allocated, no memory to free.
 */
struct mun_error {
	enum mun_status status;
	enum mun_error_domain domain;
	int code;
	int line;
	const char *file;
	char text[MUN_ERROR_TEXT_MAX];
};

#define MUN_ERROR_INIT { .status = MUN_OK }

/*
 * mun_error_set - record a failure at its root.
 *
 * Overwrites *err (when not NULL) and returns status, so that a caller can
 * write: return mun_error_set(err, MUN_ERR_FORMAT, "line %zu is empty", n);
 * Text: lower case, no full stop, subject in single quotes.
 */
#define mun_error_set(err, status, ...)                                       \
	mun_error_never_ok(mun_error_set_at(                                  \
	    (err), (status), __FILE__, __LINE__, __VA_ARGS__))

/*
 * mun_error_system - the same for a failed system call; saved_errno is appended
 * as text.  ENOMEM gives MUN_ERR_NOMEM, ENOENT MUN_ERR_NOT_FOUND, EEXIST
 * MUN_ERR_EXISTS, all else MUN_ERR_SYSTEM.
 */
#define mun_error_system(err, saved_errno, ...)                               \
	mun_error_never_ok(mun_error_system_at(                               \
	    (err), (saved_errno), __FILE__, __LINE__, __VA_ARGS__))

/* mun_error_foreign - the same for a library's error; code is the library's. */
#define mun_error_foreign(err, status, domain, code, ...)                     \
	mun_error_never_ok(mun_error_foreign_at((err), (status), (domain),    \
	    (code), __FILE__, __LINE__, __VA_ARGS__))

/* A failure stays one, whatever status it was given; here, so that readers
 * and analyzers see that nothing after it runs as if all were well. */
static inline enum mun_status
mun_error_never_ok(enum mun_status status)
{
	return status == MUN_OK ? MUN_ERR_INTERNAL : status;
}

MUN_API enum mun_status mun_error_set_at(struct mun_error *err,
    enum mun_status status, const char *file, int line, const char *format, ...)
    MUN_PRINTF(5, 6);
MUN_API enum mun_status mun_error_system_at(struct mun_error *err,
    int saved_errno, const char *file, int line, const char *format, ...)
    MUN_PRINTF(5, 6);
MUN_API enum mun_status mun_error_foreign_at(struct mun_error *err,
    enum mun_status status, enum mun_error_domain domain, int code,
    const char *file, int line, const char *format, ...) MUN_PRINTF(7, 8);

/*
 * mun_error_wrap - put what this level knows before the text: "<new>: <old>".
 *
 * Keeps status, domain and code.  A text that does not fit is cut at its end
 * (the root cause), never overrun.
 */
MUN_API void mun_error_wrap(struct mun_error *err, const char *format, ...)
    MUN_PRINTF(2, 3);

#endif
