#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every single-bit flip in an archive of at least 64 KiB, and in every file
# under log/ and certs/, is rejected.  flips.sh MUNIMENT FLIP_EVERY_BIT WHAT
# STRIDE (1: every bit)
set -eu
muniment=$1 flip=$2 what=$3 stride=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

"$muniment" init vault --keys keys --no-passphrase --volatile --prefix FLP \
	>/dev/null
mkdir in
i=0
while [ $i -lt 10 ]; do
	i=$((i + 1))
	# every byte value, sizes around a tar block
	awk -v n=$i 'BEGIN { for (i = 0; i < 200 * n; i++)
		printf "%c", (i * 7 + n * 31) % 255 + 1 }' >"in/файл-$i.txt"
done
: >in/empty
head -c 3000 "$flip" >in/program.bin
"$muniment" -C vault --keys keys deposit --yes in >/dev/null
size=$(wc -c <vault/archives/FLP-0001.tar)
[ "$size" -ge 65536 ] || { echo "the archive has only $size bytes"; exit 1; }
if [ "$what" = archive ]; then
	"$flip" archive "$stride" vault FLP-0001
elif [ "$what" = dossier ]; then
	"$muniment" -C vault --keys keys export FLP-0001 parcel \
		--without-archive >/dev/null
	# a position within a byte each: a dossier takes longer to judge
	[ "$stride" -gt 1 ] || stride=9
	"$flip" dossier "$stride" vault parcel/FLP-0001.dossier.tar
else
	"$flip" log "$stride" vault
fi
