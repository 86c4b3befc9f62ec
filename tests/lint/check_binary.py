# SPDX-License-Identifier: BSD-2-Clause
"""What the built libraries and programs define and need."""
import re
import subprocess

from tree import code_only

# Compilers' own, in instrumented builds.
INSTRUMENTED = re.compile(r"^(__odr_asan|__asan|__sanitizer|__sancov|__gcov"
                          r"|__llvm|__tsan|llvm_gcov)")

FORBIDDEN = re.compile(
    r"^(CMS_sign|CMS_add1_signer|EVP_PKEY_sign|EVP_DigestSign|EVP_Sign"
    r"|PEM_read\w*PrivateKey|PEM_read_bio_Parameters|d2i_\w*PrivateKey"
    r"|d2i_PKCS8|EVP_PKEY_keygen|EVP_PKEY_generate|EVP_PKEY_Q_keygen"
    r"|EVP_PKEY_new_raw_private_key|OSSL_DECODER_CTX_new_for_pkey"
    r"|OSSL_STORE_open|TS_RESP_create|RSA_sign|ECDSA_sign|ECDSA_do_sign)")


def symbols(*arguments):
    """(type letter or U, name) of nm's output."""
    out = subprocess.run(["nm", "-P"] + list(arguments), check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    for line in out.splitlines():
        fields = line.split()
        if len(fields) >= 2 and not fields[0].endswith(":"):
            yield fields[1], fields[0].split("@")[0]


def check_prefix(_, *libraries):
    """Every global name of a library is ours by its prefix."""
    found = []
    for library in libraries:
        for _, name in symbols("-g", "--defined-only", library):
            if not name.startswith("mun_") and not INSTRUMENTED.match(name):
                found.append("%s: defines '%s'" % (library, name))
    return found


def check_verifier(_, *programs):
    """The verifier can neither sign nor read a private key."""
    found = []
    for program in programs:
        count = 0
        for kind, name in symbols("-u", program):
            count += kind == "U"
            if FORBIDDEN.match(name):
                found.append("%s: needs '%s'" % (program, name))
        if count == 0:
            found.append("%s: no undefined symbol at all: nothing was checked"
                         % program)
    return found


def check_declared(tree, library):
    """Every function a public header declares exists."""
    defined = {name for _, name in symbols("-g", "--defined-only", library)}
    found = []
    for name in tree.matching(r"^archive/include/muniment/.*\.h$"):
        text = re.sub(r"(?m)^#(.*\\\n)*.*$", "", code_only(tree.text(name)))
        # Neither types of functions nor what the header itself defines.
        text = "".join(statement for statement in text.split(";")
                       if "typedef" not in statement
                       and "static inline" not in statement)
        for function in re.findall(r"\b(mun_\w+)\s*\(", text):
            if function not in defined:
                found.append("%s: %s is declared, and nowhere defined"
                             % (name, function))
    return found
