#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# clang-tidy.sh SOURCE BUILD [FILE...] - .clang-tidy's checks over what is
# compiled of archive/ and tools/; every warning is a failure.
#
# Several files to a process: its start takes as long as a small file.
set -eu
source=$1 build=$2
shift 2
command -v clang-tidy >/dev/null 2>&1 || {
	echo "skipped: clang-tidy is not installed"
	exit 77
}
compiled()
{
	sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' \
		"$build/compile_commands.json" | sort -u
}
if [ $# -gt 0 ]; then
	printf '%s\n' "$@"
else
	compiled | grep -F -e "$source/archive/" -e "$source/tools/"
fi >"$build/clang-tidy.files"
status=0
xargs -d '\n' -n 6 -P "$(nproc)" clang-tidy -p "$build" --quiet \
	<"$build/clang-tidy.files" >"$build/clang-tidy.log" 2>&1 || status=$?
grep -E '(warning|error):' "$build/clang-tidy.log" | sort -u || true
exit "$status"
