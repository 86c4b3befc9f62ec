#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh find_package|pkg-config BUILD CONSUMER CMAKE CC [CFLAGS...]
#
# Goal of this test: install into an empty folder, then build and run a
# program that knows nothing but that folder.
set -eu
way=$1 build=$2 consumer=$3 cmake=$4 cc=$5
shift 5

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
DESTDIR='' "$cmake" --install "$build" --prefix "$prefix" >"$scratch/log" ||
	{ cat "$scratch/log"; exit 1; }

pc=$(find "$prefix" -name muniment.pc)
libdir=$(dirname "$(dirname "$pc")")
for library in muniment muniment_verify; do
	case $way in
	find_package)
		{
			"$cmake" -S "$consumer" -B "$scratch/$library" \
				-DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" \
				-DCMAKE_C_FLAGS="$*" -DLIBRARY="$library"
			"$cmake" --build "$scratch/$library"
		} >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
		;;
	pkg-config)
		PKG_CONFIG_PATH=$(dirname "$pc")
		export PKG_CONFIG_PATH
		mkdir "$scratch/$library"
		# Without words split here, there would be one long flag.
		# shellcheck disable=SC2046
		"$cc" -std=c17 "$@" -o "$scratch/$library/consumer" \
			"$consumer/consumer.c" \
			$(pkg-config --cflags --libs "$library")
		;;
	esac
	said=$(LD_LIBRARY_PATH="$libdir" "$scratch/$library/consumer")
	if [ "$said" != 6f6b ]; then
		echo "$library by $way: the consumer said '$said'"
		exit 1
	fi
done

# The pages, and whatever they point at.
for page in muniment muniment-verify; do
	[ -n "$(find "$prefix" -path "*/man1/$page.1")" ] ||
		{ echo "no page of $page"; exit 1; }
done
docs=$(dirname "$(find "$prefix" -name SECURITY.md)")
(cd "$docs" && find . -name '*.md' | while read -r file; do
	grep -o '](\([^):#]*\)' "$file" | sed 's/^](//' | while read -r to; do
		[ -z "$to" ] || [ -e "$(dirname "$file")/$to" ] ||
			echo "$file: $to"
	done
done) >"$scratch/log"
if [ -s "$scratch/log" ]; then
	cat "$scratch/log"
	echo "the links above lead nowhere"
	exit 1
fi

# Nothing of this machine's build may be in what is handed on.
if grep -rlF -e "$build" "$prefix"; then
	echo "the files above name the build folder"
	exit 1
fi
