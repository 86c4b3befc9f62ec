# SPDX-License-Identifier: BSD-2-Clause
# sixteen depositors at once: no number twice, no entry lost.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
for i in $(seq 16); do
	mkdir "d$i" && echo "$i" >"d$i/$i.txt"
	muniment deposit "d$i" --json >"out$i" 2>"err$i" &
done
wait
for i in $(seq 16); do
	[ ! -s "err$i" ] || die "$(cat "err$i")"
	json "out$i" 'd["archive"], d["log_index"]'
done | sort >numbers
equal "$(cut -d, -f 1 numbers | sort -u | wc -l)" 16
equal "$(cut -d, -f 2 numbers | sort -u | wc -l)" 16
equal "$(ls v/archives | wc -l)" 16
sound
exits 0 muniment index check
# one that is interrupted leaves the vault as it was
mkdir large && head -c 50000000 /dev/urandom >large/large
muniment deposit large >out 2>err &
pid=$!
sleep 0.2
kill -INT $pid
status=0
wait $pid || status=$?
[ "$status" = 3 ] || [ "$status" = 0 ] || die "interrupted: $status"
[ "$status" = 0 ] || equal "$(ls v/archives | wc -l)" 16
sound
