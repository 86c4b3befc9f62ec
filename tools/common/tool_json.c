/* SPDX-License-Identifier: BSD-2-Clause */
/* tool_json.c - bytes from outside in JSON, which has to be UTF-8. */
#include "common/tool.h"

#include <stdio.h>
#include <string.h>

void
tool_json_bytes(struct mun_json_writer *json, const char *key,
    const void *bytes, size_t len)
{
	char key_b64[64];

	(void)snprintf(key_b64, sizeof(key_b64), "%s_b64", key);
	mun_json_key(json, key_b64);
	mun_json_base64(json, bytes, len);
	if (mun_text_is_utf8(bytes, len)) {
		mun_json_key(json, key);
		mun_json_text_len(json, bytes, len);
	}
}

void
tool_json_text(struct mun_json_writer *json, const char *text)
{
	struct mun_buffer escaped = MUN_BUFFER_INIT(1 << 20);

	if (text == NULL || mun_text_is_utf8(text, strlen(text))) {
		mun_json_text(json, text);
		return;
	}
	mun_text_escape(&escaped, text, strlen(text), MUN_TEXT_ASCII);
	if (escaped.status == MUN_ERR_NOMEM)
		json->out->status = escaped.status;
	mun_json_text(json, mun_buffer_text(&escaped));
	mun_buffer_free(&escaped);
}
