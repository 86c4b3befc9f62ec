# SPDX-License-Identifier: BSD-2-Clause
# helpers.sh - what the tests of this folder say things with.
# shellcheck shell=bash disable=SC2154,SC2034 # run.sh's, and the tests'

# make_vault [OPTION...]: v and its keys k, made at once; both in the environment.
make_vault()
{
	muniment init v --keys k --no-passphrase --volatile --prefix TST "$@" \
		>init.out
	export MUNIMENT_VAULT=$PWD/v MUNIMENT_KEYS=$PWD/k
	anchor=$(muniment fingerprint | head -n 1)
}

# make_documents: three small files below docs.
make_documents()
{
	mkdir -p docs/deep
	printf 'one\n' >docs/a.txt
	printf 'two\n' >docs/b.txt
	printf 'three\n' >docs/deep/c.txt
}

# die TEXT: it failed at this line of the test, however deep in its functions.
die()
{
	local depth=0
	while [ "${FUNCNAME[depth + 1]}" != source ]; do
		depth=$((depth + 1))
	done
	printf '%s: line %s: %s\n' "${BASH_SOURCE[depth + 1]##*/}" \
		"${BASH_LINENO[depth]}" "$*" >&2
	exit 1
}

# exits STATUS COMMAND...: the command ends with exactly this status; its
# output is in `out` and `err`.
exits()
{
	local wanted=$1 status=0
	shift
	"$@" >out 2>err || status=$?
	[ "$status" = "$wanted" ] || {
		cat out err >&2
		die "'$*' exited $status, not $wanted"
	}
}

# says FILE TEXT: the file has this text in it.
says()
{
	grep -qF -- "$2" "$1" || {
		cat "$1" >&2
		die "'$2' is not in $1"
	}
}

says_not()
{
	! grep -qF -- "$2" "$1" || die "'$2' is in $1"
}

# flip FILE OFFSET: another byte there, whichever it was.
flip()
{
	chmod u+w "$1"
	python3 -ISc 'import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    byte = file.read(1)
    file.seek(-1, 1)
    file.write(bytes([byte[0] ^ 1]))' "$@"
}

# json FILE EXPRESSION: a value of a JSON document d, by Python.
json()
{
	python3 -ISc 'import json, sys
with open(sys.argv[1], encoding="utf-8") as f:
    d = json.load(f)
print(eval(sys.argv[2]))' "$1" "$2"
}

# equal TEXT TEXT
equal()
{
	[ "$1" = "$2" ] || die "'$1' is not '$2'"
}

# harmless FILE: nothing in it but 0x20 to 0x7e and line ends.
harmless()
{
	! LC_ALL=C grep -qP '[^\x20-\x7e]' "$1" ||
		die "$1 holds bytes that a terminal could act on"
}

# sound: the vault passes with its anchor, and nothing is left over.
sound()
{
	muniment-verify v --trust "$anchor" >sound.out || {
		cat sound.out >&2
		die "the vault does not pass"
	}
	equal "$(ls -A v/incoming)" ""
	equal "$(find v k -name '*.tmp' -o -name '*unfinished')" ""
}

# `run`: words before a command by which it may not read everything; skips where
# there is no such user.  What is made before is root's: chown it.
as_nobody()
{
	run=
	[ "$(id -u)" = 0 ] || return 0
	command -v setpriv >/dev/null || {
		echo "skipped: root reads everything, and there is no setpriv"
		exit 77
	}
	chmod 755 .. . ../bin
	[ -x "$(readlink -f ../bin/muniment-verify)" ]
	run="setpriv --reuid 65534 --regid 65534 --clear-groups"
	{ $run muniment --version && $run muniment-verify --version; } \
		>/dev/null 2>&1 || {
		echo "skipped: another user cannot run the programs here"
		exit 77
	}
}
