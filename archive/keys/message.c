/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * message.c - one octet of kind, four of length (big-endian), the bytes.
 *
 * Both ends are ours, but only one holds keys: the child trusts no length, and
 * the parent takes an answer for what it is only after verifying it.
 */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keys/keys_internal.h"

enum {
	HEADER_LEN = 5
};

static bool
send_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes += sent;
		len -= (size_t)sent;
	}
	return true;
}

static bool
receive_all(int fd, uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t got = read(fd, bytes, len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		bytes += got;
		len -= (size_t)got;
	}
	return true;
}

bool
mun_keys_send(int fd, enum mun_keys_message kind, const void *bytes, size_t len)
{
	uint8_t header[HEADER_LEN] = { (uint8_t)kind, (uint8_t)(len >> 24),
		(uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len };

	return len <= MUN_KEYS_MESSAGE_MAX &&
	    send_all(fd, header, sizeof(header)) && send_all(fd, bytes, len);
}

bool
mun_keys_receive(int fd, uint8_t *kind, struct mun_buffer *bytes)
{
	uint8_t header[HEADER_LEN], *room;
	size_t len;

	mun_buffer_reset(bytes);
	if (!receive_all(fd, header, sizeof(header)))
		return false;
	*kind = header[0];
	len = (size_t)header[1] << 24 | (size_t)header[2] << 16 |
	    (size_t)header[3] << 8 | header[4];
	if (len > MUN_KEYS_MESSAGE_MAX)
		return false;
	if (len == 0)
		return true;
	room = mun_buffer_reserve(bytes, len);
	if (room == NULL || !receive_all(fd, room, len))
		return false;
	bytes->len += len;
	return true;
}

void
mun_keys_send_failure(int fd, const struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);

	mun_buffer_append_byte(&bytes, (uint8_t)err->status);
	mun_buffer_append_text(&bytes, err->text);
	/* Nobody is left to hear that nobody is left. */
	(void)mun_keys_send(fd, MUN_KEYS_FAILED, bytes.data, bytes.len);
	mun_buffer_free(&bytes);
}

void
mun_keys_send_outcome(int fd, enum mun_status status,
    const struct mun_buffer *answer, const struct mun_error *err)
{
	if (status != MUN_OK)
		mun_keys_send_failure(fd, err);
	else
		(void)mun_keys_send(
		    fd, MUN_KEYS_DONE, answer->data, answer->len);
}

enum mun_status
mun_keys_receive_answer(int fd, struct mun_buffer *bytes, struct mun_error *err)
{
	uint8_t kind;
	enum mun_status status;

	if (!mun_keys_receive(fd, &kind, bytes))
		return mun_error_set(err, MUN_ERR_SYSTEM,
		    "the process that holds the keys has ended");
	if (kind == MUN_KEYS_DONE)
		return MUN_OK;
	if (kind != MUN_KEYS_FAILED || bytes->len == 0 ||
	    bytes->data[0] == MUN_OK || bytes->data[0] > MUN_ERR_INTERNAL)
		return mun_error_set(err, MUN_ERR_INTERNAL,
		    "the process that holds the keys answered nonsense");
	status = (enum mun_status)bytes->data[0];
	return mun_error_set(err, status, "%.*s", (int)(bytes->len - 1),
	    (const char *)bytes->data + 1);
}
