#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh NAME MUNIMENT MUNIMENT-VERIFY MUNIMENT-FIXED SHARED PYTHON
#
# Runs NAME.sh in a scratch folder, with a home of its own, and both programs and
# this python3 in the path.  VALGRIND=1 runs muniment under valgrind.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
name=$1
program=$2
verifier=$3
export FIXED=$4 SHARED=$5
scratch=$(mktemp -d "${TMPDIR:-/tmp}/muniment-cli.XXXXXX")
trap 'chmod -R u+rwX "$scratch"; rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/home" "$scratch/work"
launcher=
[ -z "${VALGRIND-}" ] ||
	launcher="valgrind -q --error-exitcode=99 --leak-check=full --child-silent-after-fork=yes"
printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$launcher" "$program" \
	>"$scratch/bin/muniment"
chmod +x "$scratch/bin/muniment"
ln -s "$verifier" "$scratch/bin/muniment-verify"
ln -s "$6" "$scratch/bin/python3"
export PATH="$scratch/bin:$PATH" HOME="$scratch/home" LC_ALL=C
unset XDG_DATA_HOME MUNIMENT_VAULT MUNIMENT_KEYS
cd "$scratch/work"

# unsaid LINE COMMAND: what ends a test without a word, like a bare [ ]
unsaid()
{
	[ "$BASH_SUBSHELL" -gt 0 ] ||
		printf '%s: line %s: %s\n' "${BASH_SOURCE[1]##*/}" "$@" >&2
}
set -E
trap 'unsaid "$LINENO" "$BASH_COMMAND"' ERR
# shellcheck source=tests/cli/helpers.sh
. "$here/helpers.sh"
if [ ! -f "$here/$name.stdout" ]; then
	# shellcheck disable=SC1090 # the test asked for
	. "$here/$name.sh" </dev/null
else
	# shellcheck disable=SC1090
	(. "$here/$name.sh") </dev/null >"$scratch/stdout"
	diff -u "$here/$name.stdout" "$scratch/stdout"
fi
