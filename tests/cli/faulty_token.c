/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faulty_token.c - a PKCS#11 module that is another one but for one fault.
 *
 * SoftHSM neither locks a PIN nor can be unplugged: this stands before it.
 * FAULT is `locked` (the PIN is) or `removed` (the token is, after it has
 * signed twice: once when the key is tried, once for good).
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <string.h>

enum {
	locked = 1,
	removed = 2,
	SIGNATURES = 2
};

static CK_FUNCTION_LIST list, *real;

static CK_RV
log_in(CK_SESSION_HANDLE session, CK_USER_TYPE who, unsigned char *pin,
    CK_ULONG len)
{
	if (FAULT == locked)
		return CKR_PIN_LOCKED;
	return real->C_Login(session, who, pin, len);
}

static CK_RV
sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len,
    unsigned char *signature, CK_ULONG *signature_len)
{
	static int count;

	if (FAULT == removed && count++ == SIGNATURES)
		return CKR_DEVICE_REMOVED;
	return real->C_Sign(session, data, len, signature, signature_len);
}

__attribute__((visibility("default"))) CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **out)
{
	void *module = dlopen(TOKEN_MODULE, RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get;
	void *found =
	    module == NULL ? NULL : dlsym(module, "C_GetFunctionList");

	if (found == NULL)
		return CKR_GENERAL_ERROR;
	memcpy(&get, &found, sizeof(get));
	if (get(&real) != CKR_OK)
		return CKR_GENERAL_ERROR;
	list = *real;
	list.C_GetFunctionList = C_GetFunctionList;
	list.C_Login = log_in;
	list.C_Sign = sign;
	*out = &list;
	return CKR_OK;
}
