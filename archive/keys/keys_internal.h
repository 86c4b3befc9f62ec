/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keys_internal.h - what the files of keys/ share.
 *
 * child      a process of its own for everything that touches a private key
 * message    what goes over the socket between it and its parent
 * passphrase read from a file or asked on the terminal, in the child
 * keyfile    PKCS#8 out and in, scrypt held to a minimum
 * make       new keys and certificates
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
#define MUN_KEYS_LOG_KEY "log.key"

enum {
	MUN_KEYS_FILE_MAX = 32768, /* one key or certificate in PEM */
	MUN_KEYS_PASSPHRASE_MAX = 1024,
	MUN_KEYS_MESSAGE_MAX = 262144, /* one question or answer */
	MUN_KEYS_LOG_KEY_LEN = 32,
	MUN_KEYS_LOG_SIGNATURE_LEN = 64
};

/* --- message.c ---------------------------------------------------------- */

enum mun_keys_message {
	MUN_KEYS_SIGN_ACTOR = 'a',
	MUN_KEYS_SIGN_LOG = 'l',
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
/* In the child: close every descriptor but *fd, which may move. */
MUN_MUST_USE enum mun_status mun_keys_child_close_others(
    int *fd, struct mun_error *err);

/* --- passphrase.c ------------------------------------------------------- */

/* Lives in libcrypto's secure heap: locked, not dumped, wiped. */
struct mun_secret {
	char *text; /* NULL: none */
	size_t len;
};

MUN_MUST_USE enum mun_status mun_secret_read_file(
    struct mun_secret *secret, const char *path, struct mun_error *err);
/* Ask on the controlling terminal without echo; twice for a new one. */
MUN_MUST_USE enum mun_status mun_secret_ask(struct mun_secret *secret,
    const char *prompt, bool is_new, struct mun_error *err);
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

/* --- make.c ------------------------------------------------------------- */

/* A new P-256 key and its self-made certificate in canonical PEM. */
MUN_MUST_USE enum mun_status mun_keys_make_actor(EVP_PKEY **key,
    struct mun_buffer *certificate_pem, const char *pseudonym,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_keys_make_log(
    EVP_PKEY **key, struct mun_error *err);

/* --- folder.c ----------------------------------------------------------- */

MUN_MUST_USE enum mun_status mun_keys_open_folder(
    const char *folder, int *fd, struct mun_error *err);

/* --- serve.c ------------------------------------------------------------ */

struct mun_keys_serve {
	const char *folder;
	const struct mun_passphrase *passphrase;
};

/* A mun_keys_body; ctx is a struct mun_keys_serve.  Its first answer is the
 * log's public key and the actor's certificate in PEM. */
void mun_keys_serve(int fd, void *ctx);

#endif
