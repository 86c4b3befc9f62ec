# SPDX-License-Identifier: BSD-2-Clause
# without a command: what is here and what to do next.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
exits 0 muniment
says out "muniment deposit PATH"
exits 0 muniment deposit docs
exits 0 muniment
says out "documents    3"
says out "one copy"
exits 0 muniment --json
equal "$(json out 'd["archives"], d["events"], d["keys_here"], d["stale"]')" \
	"(1, 2, True, False)"
rm v/index.sqlite
exits 0 muniment
says out "index rebuild"
exits 0 muniment status --keys nowhere
says out "not on this machine"
exits 0 muniment checkpoint
equal "$(cat out)" "$(cat v/log/checkpoint)"
exits 0 muniment checkpoint --json
equal "$(json out 'd["tree_size"]')" 2

# the log's key replaced: the keys are known all the same, and an older copy of
# the vault, from before that, is told
exits 0 muniment index rebuild
cp -r v before
exits 0 muniment key rotate --log-key
exits 0 muniment
says out "keys         $PWD/k"
says_not out "not on this machine"
exits 0 muniment deposit docs
exits 0 muniment --json
equal "$(json out 'd["keys_here"], d["stale"]')" "(True, False)"
exits 0 muniment -C before --json
equal "$(json out 'd["keys_here"], d["stale"]')" "(True, True)"
