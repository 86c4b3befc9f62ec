#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# log.sh - what a log costs as it grows: time and bytes, at each size.
#
#   sh tests/bench/log.sh [-b BUILD] [-m MEMORY] [SIZE...]
#
#   SIZE    numbers of events, rising (default 1000 10000 100000)
#   BUILD   a build with tests (default build/dev; a release build is faster)
#   MEMORY  a folder in a memory file system (default /dev/shm)
#
# Events about one archive are put by the library without waiting for a disk,
# the last 200 appended one by one; then the programs are timed on the vault
# (processor time, the median of three), and what a step from one size to the
# next multiplies them by is shown.  Makes its own vault, removes all it made.
# Exit status: 0 measured, 3 could not measure, 64 usage.
set -eu
LC_ALL=C
export LC_ALL
unset MUNIMENT_VAULT MUNIMENT_KEYS

here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$here/build/dev
memory=/dev/shm
work=

die() { # STATUS WORDS...
	status=$1
	shift
	printf 'log.sh: %s\n' "$*" >&2
	exit "$status"
}
trap '[ -z "$work" ] || rm -rf -- "$work"' EXIT
trap 'exit 3' HUP INT TERM

while getopts b:m: option; do
	case $option in
	b) build=$OPTARG ;;
	m) memory=$OPTARG ;;
	*) die 64 'usage: log.sh [-b BUILD] [-m MEMORY] [SIZE...]' ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- 1000 10000 100000
last=2
for size in "$@"; do
	[ "$size" -ge $((last + 400)) ] 2>/dev/null ||
		die 64 "not 400 events more than before: '$size'"
	last=$size
done

muniment=$build/tools/muniment/muniment
verify=$build/tools/muniment-verify/muniment-verify
bench=$build/tests/bench/log_bench
for program in "$muniment" "$verify" "$bench"; do
	[ -x "$program" ] || die 3 "no '$program'; build it first"
done

# Milliseconds of processor time of a command and its children, which another
# load changes little: the median of three, or one that took above ten seconds.
timed() { # COMMAND...
	python3 -c 'import resource, subprocess, sys
def used():
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime
took = []
while len(took) < 3:
    before = used()
    made = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
    if made.returncode != 0:
        sys.exit("log.sh: failed: " + " ".join(sys.argv[1:]))
    took.append(1000 * (used() - before))
    if took[-1] > 10000:
        break
print("%.1f" % sorted(took)[len(took) // 2])' "$@"
}

bytes() { # PATH...
	find "$@" -type f -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }'
}

# One figure of this size, and what it is of the one before.
row() { # NAME VALUE UNIT
	before=$(awk -v n="$1" '$1 == n { v = $2 } END { print v }' \
		"$work/rows")
	printf '%s %s\n' "$1" "$2" >>"$work/rows"
	printf '%10s  %-34s %12s %-8s %s\n' "$size" "$(printf '%s' "$1" |
		tr _ ' ')" "$2" "$3" "$(awk -v b="${before:-0}" -v v="$2" \
		'BEGIN { if (b > 0) printf "x %.2f", v / b }')"
}

timed_row() { # NAME COMMAND...
	name=$1
	shift
	took=$(timed "$@")
	row "$name" "$took" ms
}

work=$(mktemp -d "$memory/muniment-bench-XXXXXX")
vault=$work/vault
keys=$work/keys
: >"$work/rows"
"$muniment" init "$vault" --keys "$keys" --no-passphrase --volatile \
	--prefix LOG >"$work/out" 2>&1 || die 3 "cannot make a vault"
mkdir "$work/in"
printf 'paper\n' >"$work/in/paper.txt"
"$muniment" -C "$vault" --keys "$keys" deposit --yes "$work/in" \
	>"$work/out" 2>&1 || die 3 "cannot deposit"
anchor=$("$muniment" -C "$vault" fingerprint | head -n 1)

printf '%s processors, load %s\n' "$(getconf _NPROCESSORS_ONLN)" \
	"$(cut -d' ' -f1 /proc/loadavg)"
printf '%10s  %-34s %12s %-8s %s\n' events what measured '' growth
for size in "$@"; do
	"$bench" "$vault" "$keys" LOG-0001 "$size" >"$work/grown" ||
		die 3 "cannot grow the log"
	row append_in_the_library "$(awk '/^append/ { print $2 }' \
		"$work/grown")" us
	row inclusion_proof "$(awk '/^proof/ { print $2 }' "$work/grown")" us
	row consistency_proof "$(awk '/^proof/ { print $3 }' "$work/grown")" us
	row hashes_of_a_proof "$(awk '/^proof/ { print $4 }' "$work/grown")" ''
	# The index of a log that grew without it is made once.
	timed_row index_rebuild "$muniment" -C "$vault" index rebuild
	timed_row record_access "$muniment" -C "$vault" --keys "$keys" \
		record access LOG-0001
	timed_row status "$muniment" -C "$vault" --keys "$keys" status
	timed_row history_of_all "$muniment" -C "$vault" history
	timed_row history_of_one_document "$muniment" -C "$vault" history \
		LOG-0001/1
	timed_row verify "$verify" "$vault" --trust "$anchor"
	row log_bytes_an_event "$(awk -v b="$(bytes "$vault/log")" \
		-v n="$size" 'BEGIN { printf "%.0f", b / n }')" bytes
	row tile_bytes_an_event "$(awk -v b="$(find "$vault/log/tile" \
		-path '*/entries' -prune -o -type f -printf '%s\n' |
		awk '{ n += $1 } END { print n + 0 }')" -v n="$size" \
		'BEGIN { printf "%.1f", b / n }')" bytes
	row index_bytes_an_event "$(awk \
		-v b="$(bytes "$vault/index.sqlite")" -v n="$size" \
		'BEGIN { printf "%.0f", b / n }')" bytes
done
