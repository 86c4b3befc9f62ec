# SPDX-License-Identifier: BSD-2-Clause
"""Time-stamp authorities of OpenSSL's own, with lists of what they revoked.

Everything lies in one folder, so that loopback.py can answer for them:
NAME.pem, NAME.key and NAME.cnf of each, and beside the folder, for what is
fetched, ROOT.crl of each root.
"""
import os
import subprocess
import sys

from programs import must

HERE = os.path.dirname(os.path.abspath(__file__))
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


class Server:
    """loopback.py over a folder of authorities and one of files."""

    def __init__(self, folder, files, **more):
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(HERE, "loopback.py"),
             os.path.abspath(folder), os.path.abspath(files)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, **more)
        self.port, self.socks, _ = map(
            int, self.process.stdout.readline().split())

    def url(self, path):
        return f"http://127.0.0.1:{self.port}/{path}"

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Root:
    """A root that issues, revokes and lists.

    openssl(*words) runs that program in the folder and gives what it printed;
    another one than here may do so as of another time.
    """

    def __init__(self, folder, name, files, crl_url, days=3600, openssl=None):
        self.folder, self.name, self.files = folder, name, files
        self.openssl = openssl or (
            lambda *words: must(["openssl", *words], cwd=folder))
        write(f"{folder}/openssl.cnf",
              "[req]\ndistinguished_name=name\n[name]\n")
        self.openssl("req", "-x509", *CURVE, "-keyout", f"{name}.key", "-out",
                     f"{name}.pem", "-subj", f"/CN={name}", "-days", str(days),
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                     "-addext", "basicConstraints=critical,CA:TRUE",
                     "-config", "openssl.cnf")
        write(f"{folder}/{name}.ca.cnf", f"""[ca]
default_ca=own
[own]
database={name}.db
new_certs_dir=.
serial={name}.number
certificate={name}.pem
private_key={name}.key
default_md=sha256
default_days={days - 1}
default_crl_days=30
policy=any
unique_subject=no
[any]
commonName=supplied
[plain]
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[listed]
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
crlDistributionPoints=URI:{crl_url}
""")
        write(f"{folder}/{name}.db", "")
        write(f"{folder}/{name}.number", "01\n")

    @property
    def path(self):
        return f"{self.folder}/{self.name}.pem"

    def authority(self, words):
        return self.openssl("ca", "-batch", "-config", f"{self.name}.ca.cnf",
                            *words)

    def issue(self, name, section, *dates):
        """A certificate for time-stamps; "listed" ones name the list."""
        self.openssl("req", *CURVE, "-keyout", f"{name}.key", "-out",
                     f"{name}.csr", "-subj", f"/CN={name}", "-config",
                     "openssl.cnf")
        self.authority(["-extensions", section, "-notext", "-in",
                        f"{name}.csr", "-out", f"{name}.pem", *dates])
        write(f"{self.folder}/{name}.cnf", f"""[tsa]
default_tsa=this
[this]
serial={name}.serial
signer_cert={name}.pem
signer_key={name}.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256
accuracy=secs:1
ess_cert_id_alg=sha256
""")
        write(f"{self.folder}/{name}.serial", "01\n")

    def revoke(self, name, *words):
        self.authority(["-revoke", f"{name}.pem", *words])

    def publish(self, *words):
        """The list as it is now, where it is fetched; its path in PEM."""
        self.authority(["-gencrl", "-out", f"{self.name}.crl.pem", *words])
        listed = self.openssl("crl", "-in", f"{self.name}.crl.pem", "-outform",
                              "DER")
        with open(f"{self.files}/{self.name}.crl", "wb") as out:
            out.write(listed)
        return f"{self.folder}/{self.name}.crl.pem"
