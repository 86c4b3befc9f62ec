#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# test.sh [--slow] - build with warnings as errors and run all tests.
#
# --slow adds the tests labelled slow.  Tests that need the shared documents
# beside the project, or a tool that is not installed, are skipped and named.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

except="-LE slow"
case ${1-} in
'') ;;
--slow) except= ;;
*)
	echo "usage: test.sh [--slow]" >&2
	exit 64
	;;
esac

sh "$root/tools/packages.sh" test
cd "$root"
mkdir -p build
cmake --preset dev >build/dev.log 2>&1 || {
	cat build/dev.log
	exit 3
}
cmake --build --preset dev
# One more than there are processors: some tests wait for a clock.
jobs=$(($(nproc) + 1))
# shellcheck disable=SC2086 # two words or none
exec ctest --test-dir build/dev $except -j $jobs --output-on-failure \
	--output-log build/dev/test.log </dev/null
