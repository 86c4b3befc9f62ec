#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make-bundles.sh DIR - entry bundles, good and cut short.
set -eu

mkdir -p "$1"
cd "$1"
printf '\000\001a' > one
printf '\000\001a\000\003bcd\000\002ef' > three
printf '\000\001a\000\003bc' > ./cut
printf '\000\001a\000' > half-a-length
printf '\000\000' > empty-entry
printf '\377\377a' > huge
i=0
while [ $i -lt 256 ]; do
	printf '\000\001a'
	i=$((i + 1))
done > full
{
	cat full
	printf '\000\001a'
} > one-too-many
: > complete
