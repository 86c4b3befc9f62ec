# SPDX-License-Identifier: BSD-2-Clause
"""A time-stamp authority of OpenSSL's that answers one query from a file."""

import os
import subprocess

CONFIG = """[tsa]
default_tsa = one
[one]
serial = serial
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[ca]
keyUsage = critical, keyCertSign, cRLSign
basicConstraints = critical, CA:TRUE
[leaf]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


def have_answered(place, folder):
    """folder/root, and folder/answer over the vault's head."""

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True,
                       capture_output=True)

    with open(os.path.join(folder, "tsa.cnf"), "w", encoding="ascii") as file:
        file.write(CONFIG)
    with open(os.path.join(folder, "serial"), "w", encoding="ascii") as file:
        file.write("01\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
           "-config", "tsa.cnf"]
    openssl("req", "-x509", *key, "-keyout", "root.key", "-out", "root",
            "-subj", "/CN=root", "-days", "900", "-extensions", "ca")
    openssl("req", *key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj",
            "/CN=leaf")
    openssl("x509", "-req", "-in", "leaf.csr", "-CA", "root", "-CAkey",
            "root.key", "-set_serial", "2", "-days", "800", "-extfile",
            "tsa.cnf", "-extensions", "leaf", "-out", "leaf")
    query = os.path.join(folder, "query")
    done = place.programs.run(*place.keeper_command(
        "time-stamp", "--request", query))
    assert done.returncode == 0, done.stderr
    openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query",
            "-signer", "leaf", "-inkey", "leaf.key", "-out", "answer")
