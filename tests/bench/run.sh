#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh - what Muniment costs, against what a careful user would type instead.
#
#   sh tests/bench/run.sh [-n ROUNDS] [-b BUILD] [-m MEMORY] [-d DISK] [CASE...]
#
#   CASE    large   4 x 512 MiB: deposit, verify
#           small   20,000 files of this system, about 150 MB: deposit, verify
#           memory  peak memory, 200,000 small files
#           sparse  peak memory, one sparse file of 20 GiB (on DISK)
#           all four if none is named
#   ROUNDS  rounds that count, one more comes before them (default 5)
#   BUILD   a release build (default build/release; made if absent)
#   MEMORY  a folder in a memory file system (default /dev/shm)
#   DISK    a folder with 22 GiB free for the sparse file (default /var/tmp)
#
# Ours and theirs take turns; a ratio is taken in each round and the median of
# the ratios is what counts, so that a busy machine harms both alike.  Makes its
# own inputs, removes all it made.  Exit status: 0 every bar is kept, 1 some is
# not, 3 could not measure, 64 usage.

# Functions are called by the names of cases.
# shellcheck disable=SC2317

set -eu
LC_ALL=C
export LC_ALL
unset MUNIMENT_VAULT MUNIMENT_KEYS

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
rounds=5
build=$here/build/release
memory=/dev/shm
disk=/var/tmp
work=
disk_work=
over=0

die() { # STATUS WORDS...
	status=$1
	shift
	printf 'run.sh: %s\n' "$*" >&2
	exit "$status"
}

clean_up() {
	[ -z "$work" ] || rm -rf -- "$work"
	[ -z "$disk_work" ] || rm -rf -- "$disk_work"
}
trap clean_up EXIT
trap 'exit 3' HUP INT TERM

# ---- what is needed ----

need_tools() {
	missing=
	for tool in rhash tar openssl file awk find split; do
		command -v "$tool" >/dev/null || missing="$missing $tool"
	done
	[ -x /usr/bin/time ] || missing="$missing time"
	[ -z "$missing" ] || die 3 "not installed:$missing" \
		"(apt-get install rhash tar openssl file gawk findutils time)"
}

find_programs() {
	[ -x "$build/tools/muniment/muniment" ] || (
		cd "$here"
		cmake --preset release -B "$build" >/dev/null
		cmake --build "$build" -j 2 >/dev/null
	) || die 3 "cannot build in '$build'"
	muniment=$build/tools/muniment/muniment
	verify=$build/tools/muniment-verify/muniment-verify
	for program in "$muniment" "$verify"; do
		[ -x "$program" ] || die 3 "no '$program'"
	done
}

free_mib() { # FOLDER
	df -Pm -- "$1" | awk 'NR == 2 { print $4 }'
}

# In a memory file system, files take memory.
need_memory() { # MIB
	available=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' \
		/proc/meminfo)
	[ "$available" -ge "$1" ] ||
		die 3 "$1 MiB of memory are needed, $available are available"
	[ "$(free_mib "$memory")" -ge "$1" ] ||
		die 3 "'$memory' has not $1 MiB free"
}

need_disk() { # MIB
	[ "$(free_mib "$disk")" -ge "$1" ] ||
		die 3 "'$disk' has not $1 MiB free (choose another with -d)"
}

# ---- measuring ----

# Run a command; its seconds of wall time in $seconds.  Its output goes to a
# log that is shown if it fails.
timed() {
	start=$(date +%s%N)
	"$@" >"$work/log" 2>&1 || {
		cat -- "$work/log" >&2
		die 3 "failed: $*"
	}
	end=$(date +%s%N)
	seconds=$(awk -v a="$start" -v b="$end" \
		'BEGIN { printf "%.3f", (b - a) / 1e9 }')
}

# Rounds of two functions taking turns.  Functions before_NAME and after_NAME
# are not timed.
compare() { # LABEL THEIRS OURS BAR
	label=$1 theirs=$2 ours=$3 bar=$4
	: >"$work/ratios"
	round=0
	while [ "$round" -le "$rounds" ]; do
		if [ $((round % 2)) -eq 0 ]; then
			run_one "$theirs"
			their_s=$seconds
			run_one "$ours"
			our_s=$seconds
		else
			run_one "$ours"
			our_s=$seconds
			run_one "$theirs"
			their_s=$seconds
		fi
		# The first touches memory nobody had touched: not counted.
		[ "$round" -eq 0 ] || awk -v o="$our_s" -v t="$their_s" \
			'BEGIN { printf "%.4f %s %s\n", o / t, o, t }' \
			>>"$work/ratios"
		round=$((round + 1))
	done
	print_ratio "$label" "$bar"
}

run_one() { # FUNCTION
	"before_$1"
	timed "$1"
	"after_$1"
}

median() { # COLUMN
	awk -v c="$1" '{ print $c }' "$work/ratios" | sort -n |
		awk '{ v[NR] = $1 }
		END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

print_ratio() { # LABEL BAR
	ratio=$(median 1)
	print_row "$1" "$(awk -v r="$ratio" 'BEGIN { printf "%.2f", r }')" \
		"$2" "$(awk -v r="$ratio" -v b="$2" \
		'BEGIN { print r <= b ? "ok" : "above" }')" \
		"$(awk -v o="$(median 2)" -v t="$(median 3)" \
		'BEGIN { printf "%.2f s against %.2f s", o, t }')"
}

print_row() { # LABEL VALUE BAR WORD NOTE
	printf '%-44s %8s %8s  %-6s %s\n' "$1" "$2" "$3" "$4" "$5"
	[ "$4" = ok ] || [ "$4" = - ] || over=1
}

# Peak memory of a command, or of the largest process it waited for, in MiB.
peak_of() { # LABEL COMMAND...
	label=$1
	shift
	/usr/bin/time -f '%M %e' -o "$work/peak" "$@" >"$work/log" 2>&1 || {
		cat -- "$work/log" >&2
		die 3 "failed: $*"
	}
	peak=$(awk 'END { printf "%.1f", $1 / 1024 }' "$work/peak")
	print_row "$label" "$peak" 64 \
		"$(awk -v p="$peak" 'BEGIN { print p <= 64 ? "ok" : "above" }')" \
		"MiB, $(awk 'END { print $2 }' "$work/peak") s"
}

# ---- ours ----

# A vault of its own for each deposit, and its fingerprint.
new_vault() { # FOLDER
	vault=$1/vault
	keys=$1/keys
	rm -rf -- "$vault" "$keys"
	"$muniment" init "$vault" --keys "$keys" --no-passphrase --volatile \
		>"$work/log" 2>&1 || {
		cat -- "$work/log" >&2
		die 3 "cannot make a vault in '$1'"
	}
	fingerprint=$("$muniment" -C "$vault" fingerprint |
		grep -Eo '[0-9a-f]{64}' | head -n 1)
}

deposit() { # PATH
	"$muniment" -C "$vault" --keys "$keys" deposit "$1" --yes
}

verify_vault() {
	"$verify" "$vault" --trust "vault:$fingerprint"
}

# ---- theirs ----

new_signer() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj /CN=bench -days 2 -keyout "$work/signer.key" \
		-out "$work/signer.pem" >/dev/null 2>&1
}

typed_digests() { # FOLDER
	(cd "$work" && rhash -r --sha256 --sha512 "$1" -o "$1.sums")
}

typed_archive() { # FOLDER
	(cd "$work" && tar -cf "$1.tar" "$1" "$1.sums" &&
		openssl cms -sign -binary -in "$1.tar" -signer signer.pem \
			-inkey signer.key -outform DER -out "$1.p7s")
}

# ---- large ----

before_typed_large() { rm -f -- "$work"/large.tar "$work"/large.p7s; }
typed_large() { typed_digests large && typed_archive large; }
after_typed_large() { before_typed_large; }

before_deposit_large() { new_vault "$work"; }
deposit_large() { deposit "$work/large"; }
after_deposit_large() { rm -rf -- "$work/vault" "$work/keys"; }

before_check_large() { :; }
check_large() {
	(cd "$work" && rhash --sha256 --sha512 -c large.sums)
}
after_check_large() { :; }

before_check_manifests() { :; }
check_manifests() {
	(cd "$work/bag" && rhash --sha256 -c manifest-sha256.txt &&
		rhash --sha512 -c manifest-sha512.txt)
}
after_check_manifests() { :; }

before_verify_large() { :; }
verify_large() { verify_vault; }
after_verify_large() { :; }

case_large() {
	need_memory 7000
	mkdir "$work/large"
	for i in 1 2 3 4; do
		# Bytes that no file system and no digest has it easy with.
		openssl enc -aes-128-ctr -K "0000000000000000000000000000000$i" \
			-iv 00000000000000000000000000000000 -in /dev/zero \
			2>/dev/null | head -c 536870912 >"$work/large/film-$i.mov"
	done
	compare 'large: deposit / rhash, tar, cms -sign' \
		typed_large deposit_large 0.60
	typed_digests large
	new_vault "$work"
	deposit "$work/large" >/dev/null
	compare 'large: verify / rhash -c, both at once' \
		check_large verify_large 0.60
	# The same two digests as the archive has them: a file for each.
	mkdir "$work/bag"
	ln -s "$work/large" "$work/bag/large"
	(cd "$work/bag" && rhash --sha256 large/* -o manifest-sha256.txt &&
		rhash --sha512 large/* -o manifest-sha512.txt)
	compare 'large: verify / rhash -c, two manifests' \
		check_manifests verify_large 0.60
	rm -rf -- "$work/large" "$work/bag" "$work/vault" "$work/keys"
}

# ---- small ----

# Files of up to 200 KB below folders, with names of one line, in order.
list_files() { # FOLDER...
	find "$@" -xdev -type f -size +0 -size -400 ! -name '*
*' 2>/dev/null | sort || :
}

# 20,000 files spread evenly over what this system has, names kept.  Manual
# pages, all of them gzip, only fill up what is missing.
copy_small() { # FOLDER
	list_files /usr/share/doc /usr/include /usr/share/perl \
		/usr/share/perl5 /usr/lib/python3 /usr/lib/python3.* \
		/usr/share/locale /usr/share/mime /usr/share/icons \
		/usr/share/zoneinfo >"$work/all"
	[ "$(wc -l <"$work/all")" -ge 20000 ] ||
		list_files /usr/share/man >>"$work/all"
	count=$(wc -l <"$work/all")
	[ "$count" -ge 20000 ] ||
		die 3 "only $count files to copy on this system, 20000 needed"
	awk -v n="$count" 'int(NR * 20000 / n) > int((NR - 1) * 20000 / n)' \
		"$work/all" >"$work/chosen"
	mkdir "$1"
	tar -C / -cf - -T "$work/chosen" --transform 's,^/*,,' -P |
		tar -C "$1" -xf -
	rm -f -- "$work/all" "$work/chosen"
	printf 'small: %s files, %s MB\n' \
		"$(find "$1" -type f | wc -l)" \
		"$(du -sb "$1" | awk '{ print int($1 / 1e6) }')"
}

before_typed_small() { rm -f -- "$work"/small.tar "$work"/small.p7s; }
typed_small() {
	typed_digests small && find "$work/small" -type f -print0 |
		xargs -0 file --mime-type >"$work/small.types" &&
		typed_archive small
}
after_typed_small() { before_typed_small; }

before_deposit_small() { new_vault "$work"; }
deposit_small() { deposit "$work/small"; }
after_deposit_small() { rm -rf -- "$work/vault" "$work/keys"; }

case_small() {
	need_memory 1500
	copy_small "$work/small"
	compare 'small: deposit / rhash, file, tar, cms -sign' \
		typed_small deposit_small 0.70
	rm -rf -- "$work/small"
}

# ---- memory ----

# 200,000 text files of 600 bytes in 20 folders.
make_many() { # FOLDER
	for i in 01 02 03 04 05 06 07 08 09 10 \
		11 12 13 14 15 16 17 18 19 20; do
		mkdir -p "$1/folder-$i"
		awk -v i="$i" 'BEGIN { for (n = 0; n < 10000; n++)
			printf "%-599s\n", "note " i "/" n }' |
			split -a 4 -b 600 - "$1/folder-$i/note-"
	done
}

case_memory() {
	need_memory 3500
	make_many "$work/many"
	new_vault "$work"
	peak_of 'memory: deposit of 200,000 files' \
		"$muniment" -C "$vault" --keys "$keys" deposit "$work/many" --yes
	rm -rf -- "$work/many"
	peak_of 'memory: verify of 200,000 files' \
		"$verify" "$vault" --trust "vault:$fingerprint"
	rm -rf -- "$vault" "$keys"
}

case_sparse() {
	need_disk 22000
	disk_work=$(mktemp -d "$disk/muniment-bench-XXXXXX")
	mkdir "$disk_work/in"
	truncate -s 20G "$disk_work/in/disk-image.raw"
	new_vault "$disk_work"
	peak_of 'memory: deposit of a sparse file of 20 GiB' \
		"$muniment" -C "$vault" --keys "$keys" deposit \
		"$disk_work/in" --yes
	peak_of 'memory: verify of a sparse file of 20 GiB' \
		"$verify" "$vault" --trust "vault:$fingerprint"
	rm -rf -- "$disk_work"
	disk_work=
}

# ---- all ----

while getopts n:b:m:d: option; do
	case $option in
	n) rounds=$OPTARG ;;
	b) build=$OPTARG ;;
	m) memory=$OPTARG ;;
	d) disk=$OPTARG ;;
	*) die 64 'usage: run.sh [-n ROUNDS] [-b BUILD] [-m MEMORY]' \
		'[-d DISK] [large|small|memory|sparse]...' ;;
	esac
done
shift $((OPTIND - 1))
[ "$rounds" -ge 1 ] 2>/dev/null || die 64 "not a number of rounds: '$rounds'"
[ $# -gt 0 ] || set -- large small memory sparse
for name in "$@"; do
	case $name in
	large | small | memory | sparse) ;;
	*) die 64 "no such case: '$name'" ;;
	esac
done

need_tools
find_programs
work=$(mktemp -d "$memory/muniment-bench-XXXXXX")
new_signer
printf '%s processors, load %s, %s rounds\n' "$(getconf _NPROCESSORS_ONLN)" \
	"$(cut -d' ' -f1 /proc/loadavg)" "$rounds"
printf '%-44s %8s %8s\n' case measured bar
for name in "$@"; do
	"case_$name"
done
exit "$over"
