/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys_internal.h - what the files of keys/ share.
 *
 * child      a process of its own for everything that touches a private key
 * message    what goes over the socket between it and its parent
 * passphrase read from a file, a descriptor or the terminal, in the child
 * keyfile    PKCS#8 out and in, scrypt held to a minimum
 * actor      an actor's key, here or on a token: signs by its kind
 * token      PKCS#11
 * make       new keys; certify their certificates; import others' keys
 * load       a keys folder into memory
 * next       a new key beside the one in use
 * serve      the child that signs; signer its parent's side
 */
#ifndef MUN_KEYS_INTERNAL_H
#define MUN_KEYS_INTERNAL_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "muniment/buffer.h"
#include "muniment/keys.h"
#include "trust/certificate.h"

#define MUN_KEYS_ACTOR_KEY "actor.key"
#define MUN_KEYS_ACTOR_PEM "actor.pem"
#define MUN_KEYS_ACTOR_TOKEN "actor.pkcs11"
#define MUN_KEYS_LOG_KEY "log.key"
#define MUN_KEYS_NEXT_KEY "actor.next.key"
#define MUN_KEYS_NEXT_PEM "actor.next.pem"
#define MUN_KEYS_NEXT_LOG_KEY "log.next.key"

enum {
	MUN_KEYS_FILE_MAX = 32768, /* one key or certificate in PEM */
	MUN_KEYS_PASSPHRASE_MAX = 1024,
	MUN_KEYS_MESSAGE_MAX = 262144, /* one question or answer */
	MUN_KEYS_SIGNATURE_MAX = 1024, /* RSA of 8192 bits */
	MUN_KEYS_URI_MAX = 4096, /* a line of actor.pkcs11 */
	MUN_KEYS_LOG_KEY_LEN = 32,
	MUN_KEYS_LOG_SIGNATURE_LEN = 64
};

/* --- message.c ---------------------------------------------------------- */

enum mun_keys_message {
	MUN_KEYS_SIGN_ACTOR = 'a',
	MUN_KEYS_SIGN_LOG = 'l',
	MUN_KEYS_SIGN_LOG_NEXT = 'n',
	MUN_KEYS_DONE = 'd',
	MUN_KEYS_FAILED = 'f'
};

/* false: the other side is gone. */
bool mun_keys_send(
    int fd, enum mun_keys_message kind, const void *bytes, size_t len);
/* Receive one message into *bytes (reset first); false: the other side is
 * gone, or says what it must not. */
bool mun_keys_receive(int fd, uint8_t *kind, struct mun_buffer *bytes);
/* The child's last word on a failure. */
void mun_keys_send_failure(int fd, const struct mun_error *err);
/* The parent's reading of an answer: MUN_OK with its bytes, or the child's
 * failure in *err. */
MUN_MUST_USE enum mun_status mun_keys_receive_answer(
    int fd, struct mun_buffer *bytes, struct mun_error *err);

/* --- child.c ------------------------------------------------------------ */

struct mun_keys_child {
	pid_t pid;
	int fd; /* the parent's end of the socket */
};

/* Runs in the child, which ends when it returns. */
typedef void mun_keys_body(int fd, void *ctx);

/*
 * mun_keys_child_start - fork a process that runs body and nothing else.
 *
 * It cannot be dumped or traced, leaves no core, and gets SIGTERM when its
 * parent dies.  Must be called while the process has one thread only.
 */
MUN_MUST_USE enum mun_status mun_keys_child_start(struct mun_keys_child *child,
    mun_keys_body *body, void *ctx, struct mun_error *err);
/* End it and wait for it. */
void mun_keys_child_end(struct mun_keys_child *child);
/* Start a child for an errand, take its answer, and end it. */
MUN_MUST_USE enum mun_status mun_keys_child_run(mun_keys_body *body, void *ctx,
    struct mun_buffer *answer, struct mun_error *err);
/* A body's last step: *status says whether answer or err is sent. */
void mun_keys_send_outcome(int fd, enum mun_status status,
    const struct mun_buffer *answer, const struct mun_error *err);
/* In the child: close every descriptor but *fd, which may move. */
MUN_MUST_USE enum mun_status mun_keys_child_close_others(
    int *fd, struct mun_error *err);

/* --- passphrase.c ------------------------------------------------------- */

/* Lives in libcrypto's secure heap: locked, not dumped, wiped. */
struct mun_secret {
	char *text; /* NULL: none */
	size_t len;
};

/* Read a line (0 or 1) of a file, or the next one of a descriptor. */
MUN_MUST_USE enum mun_status mun_secret_read(struct mun_secret *secret,
    const struct mun_passphrase *passphrase, size_t line,
    struct mun_error *err);
/* Ask on the controlling terminal without echo; twice for a new one. */
MUN_MUST_USE enum mun_status mun_secret_ask(struct mun_secret *secret,
    const char *prompt, bool is_new, struct mun_error *err);
/* One secret that an errand needs, and where it is from. */
struct mun_secret_want {
	struct mun_secret *secret;
	const struct mun_passphrase *source; /* NULL: not needed after all */
	size_t line; /* of a file or descriptor: 0, or 1 for the second */
	const char *prompt;
	bool is_new; /* asked twice on a terminal */
};
/* Take those that are in files and descriptors; then nothing is open but *fd,
 * which may move.  What was read before a failure is the caller's to clear. */
MUN_MUST_USE enum mun_status mun_secret_take(
    const struct mun_secret_want *wants, size_t count, int *fd,
    struct mun_error *err);
/* Ask for the others on the terminal. */
MUN_MUST_USE enum mun_status mun_secret_ask_rest(
    const struct mun_secret_want *wants, size_t count, struct mun_error *err);
void mun_secret_clear(struct mun_secret *secret);
/* Wipe and free a buffer that held a key. */
void mun_secret_free_buffer(struct mun_buffer *buf);

/* --- keyfile.c ---------------------------------------------------------- */

bool mun_keys_is_encrypted(const struct mun_buffer *pem);
/* PKCS#8 in PEM; encrypted when the secret has a text. */
MUN_MUST_USE enum mun_status mun_keys_encode(struct mun_buffer *pem,
    const EVP_PKEY *key, const struct mun_secret *secret,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_keys_decode(EVP_PKEY **key,
    const struct mun_buffer *pem, const struct mun_secret *secret,
    struct mun_error *err);

/* The same into a new file (mode 0600). */
MUN_MUST_USE enum mun_status mun_keys_put(int dir_fd, const char *path,
    const EVP_PKEY *key, const struct mun_secret *secret,
    struct mun_error *err);

/* --- actor.c ------------------------------------------------------------ */

struct mun_keys_token;

/* Exactly one of key and token, once it is loaded. */
struct mun_keys_actor {
	EVP_PKEY *key; /* owned */
	struct mun_keys_token *token; /* owned */
	enum mun_key_kind kind;
};

/* The digest that a kind of key signs. */
const EVP_MD *mun_keys_digest(enum mun_key_kind kind);
/* Sign message in the one form that verifies; appended to value. */
MUN_MUST_USE enum mun_status mun_keys_actor_sign(
    const struct mun_keys_actor *actor, const void *message, size_t len,
    struct mun_buffer *value, struct mun_error *err);
/* One signature over digest by a key in memory, as libcrypto gives it; digest
 * NULL for Ed25519. */
MUN_MUST_USE enum mun_status mun_keys_sign_raw(struct mun_buffer *value,
    EVP_PKEY *key, const EVP_MD *digest, const void *message, size_t len,
    struct mun_error *err);
/* That the certificate may sign, is this key's, and that what the key signs
 * verifies under it.  Sets actor->kind. */
MUN_MUST_USE enum mun_status mun_keys_actor_match(struct mun_keys_actor *actor,
    const struct mun_certificate *certificate, struct mun_error *err);
void mun_keys_actor_clear(struct mun_keys_actor *actor);

/* --- make.c, certify.c -------------------------------------------------- */

/* A new key of that kind and its self-made certificate in canonical PEM. */
MUN_MUST_USE enum mun_status mun_keys_make_actor(struct mun_keys_actor *actor,
    struct mun_buffer *certificate_pem, enum mun_keys_kind kind,
    const char *pseudonym, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_keys_make_log(
    EVP_PKEY **key, struct mun_error *err);
/* The raw public key; MUN_ERR_CRYPTO: it is no Ed25519 key. */
MUN_MUST_USE enum mun_status mun_keys_log_public(const EVP_PKEY *key,
    const char *name, uint8_t out[MUN_KEYS_LOG_KEY_LEN], struct mun_error *err);
/* A self-made certificate for the actor's key, whose public half is given. */
MUN_MUST_USE enum mun_status mun_keys_certify(struct mun_buffer *pem,
    const struct mun_keys_actor *actor, EVP_PKEY *public_key,
    const char *pseudonym, struct mun_error *err);

/* --- import.c ----------------------------------------------------------- */

/* A file somebody else made, read before descriptors are closed. */
struct mun_keys_import {
	struct mun_buffer key; /* PEM or PKCS#12 */
	struct mun_buffer certificate; /* PEM; empty: key has it */
};

MUN_MUST_USE enum mun_status mun_keys_import_read(
    struct mun_keys_import *import, const struct mun_keys_options *options,
    struct mun_error *err);
/* Whether the key in it has a passphrase. */
bool mun_keys_import_is_encrypted(const struct mun_keys_import *import);
/* The key, and the certificate that fits it in canonical PEM. */
MUN_MUST_USE enum mun_status mun_keys_import_decode(
    struct mun_keys_actor *actor, struct mun_buffer *certificate_pem,
    const struct mun_keys_import *import, const struct mun_secret *secret,
    struct mun_error *err);
/* Of the certificates in PEM the one that is the key's. */
MUN_MUST_USE enum mun_status mun_keys_import_certificate(
    struct mun_buffer *certificate_pem, struct mun_keys_actor *actor,
    const struct mun_buffer *pem, struct mun_error *err);
void mun_keys_import_clear(struct mun_keys_import *import);

/* --- folder.c ----------------------------------------------------------- */

MUN_MUST_USE enum mun_status mun_keys_open_folder(
    const char *folder, int *fd, struct mun_error *err);
/* Whether dir_fd has something of that name. */
bool mun_keys_has(int dir_fd, const char *name);

/* --- load.c ------------------------------------------------------------- */

/* What the signing child holds. */
struct mun_keys_held {
	struct mun_keys_actor actor;
	EVP_PKEY *log, *log_next; /* owned; NULL: none */
	struct mun_buffer certificate_pem;
	uint8_t log_public[MUN_KEYS_LOG_KEY_LEN];
	uint8_t log_next_public[MUN_KEYS_LOG_KEY_LEN];
};
#define MUN_KEYS_HELD_INIT                                            \
	{                                                             \
		.certificate_pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX) \
	}

/* Take the passphrase, and load everything; then nothing is open but *fd and
 * what a token's module opened. */
MUN_MUST_USE enum mun_status mun_keys_load(struct mun_keys_held *held,
    const struct mun_signer_options *options, int *fd, struct mun_error *err);
void mun_keys_held_clear(struct mun_keys_held *held);
/* Append a file of the folder; MUN_ERR_NOT_FOUND says what is missing. */
MUN_MUST_USE enum mun_status mun_keys_read_part(int dir_fd, const char *name,
    struct mun_buffer *out, struct mun_error *err);
/* mun_keys_decode, its failures under the file's name. */
MUN_MUST_USE enum mun_status mun_keys_decode_part(EVP_PKEY **key,
    const char *name, const struct mun_buffer *pem,
    const struct mun_secret *secret, struct mun_error *err);

/* --- next.c ------------------------------------------------------------- */

/* Complete what an adoption that was cut short has left; else nothing. */
MUN_MUST_USE enum mun_status mun_keys_finish_adoption(
    int dir_fd, struct mun_error *err);

/* --- create.c ----------------------------------------------------------- */

/* In the child: carry options out and hold what was made.  recovery_pem: of a
 * recovery key, if one was wanted. */
MUN_MUST_USE enum mun_status mun_keys_fill(struct mun_keys_held *held,
    struct mun_buffer *recovery_pem, const struct mun_keys_options *options,
    int *fd, struct mun_error *err);
/* In the parent, around that: the folder, and that it holds no keys.
 * *is_clear: keys found there later are ours to discard. */
MUN_MUST_USE enum mun_status mun_keys_begin(
    const struct mun_keys_options *options, bool *made_folder, bool *is_clear,
    struct mun_error *err);
void mun_keys_take_back(
    const struct mun_keys_options *options, bool made_folder, bool is_clear);

/* --- serve.c ------------------------------------------------------------ */

/* One of the two: open a folder, or make it first. */
struct mun_keys_serve {
	const struct mun_signer_options *open;
	const struct mun_keys_options *create;
};

/*
 * A mun_keys_body; ctx is a struct mun_keys_serve.  Its first answer is one
 * octet (1: has a log key, 2: has a prepared one), the two public keys (zeros
 * where there is none), two octets of length, the actor's certificate in PEM
 * of that length, and the recovery certificate, if any.
 */
void mun_keys_serve(int fd, void *ctx);
enum {
	MUN_KEYS_HELLO_LOG = 1,
	MUN_KEYS_HELLO_LOG_NEXT = 2,
	MUN_KEYS_HELLO_LEN = 1 + 2 * MUN_KEYS_LOG_KEY_LEN + 2
};

#endif
