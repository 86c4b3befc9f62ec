#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make-der-corpus.sh FIELD DIR VECTOR... - seeds for a fuzz target that reads
# DER: the field of each vector (tests/vectors/cms), whole, cut, and with what
# DER does not allow.
set -eu

field=$1
dir=$2
shift 2
mkdir -p "$dir"

# put NAME: hex on standard input to a file
put() {
	tr -d '\n' | tr a-f A-F | basenc -d --base16 > "$dir/$1"
}

for vector in "$@"; do
	name=$(basename "$vector" .txt)
	hex=$(sed -n "s/^$field //p" "$vector")
	len=${#hex}
	printf '%s' "$hex" | put "$name"
	# An even number of digits: whole bytes.
	# shellcheck disable=SC2017
	printf '%s' "$hex" | cut -c "1-$((len / 4 * 2))" | put "$name-half"
	printf '%s' "$hex" | cut -c "1-$((len - 2))" | put "$name-cut"
	printf '%s00' "$hex" | put "$name-tail"
	# 30 82 hi lo becomes 30 80, and 30 83 00 hi lo
	printf '3080%s0000' "${hex#????????}" | put "$name-indefinite"
	printf '308300%s' "${hex#????}" | put "$name-long"
	printf '%s' "$hex" | sed 's/a0/a1/' | put "$name-tag"
done
printf '3084ffffffff0684' | put huge
printf '30800000' | put empty-indefinite
printf '3000' | put empty
awk 'BEGIN { for (i = 0; i < 200; i++) printf "3084000000ff" }' | put nested
