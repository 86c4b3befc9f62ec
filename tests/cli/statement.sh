# SPDX-License-Identifier: BSD-2-Clause
# what people type: from options, from a file; kept beside the log.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
cat >s.json <<'END'
{"case": "from file", "place": "Bern", "purpose": "p", "legal_basis": "l",
 "received_from": "somebody"}
END
exits 0 muniment deposit docs --statement s.json --case 'typed' --method stick \
	--received-on 2026-11-20 --note $'two\nlines'
exits 0 muniment history TST-0001 --json
equal "$(json out 'd["events"][0]["statement"]')" \
	"{'case': 'typed', 'received_from': 'somebody', 'received_on': '2026-11-20', 'method': 'stick', 'place': 'Bern', 'purpose': 'p', 'legal_basis': 'l', 'note': 'two\nlines'}"
exits 0 muniment history
says out "two\\nlines"
exits 0 muniment list --case typed
says out TST-0001
exits 0 muniment list --case other
says_not out TST-0001
for text in '{"case": 1}' '[]' '{"casse": "x"}' '{' ''; do
	printf '%s' "$text" >bad.json
	exits 64 muniment deposit docs --statement bad.json
done
exits 3 muniment deposit docs --statement absent.json
exits 64 muniment deposit docs --note $'\xff'
head -c 300000 /dev/zero | tr '\0' x >long
printf '{"note": "%s"}' "$(cat long)" >long.json
exits 3 muniment deposit docs --statement long.json
equal "$(ls v/archives)" TST-0001.tar
sound
