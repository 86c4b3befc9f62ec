# SPDX-License-Identifier: BSD-2-Clause
# standard output: one JSON document with --json, and 0 only when it got out.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents

for command in "" list "show TST-0001" "show TST-0001/1" "find txt" history \
	"history TST-0001" "extract TST-0001 o1" "index check" "index rebuild" \
	checkpoint fingerprint "deposit docs" "deposit docs --dry-run" \
	"list --case none" "find nothing-like-this" "find --file docs/a.txt"; do
	# shellcheck disable=SC2086 # words of a command line
	muniment $command --json >out 2>err || :
	json out 'type(d).__name__' >/dev/null || die "'$command' is no JSON"
	harmless out
done
exits 2 muniment verify --json
json out 'd["verdict"]' >/dev/null
exits 0 muniment list --json
json out 'd["archives"][0]["archive"]' >/dev/null
# failures, too
exits 3 muniment show TST-0009 --json
equal "$(json out 'd["exit_status"]')" 3
exits 3 muniment -C nowhere list --json
equal "$(json out 'd["exit_status"]')" 3
exits 64 muniment show nonsense --json
equal "$(json out 'd["exit_status"]')" 64

for command in list fingerprint checkpoint --help "show TST-0001" "deposit docs"; do
	status=0
	# shellcheck disable=SC2086
	muniment $command >/dev/full 2>err || status=$?
	equal "$command $status" "$command 3"
	says err "standard output"
	status=0
	# shellcheck disable=SC2086
	muniment $command >&- 2>err || status=$?
	equal "$command closed $status" "$command closed 3"
done
# closed descriptors are not given to files
muniment deposit docs <&- >out 2>err
muniment list <&- >out 2>&-
(exec 0<&- 1>&- 2>&-; muniment deposit docs) || :
sound
