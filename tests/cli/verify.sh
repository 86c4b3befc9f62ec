# SPDX-License-Identifier: BSD-2-Clause
# verify: no anchor, indeterminate; the right one, passed; another's, failed.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
mv docs/b.txt $'docs/b\e[2J.txt'
exits 0 muniment deposit docs
exits 2 muniment verify
says out "verdict: INDETERMINATE"
exits 0 muniment verify --trust "$anchor"
says out "verdict: PASSED"
exits 0 muniment verify --trust "$anchor" --all --json
equal "$(json out 'd["verdict"]')" PASSED
exits 1 muniment verify --trust "vault:$(printf x | sha256sum | cut -c 1-64)"
exits 64 muniment verify --trust vault:12
# the printed fingerprint, groups and all, is an anchor
exits 0 muniment verify --trust "vault:$(muniment fingerprint | tail -n 4 | tr -d '\n')"
groups=$(muniment fingerprint | tail -n 4)
exits 0 muniment verify --trust " Vault: ${groups^^}"
exits 0 muniment verify --trust "$groups" --json
equal "$(json out 'd["anchors"]')" "['${anchor#vault:}']"
# as `openssl x509 -fingerprint` prints a certificate's
digits=$(openssl x509 -in v/certs/*.pem -noout -fingerprint -sha256 |
	cut -d = -f 2)
exits 0 muniment verify --trust "$digits"
exits 1 muniment verify --trust "$(printf x | sha256sum | cut -c 1-64)"
says out "vault.anchored"
exits 64 muniment verify --trust "${groups%?}"
says err "has 63 hexadecimal digits, it takes 64 (in quotes"
chmod u+w v/archives/TST-0001.tar
# a changed document is named in the answer, by number and by path
# spoil TEXT BYTE: the first byte of that text in the archive
spoil()
{
	python3 -c 'import os, sys
with open("v/archives/TST-0001.tar", "r+b") as file:
    file.seek(file.read().index(os.fsencode(sys.argv[1])))
    file.write(os.fsencode(sys.argv[2]))' "$@"
}
spoil $'two\n' x
exits 1 muniment verify --trust "$anchor"
harmless out
grep -F -A 3 '1. Is it intact?' out >first
says first "TST-0001-000002, 'docs/b\\x1b[2J.txt'"
says first "The stored bytes of a document are not those that"
says out "Something is wrong: The stored bytes of a document"
spoil $'xwo\n' t
exits 0 muniment verify --trust "$anchor"
# a seal that rotted is no seal of another vault: nobody is accused of mixing
spoil '"sealed_at"' x
exits 1 muniment verify --trust "$anchor"
says out "archive.unbound"
says_not out "were mixed"
spoil 'xsealed_at"' '"'
# what other systems leave beside a file is a stray, and named
: >v/archives/._TST-0001.tar
exits 2 muniment verify --trust "$anchor"
says out "[vault.unexpected] archives/._TST-0001.tar"
rm v/archives/._TST-0001.tar
exits 0 muniment verify --trust "$anchor"
# a log without its head: that is said, and not that nothing was given
mv v/log/checkpoint head
exits 1 muniment-verify v --trust "$anchor"
says out "the log has no head that can be read"
says_not out "nothing was given to judge"
says_not out "the vault fingerprint from"
mv head v/log/checkpoint
printf x >>v/archives/TST-0001.tar
exits 1 muniment verify --trust "$anchor"
