/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys.h - private keys, which never enter a process that parses.
 *
 * A keys folder belongs to one actor.  It holds, outside any vault:
 *   actor.key      PKCS#8, the actor's signing key; or, instead of it,
 *   actor.pkcs11   one line: the PKCS#11 URI (RFC 7512) of a key on a token
 *   actor.pem      the actor's certificate, canonical PEM
 *   log.key        PKCS#8, the log's Ed25519 key, if the actor may write to
 *                  the log
 *   actor.next.key, actor.next.pem, log.next.key
 *                  made for a rotation that is under way
 *   heads/<sha256 of origin and log key>   last checkpoint signed
 *   receipts/      receipts of deposits
 * Keys are encrypted with scrypt (N = 2^14, r = 8, p = 5) and AES-256-CBC unless
 * made with no passphrase.  Refused on load, before anything is derived: N below
 * 2^14, r below 8, or less work (N r p) than N = 2^15, r = 8, p = 1.  N itself
 * is not 2^15 because libcrypto 3.0 refuses a scrypt of 32 MiB: keys have to
 * open with `openssl pkey` too.
 *
 * struct mun_signer is a child process of its own: it reads the passphrase,
 * loads the keys, and answers "sign this".  The caller's process holds no key.
 * It ends with its parent, more exactly with the thread that opened it.
 * Everything else that touches a private key (making, importing, copying,
 * backing up) happens in such a child too.
 *
 * Thread rule: everything here that makes or opens keys forks; call it while
 * the process has one thread.  A signer belongs to one thread at a time.
 *
 * Spec: docs/format/vault.md, "The keys folder".
 */
#ifndef MUNIMENT_KEYS_H
#define MUNIMENT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"

/*
 * Where a passphrase comes from.  Of a folder whose actor.pkcs11 names a
 * token, two are asked for: the token's PIN, and the passphrase of log.key if
 * that is there and encrypted: the first and the second line, or two questions.
 */
struct mun_passphrase {
	const char *file; /* a path whose first line it is; or NULL */
	bool none; /* keys are not encrypted (a PIN is asked for
				 * all the same) */
	/* neither file, none nor has_fd: asked on the controlling terminal
	 * (MUN_ERR_USAGE when there is none), with `prompt` as the question */
	const char *prompt;
	/* Read from fd, open in the caller: no further than the end of each
	 * line needed, and only in the child. */
	bool has_fd;
	int fd;
};

/* The kinds of an actor's key; each fixes its digest (CMS profile). */
enum mun_keys_kind {
	MUN_KEYS_P256 = 0, /* ECDSA P-256, SHA-256 */
	MUN_KEYS_P384, /* ECDSA P-384, SHA-384 */
	MUN_KEYS_RSA3072, /* RSA of 3072 bits; at least, where imported */
	MUN_KEYS_KINDS
};
/* "p256", "p384", "rsa3072". */
MUN_API const char *mun_keys_kind_text(enum mun_keys_kind kind);
/* MUN_ERR_USAGE with the list for another text. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_kind_from_text(
    enum mun_keys_kind *kind, const char *text, struct mun_error *err);

/* Whether a new keys folder gets a log key. */
enum mun_keys_log {
	MUN_KEYS_LOG_NEW = 0, /* a new one, for a vault about to be made */
	MUN_KEYS_LOG_NONE, /* its actor may not write to a log */
	MUN_KEYS_LOG_COPY /* that of another keys folder */
};

/* Zero means default throughout. */
struct mun_keys_options {
	const char *folder; /* made with mode 0700 if absent */
	const char *pseudonym; /* common name of a self-made certificate */
	struct mun_passphrase passphrase;
	bool allow_volatile; /* a folder that power-off empties is accepted */
	enum mun_keys_kind kind; /* of a new actor key */

	enum mun_keys_log log;
	/* MUN_KEYS_LOG_COPY: the folder whose log key it is, and what opens
	 * it.  It is encrypted anew with this folder's passphrase. */
	const char *log_from;
	struct mun_passphrase log_from_passphrase;

	/*
	 * An actor key made elsewhere.  import_key: a file with a private key
	 * in PEM (PKCS#8, SEC 1 or PKCS#1, encrypted or not) or a PKCS#12 file;
	 * import_certificate: a file with its certificate in PEM, NULL when the
	 * first holds that too.  Of several certificates the one that fits the
	 * key is taken.  The passphrase is asked for only if one is needed.
	 */
	const char *import_key;
	const char *import_certificate;
	struct mun_passphrase import_passphrase;

	/*
	 * An actor key that stays on a token: its URI, which must name a key
	 * with `object` or `id` and holds no PIN; module is the PKCS#11 module
	 * for a URI without module-path.  import_certificate is its
	 * certificate; NULL: one is made for `pseudonym`, signed by the token.
	 */
	const char *token_uri;
	const char *token_module;
	/* "NAME=VALUE", NULL at the end: what the module finds in its
	 * environment.  NULL: nothing. */
	const char *const *environment;

	/* Also a recovery key, as mun_keys_create_recovery makes one. */
	const char *recovery_path;
	/* Of it alone: from its file, or asked for with its prompt where the
	 * keys' own is asked for; else it is the keys' own. */
	struct mun_passphrase recovery_passphrase;
};

/* Make the keys folder.  MUN_ERR_EXISTS when it holds keys already; nothing is
 * left behind on failure.  Durable when it returns.  Also MUN_ERR_USAGE (bad
 * pseudonym, URI, sources), MUN_ERR_NOT_FOUND (no such file, token or key on
 * it), MUN_ERR_FORMAT (a file that is no key or certificate), MUN_ERR_CRYPTO
 * (wrong passphrase or PIN, a certificate unfit to sign or of another key). */
MUN_API MUN_MUST_USE enum mun_status mun_keys_create(
    const struct mun_keys_options *options, struct mun_error *err);
/* Remove what mun_keys_create made (init failed later), and the heads kept
 * beside it; the folder itself stays. */
MUN_API void mun_keys_discard(const char *folder);
/* Make a recovery key (P-256) and certificate: certificate to
 * *certificate_pem, the encrypted private key to a new file at path (mode
 * 0600), to be taken off the machine. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_create_recovery(const char *path,
    const struct mun_passphrase *passphrase, struct mun_buffer *certificate_pem,
    struct mun_error *err);
/* Whether the file system at path forgets at power-off (tmpfs, ramfs,
 * overlay). */
MUN_API MUN_MUST_USE enum mun_status mun_keys_folder_is_volatile(
    const char *path, bool *is_volatile, struct mun_error *err);

/* What a keys folder says without a passphrase. */
struct mun_keys_info {
	struct mun_buffer name; /* the certificate's; hostile: escape it */
	uint8_t certificate_sha256[32]; /* of its DER */
	enum mun_keys_kind kind;
	int64_t not_before_utc_s, not_after_utc_s;
	bool is_on_token;
	struct mun_buffer token_uri; /* empty: none; hostile */
	bool actor_is_encrypted;
	bool has_log_key, log_is_encrypted;
	bool has_next_actor, has_next_log; /* a rotation is under way */
	size_t heads; /* logs whose head is kept */
};
/* MUN_ERR_NOT_FOUND: no folder, or no keys in it.  Free *info whatever comes
 * back. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_describe(
    const char *folder, struct mun_keys_info *info, struct mun_error *err);
MUN_API void mun_keys_info_free(struct mun_keys_info *info);

/* ---- rotation: a new key beside the old ---- */

/*
 * Prepare makes a key beside the one in use, encrypted under the folder's
 * passphrase (which has to open the key in use); the event that says so is the
 * caller's; once it is committed, adopt puts the new key in the place of the
 * old, which is gone then.  Discard takes back what was prepared.
 *
 * A crash leaves the old key in use with or without a prepared one beside it,
 * or, in the middle of adopting, a state that the next open of the folder
 * completes.  So after a crash: if the log names the prepared key, adopt; if
 * not, discard.
 *
 * MUN_ERR_EXISTS: something is prepared already.  MUN_ERR_UNSUPPORTED: the
 * actor's key is on a token; make a keys folder of its own for the new key.
 */
MUN_API MUN_MUST_USE enum mun_status mun_keys_prepare_actor(const char *folder,
    enum mun_keys_kind kind, const char *pseudonym,
    const struct mun_passphrase *passphrase, struct mun_buffer *certificate_pem,
    struct mun_error *err);
/* public_key: of the new log key.  A folder without log.key may get its first
 * one so: then the passphrase has to open its actor.key. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_prepare_log(const char *folder,
    const struct mun_passphrase *passphrase, uint8_t public_key[32],
    struct mun_error *err);
/* The prepared certificate; MUN_ERR_NOT_FOUND if none (or not whole). */
MUN_API MUN_MUST_USE enum mun_status mun_keys_read_next_actor(
    const char *folder, struct mun_buffer *certificate_pem,
    struct mun_error *err);
/* MUN_ERR_NOT_FOUND: nothing is prepared.  Durable when they return. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_adopt_actor(
    const char *folder, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_keys_adopt_log(
    const char *folder, struct mun_error *err);
/* What is prepared goes: the actor's, or the log's; nothing prepared is no
 * error.  Only for a key that no log can name: one that a log names is lost
 * with it. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_discard_next(
    const char *folder, bool log_key, struct mun_error *err);

/* ---- backup ---- */

/*
 * mun_keys_backup - write all keys of the folder to a new file (mode 0600).
 *
 * vault          fingerprint to be written into it, NULL: none
 * allow_plain    also keys that have no passphrase; else MUN_ERR_USAGE
 * text           appended: the file's text, for pages to print; nothing when
 *                a key in it is not encrypted.  NULL: not wanted
 *
 * No passphrase is needed: encrypted keys stay encrypted as they are.  Kept
 * heads and receipts are not in it.  MUN_ERR_EXISTS, MUN_ERR_CRYPTO (a key
 * file is damaged).  Spec: docs/format/vault.md, "A backup of keys".
 */
MUN_API MUN_MUST_USE enum mun_status mun_keys_backup(const char *folder,
    const char *path, const uint8_t vault[32], bool allow_plain,
    struct mun_buffer *text, struct mun_error *err);
/* The same for a folder given anew from the file at path, or from the pieces
 * of a printed page in any order.  MUN_ERR_FORMAT: the line that is wrong, or
 * the piece that is missing; nothing is left then.  MUN_ERR_EXISTS. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_restore(const char *path,
    const char *folder, bool allow_volatile, struct mun_error *err);
/* Split a backup's text into pieces of at most piece_max bytes (at least 128),
 * each with its number in its first line; *count of them, one after the other
 * in *pieces, each ended by a NUL. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_split_backup(const char *text,
    size_t piece_max, struct mun_buffer *pieces, size_t *count,
    struct mun_error *err);

/* ---- signing ---- */

struct mun_signer;

struct mun_signer_options {
	const char *folder;
	struct mun_passphrase passphrase;
	bool log_is_optional; /* a folder without log.key is opened too */
	bool with_next_log; /* log.next.key is loaded if it is there */
	const char *const *environment; /* as in mun_keys_options */

	/*
	 * Events are signed with the recovery key in this file, whose
	 * certificate is recovery_pem (canonical PEM), and not with the
	 * folder's actor key, which need not be there; the log's keys are the
	 * folder's all the same.  NULL: the actor signs.
	 */
	const char *recovery_path;
	const char *recovery_pem;
	struct mun_passphrase recovery_passphrase;
};

/* Start the signer process and have it load the keys.  MUN_ERR_NOT_FOUND (no
 * keys there, no such token, no such key on it), MUN_ERR_CRYPTO (wrong
 * passphrase or PIN, PIN locked, weak scrypt, damaged key, certificate of
 * another key; a recovery key that is another one), MUN_ERR_CANCELED.  A PIN is tried once. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_open_with(
    struct mun_signer **out, const struct mun_signer_options *options,
    struct mun_error *err);
/* The same with a log key and nothing else said. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_open(struct mun_signer **out,
    const char *folder, const struct mun_passphrase *passphrase,
    struct mun_error *err);
/* mun_keys_create, and a signer on what was made, with no passphrase asked for
 * again.  recovery_pem: appended, the certificate of recovery_path; NULL where
 * that is. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_create(struct mun_signer **out,
    const struct mun_keys_options *options, struct mun_buffer *recovery_pem,
    struct mun_error *err);
MUN_API void mun_signer_close(struct mun_signer *signer);
/* Canonical PEM of the actor's certificate.  Borrowed. */
MUN_API const char *mun_signer_certificate_pem(const struct mun_signer *signer);
/* The log's raw public key; NULL: it has none.  Borrowed, 32 bytes. */
MUN_API const uint8_t *mun_signer_log_key(const struct mun_signer *signer);
/* The prepared one's; NULL: there is none, or it was not asked for. */
MUN_API const uint8_t *mun_signer_next_log_key(const struct mun_signer *signer);
/* Sign message as the CMS profile demands (digest by key kind; ECDSA answers
 * are normalised to s <= n/2).  Appends the signature value. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_sign_actor(
    struct mun_signer *signer, const void *message, size_t len,
    struct mun_buffer *value, struct mun_error *err);
/* Ed25519 over message, by the log key, by the prepared one.
 * MUN_ERR_NOT_FOUND: the signer has no such key. */
MUN_API MUN_MUST_USE enum mun_status mun_signer_sign_log(
    struct mun_signer *signer, const void *message, size_t len,
    uint8_t signature[64], struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_signer_sign_log_next(
    struct mun_signer *signer, const void *message, size_t len,
    uint8_t signature[64], struct mun_error *err);

/* The last checkpoint this signer signed for a log (identified by its vkey
 * text); NOT_FOUND if none. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_read_head(const char *folder,
    const char *vkey, struct mun_buffer *checkpoint, struct mun_error *err);
/* The largest tree size of the heads that the folder keeps of the log with that
 * origin, whatever key signed them (a log changes its key), and where that head
 * lies (path may be NULL).  Nothing is verified here.  MUN_ERR_NOT_FOUND: it
 * keeps none. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_newest_head(const char *folder,
    const char *origin, uint64_t *size, struct mun_buffer *path,
    struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_keys_write_head(const char *folder,
    const char *vkey, const void *checkpoint, size_t len,
    struct mun_error *err);

/*
 * What waits in the keys folder for an answer from outside: files in
 * requests/, named by 64 hex digits, of at most 16384 bytes.  Not in a vault,
 * which holds nothing that its log does not name; no secret.
 */
MUN_API MUN_MUST_USE enum mun_status mun_keys_write_request(const char *folder,
    const uint8_t name[32], const void *bytes, size_t len,
    struct mun_error *err);
/* Absent is no error. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_remove_request(
    const char *folder, const uint8_t name[32], struct mun_error *err);
typedef enum mun_status mun_keys_request_visit(void *ctx,
    const uint8_t name[32], const void *bytes, size_t len,
    struct mun_error *err);
/* In no order; without such a folder, none. */
MUN_API MUN_MUST_USE enum mun_status mun_keys_each_request(const char *folder,
    mun_keys_request_visit *visit, void *ctx, struct mun_error *err);

#endif
