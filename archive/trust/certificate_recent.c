/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * certificate_recent.c - a certificate that was met before is not taken apart
 * again.  Held by who asks and by the list: freed when the last lets go.
 */
#include <string.h>

#include "base/macros.h"
#include "trust/certificate_internal.h"

static struct mun_certificate *
find(const struct mun_recent_certificates *recent, const void *der, size_t len)
{
	for (size_t i = 0; i < MUN_RECENT_CERTIFICATES; i++) {
		struct mun_certificate *met = recent->list[i];

		if (met != NULL && met->der.len == len &&
		    memcmp(met->der.data, der, len) == 0)
			return met;
	}
	return NULL;
}

enum mun_status
mun_recent_certificates_take(struct mun_recent_certificates *recent,
    struct mun_certificate **out, const void *der, size_t der_len,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	*out = der_len == 0 ? NULL : find(recent, der, der_len);
	if (*out == NULL) {
		MUN_TRY(mun_certificate_from_der(out, der, der_len, err));
		mun_certificate_free(recent->list[recent->next]);
		recent->list[recent->next] = *out;
		recent->next = (recent->next + 1) % MUN_RECENT_CERTIFICATES;
	}
	(*out)->more_holders++;
out:
	return status;
}

void
mun_recent_certificates_clear(struct mun_recent_certificates *recent)
{
	for (size_t i = 0; i < MUN_RECENT_CERTIFICATES; i++)
		mun_certificate_free(recent->list[i]);
	*recent = (struct mun_recent_certificates)MUN_RECENT_CERTIFICATES_INIT;
}
