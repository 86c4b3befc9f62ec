/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passphrase.c - reads a passphrase in the child that needs it.
 *
 * On the terminal echo is off while a person types, and on again however that
 * ends: signals are taken from a descriptor next to the terminal's, so there
 * is no handler and no moment between them.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "keys/keys_internal.h"

enum {
	TRIES_MAX = 3
};

struct terminal {
	int fd;
	int signal_fd;
	sigset_t signals; /* those that would end or stop us */
	struct termios saved;
};

static enum mun_status
secret_new(struct mun_secret *secret, struct mun_error *err)
{
	secret->len = 0;
	secret->text = OPENSSL_secure_zalloc(MUN_KEYS_PASSPHRASE_MAX + 1);
	if (secret->text == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "no memory for a passphrase");
	return MUN_OK;
}

void
mun_secret_clear(struct mun_secret *secret)
{
	OPENSSL_secure_clear_free(secret->text, MUN_KEYS_PASSPHRASE_MAX + 1);
	secret->text = NULL;
	secret->len = 0;
}

void
mun_secret_free_buffer(struct mun_buffer *buf)
{
	if (buf->data != NULL)
		OPENSSL_cleanse(buf->data, buf->capacity);
	mun_buffer_free(buf);
}

/* Take the line's end away; whether a passphrase remains. */
static bool
keep_line(struct mun_secret *secret)
{
	const char *end = memchr(secret->text, '\n', secret->len);

	if (end != NULL)
		secret->len = (size_t)(end - secret->text);
	/* A file from Windows; on a terminal it cannot be typed. */
	if (secret->len > 0 && secret->text[secret->len - 1] == '\r')
		secret->len--;
	secret->text[secret->len] = '\0';
	return secret->len > 0;
}

/* --- from a file or descriptor ------------------------------------------ */

/* Where a line is read from, for messages. */
struct line_source {
	int fd;
	const char *path; /* NULL: the caller's descriptor */
	size_t line; /* from 0 */
};

static enum mun_status
refuse_line(const struct line_source *source, enum mun_status status,
    const char *what, struct mun_error *err)
{
	const char *which = source->line == 0 ? "first" : "second";

	if (source->path != NULL)
		return mun_error_set(err, status,
		    "passphrase file '%s': the %s line %s", source->path, which,
		    what);
	return mun_error_set(err, status,
	    "passphrase descriptor %d: the %s line %s", source->fd, which,
	    what);
}

/*
 * Read up to the end of a line, octet by octet: what comes after it on a pipe
 * is for whoever asks next, and its writer need not have closed it.
 */
static enum mun_status
read_source_line(const struct line_source *source, struct mun_secret *secret,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	size_t got = 0;

	secret->len = 0;
	do {
		if (secret->len == MUN_KEYS_PASSPHRASE_MAX) {
			status = refuse_line(source, MUN_ERR_LIMIT,
			    "is longer than the 1024 bytes it may have", err);
			goto out;
		}
		MUN_TRY(mun_file_read_full(
		    source->fd, secret->text + secret->len, 1, &got, err));
		secret->len += got;
	} while (got == 1 && secret->text[secret->len - 1] != '\n');
out:
	if (status == MUN_ERR_SYSTEM)
		mun_error_wrap(err, "passphrase %s",
		    source->path != NULL ? source->path : "descriptor");
	return status;
}

static enum mun_status
open_source(struct line_source *source, const struct mun_passphrase *passphrase,
    struct mun_error *err)
{
	source->path = passphrase->file;
	source->fd = passphrase->fd;
	if (passphrase->file == NULL)
		return MUN_OK;
	source->fd = open(passphrase->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (source->fd < 0)
		return mun_error_system(
		    err, errno, "passphrase file '%s'", passphrase->file);
	return MUN_OK;
}

enum mun_status
mun_secret_read(struct mun_secret *secret,
    const struct mun_passphrase *passphrase, size_t line, struct mun_error *err)
{
	struct line_source source = { .fd = -1, .line = line };
	enum mun_status status;

	MUN_TRY(secret_new(secret, err));
	MUN_TRY(open_source(&source, passphrase, err));
	/* A descriptor has been read up to the line asked for; a file is read
	 * from its beginning each time. */
	for (size_t skip = source.path != NULL ? line : 0; skip > 0; skip--)
		MUN_TRY(read_source_line(&source, secret, err));
	MUN_TRY(read_source_line(&source, secret, err));
	if (!keep_line(secret))
		status = refuse_line(&source, MUN_ERR_USAGE,
		    line == 0 ? "is empty"
			      : "is missing: the first is the token's PIN, the "
				"second the passphrase of 'log.key'",
		    err);
out:
	if (source.path != NULL)
		mun_file_close(&source.fd);
	if (status != MUN_OK)
		mun_secret_clear(secret);
	return status;
}

/* --- on the terminal ---------------------------------------------------- */

static void
say(const struct terminal *terminal, const char *text)
{
	ssize_t ignored = write(terminal->fd, text, strlen(text));

	/* A terminal that cannot be written to will not answer either. */
	(void)ignored;
}

static enum mun_status
open_terminal(
    struct terminal *terminal, const char *prompt, struct mun_error *err)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
		SIGTSTP };

	terminal->signal_fd = -1;
	sigemptyset(&terminal->signals);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaddset(&terminal->signals, numbers[i]);
	terminal->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal->fd < 0 || tcgetattr(terminal->fd, &terminal->saved) != 0)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "there is no terminal to ask on, '%.*s': give it in a "
		    "file (--passphrase-file; for a folder, key or token "
		    "beside those, the option like it that --help names)",
		    (int)strcspn(prompt, ":"), prompt);
	terminal->signal_fd =
	    signalfd(-1, &terminal->signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (terminal->signal_fd < 0)
		return mun_error_system(err, errno, "watch for signals");
	return MUN_OK;
}

static void
close_terminal(struct terminal *terminal)
{
	mun_file_close(&terminal->signal_fd);
	mun_file_close(&terminal->fd);
}

static void
echo_off(const struct terminal *terminal)
{
	struct termios silent = terminal->saved;

	sigprocmask(SIG_BLOCK, &terminal->signals, NULL);
	silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	(void)tcsetattr(terminal->fd, TCSAFLUSH, &silent);
}

static void
echo_on(const struct terminal *terminal)
{
	(void)tcsetattr(terminal->fd, TCSAFLUSH, &terminal->saved);
	sigprocmask(SIG_UNBLOCK, &terminal->signals, NULL);
	/* The line end that was not echoed. */
	say(terminal, "\n");
}

/* Wait for a line or a signal; 0 for a line. */
static int
wait_for_line(const struct terminal *terminal)
{
	struct pollfd fds[2] = { { .fd = terminal->fd, .events = POLLIN },
		{ .fd = terminal->signal_fd, .events = POLLIN } };
	struct signalfd_siginfo info;

	for (;;) {
		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return SIGTERM;
		}
		if (fds[1].revents != 0 &&
		    read(terminal->signal_fd, &info, sizeof(info)) ==
			(ssize_t)sizeof(info))
			return (int)info.ssi_signo;
		if (fds[0].revents != 0)
			return 0;
	}
}

static enum mun_status
read_line(const struct terminal *terminal, struct mun_secret *secret,
    const char *prompt, struct mun_error *err)
{
	ssize_t got = -1;
	int signal_number;

	do {
		say(terminal, prompt);
		echo_off(terminal);
		signal_number = wait_for_line(terminal);
		if (signal_number == 0)
			got = read(terminal->fd, secret->text,
			    MUN_KEYS_PASSPHRASE_MAX);
		echo_on(terminal);
		/* Stop with the terminal as it was, ask again when woken. */
		if (signal_number == SIGTSTP)
			(void)raise(SIGTSTP);
	} while (signal_number == SIGTSTP);
	if (signal_number != 0 || got <= 0)
		return mun_error_set(
		    err, MUN_ERR_CANCELED, "no passphrase was given");
	secret->len = (size_t)got;
	if (!keep_line(secret))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "the passphrase is empty");
	return MUN_OK;
}

/* A typing mistake in a new passphrase would lose the keys. */
static enum mun_status
read_twice(const struct terminal *terminal, struct mun_secret *secret,
    const char *prompt, struct mun_error *err)
{
	struct mun_secret again = { NULL, 0 };
	enum mun_status status;
	bool are_same = false;

	MUN_TRY(secret_new(&again, err));
	for (int i = 0; i < TRIES_MAX && !are_same; i++) {
		MUN_TRY(read_line(terminal, secret, prompt, err));
		MUN_TRY(
		    read_line(terminal, &again, "The same once more: ", err));
		are_same = secret->len == again.len &&
		    CRYPTO_memcmp(secret->text, again.text, again.len) == 0;
		if (!are_same)
			say(terminal, "They differ.\n");
	}
	status = MUN_OK;
	if (!are_same)
		status = mun_error_set(err, MUN_ERR_CANCELED,
		    "the two passphrases differed each time");
out:
	mun_secret_clear(&again);
	return status;
}

enum mun_status
mun_secret_ask(struct mun_secret *secret, const char *prompt, bool is_new,
    struct mun_error *err)
{
	struct terminal terminal;
	enum mun_status status;

	if (prompt == NULL)
		prompt = "Passphrase: ";
	status = open_terminal(&terminal, prompt, err);
	if (status == MUN_OK)
		status = secret_new(secret, err);
	if (status == MUN_OK && is_new)
		status = read_twice(&terminal, secret, prompt, err);
	else if (status == MUN_OK)
		status = read_line(&terminal, secret, prompt, err);
	close_terminal(&terminal);
	if (status != MUN_OK)
		mun_secret_clear(secret);
	return status;
}

/* --- all that an errand needs ------------------------------------------- */

static bool
is_on_terminal(const struct mun_secret_want *want)
{
	return want->source != NULL && want->source->file == NULL &&
	    !want->source->has_fd;
}

enum mun_status
mun_secret_take(const struct mun_secret_want *wants, size_t count, int *fd,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	/* Before closing: the path may be /dev/stdin, or a shell's pipe. */
	for (size_t i = 0; i < count; i++)
		if (wants[i].source != NULL && !is_on_terminal(&wants[i]))
			MUN_TRY(mun_secret_read(wants[i].secret,
			    wants[i].source, wants[i].line, err));
	MUN_TRY(mun_keys_child_close_others(fd, err));
out:
	return status;
}

enum mun_status
mun_secret_ask_rest(
    const struct mun_secret_want *wants, size_t count, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < count; i++)
		if (is_on_terminal(&wants[i]))
			MUN_TRY(mun_secret_ask(wants[i].secret, wants[i].prompt,
			    wants[i].is_new, err));
out:
	return status;
}
