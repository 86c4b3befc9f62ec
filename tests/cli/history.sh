# SPDX-License-Identifier: BSD-2-Clause
# history: every event, oldest first; of one archive, its own.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault --as Heron
make_documents
exits 0 muniment deposit docs --case one
exits 0 muniment deposit docs/a.txt
exits 0 muniment history --json
equal "$(json out '[(e["seq"], e["type"], e["archive"]) for e in d["events"]]')" \
	"[(0, 'vault-created', None), (1, 'deposit', 'TST-0001'), (2, 'deposit', 'TST-0002')]"
equal "$(json out '{e["actor_name"] for e in d["events"]}')" "{'Heron'}"
exits 0 muniment history TST-0001/2
says out TST-0001
says_not out TST-0002
exits 3 muniment history TST-0009
rm v/log/statements/000001.json
exits 0 muniment index rebuild
exits 0 muniment history TST-0001
says out "withheld"
