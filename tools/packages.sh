#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# packages.sh build|test|browser|lint - have what Debian 12 must provide.
#
# The one list of packages.  Each word adds to the one before it: what builds
# and runs Muniment, what its tests need, what the tests of the report in a
# browser need (they are skipped without), what the lints and analyzers need.
# Installs what is missing, as root or with sudo; where neither is to be had,
# prints the one line that somebody must run, and exits 3.
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config libssl-dev libarchive-dev
	libsqlite3-dev libmagic-dev libjansson-dev libutf8proc-dev zlib1g-dev
	libseccomp-dev libp11-kit-dev libcurl4-openssl-dev libqrencode-dev"
test="libcmocka-dev openssl faketime sqlite3 libarchive-tools zip unzip
	python3 strace acl attr git ca-certificates binutils procps util-linux
	softhsm2 opensc zbar-tools xxd"
browser="chromium fonts-liberation poppler-utils libxml2-utils"
lint="clang clang-format clang-tidy clang-tools shellcheck universal-ctags
	gcovr valgrind mandoc"

case ${1-} in
build) wanted=$build ;;
test) wanted="$build $test" ;;
browser) wanted="$build $test $browser" ;;
lint) wanted="$build $test $browser $lint" ;;
*)
	echo "usage: packages.sh build|test|browser|lint" >&2
	exit 64
	;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "packages.sh: this is not Debian; assuming the equivalents of these" \
		"are installed:" >&2
	# shellcheck disable=SC2086 # one word per package
	echo "  "$wanted >&2
	exit 0
fi

missing=
for package in $wanted; do
	# shellcheck disable=SC2016 # dpkg-query's own variable
	state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) ||
		state=
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
	root=
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	root="sudo"
else
	echo "Some Debian packages are missing. Please run, as root:" >&2
	echo "  apt-get update && $install" >&2
	exit 3
fi

echo "packages.sh: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the line is made of words
$root apt-get -q update >&2 && $root $install >&2 </dev/null
