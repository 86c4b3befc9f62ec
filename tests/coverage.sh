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
table()
{
	awk -F, '
	function percent(covered, total) {
		return total ? sprintf("%5.1f %%", 100 * covered / total) : "      -"
	}
	NR == 1 { next }
	{
		n = split($1, part, "/")
		name = n > 2 ? part[1] "/" part[2] : part[1]
		if (of == "files")
			name = $1
		lt[name] += $2; lc[name] += $3; bt[name] += $5; bc[name] += $6
		lt["~ all"] += $2; lc["~ all"] += $3
		bt["~ all"] += $5; bc["~ all"] += $6
	}
	END {
		for (name in lt)
			printf "%-44s %6d %s %8d %s\n", name, lt[name], \
				percent(lc[name], lt[name]), bt[name], \
				percent(bc[name], bt[name])
	}' "of=$1" "$build/coverage.csv" | LC_ALL=C sort | sed 's/^~ all/all  /'
}

head='%-44s %6s %7s %8s %7s\n'
# shellcheck disable=SC2059 # a format of ours
printf "$head" file lines covered branches covered
table files
echo
# shellcheck disable=SC2059
printf "$head" module lines covered branches covered
table modules
