#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# clang-tidy.sh SOURCE BUILD [FILE...] - .clang-tidy's checks over archive/ and
# tools/; every warning is a failure.
set -eu
source=$1 build=$2
shift 2
command -v run-clang-tidy >/dev/null 2>&1 || {
	echo "skipped: run-clang-tidy is not installed"
	exit 77
}
[ $# -gt 0 ] || set -- "$source/archive/.*" "$source/tools/.*"
run-clang-tidy -quiet -j 2 -p "$build" "$@" >"$build/clang-tidy.log" 2>&1 ||
	status=$?
grep -E '(warning|error):' "$build/clang-tidy.log" | sort -u || true
exit "${status:-0}"
