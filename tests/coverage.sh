#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# coverage.sh SOURCE BUILD - lines and branches covered, per file and module.
set -eu
source=$1
build=$2

gcovr --root "$source" --object-directory "$build" \
	--filter "$source/archive/" --filter "$source/tools/" \
	--exclude-unreachable-branches --exclude-throw-branches \
	--gcov-ignore-parse-errors --csv "$build/coverage.csv" "$build"

# Columns: filename,line_total,line_covered,line_percent,
# branch_total,branch_covered,branch_percent,...
awk -F, '
function percent(covered, total) {
	return total ? sprintf("%5.1f %%", 100 * covered / total) : "      -"
}
function row(name, lt, lc, bt, bc) {
	printf "%-28s %6d %s %8d %s\n", name, lt, percent(lc, lt), bt, percent(bc, bt)
}
NR == 1 { next }
{
	n = split($1, part, "/")
	module = n > 2 ? part[1] "/" part[2] : part[1]
	lt[module] += $2; lc[module] += $3
	bt[module] += $5; bc[module] += $6
	LT += $2; LC += $3; BT += $5; BC += $6
}
END {
	printf "%-28s %6s %7s %8s %7s\n", "module", "lines", "covered", "branches", "covered"
	for (module in lt)
		row(module, lt[module], lc[module], bt[module], bc[module]) | "sort"
	close("sort")
	row("all", LT, LC, BT, BC)
}' "$build/coverage.csv"
