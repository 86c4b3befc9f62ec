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
# docs/KEEPING.md has every member, in order
equal "$(json out '"\n".join(d)')" "$(sed -n \
	'/^## What to look at/,/^## Taking/s/^| [^a-z]\([a-z_]*\)[^a-z] |.*/\1/p' \
	"$here/../../docs/KEEPING.md")"
equal "$(json out 'd["time_stamps_pending"], d["time_stamps_expire"], d["index_events"]')" \
	"(2, None, 2)"
equal "$(json out '"vault:" + d["vault"]')" "$anchor"
rm v/index.sqlite
exits 0 muniment
says out "index rebuild"
exits 0 muniment --json
equal "$(json out 'd["index_events"], d["archives_missing"], d["missing"], d["archives"], d["documents"]')" \
	"(None, None, [], 0, 0)"
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

# archives that somebody deleted: how many, which first, and each in the list
exits 0 muniment --json
equal "$(json out 'd["archives_missing"], d["missing"]')" "(0, [])"
exits 0 muniment
says_not out MISSING
exits 0 muniment deposit docs/deep
exits 0 muniment deposit docs/deep
exits 0 muniment deposit docs/deep
mkdir elsewhere
mv v/archives/TST-0002.tar elsewhere
exits 0 muniment
says out "MISSING      1 archive's file is not in archives/: TST-0002"
says_not out ...
says out "Put the missing files back"
exits 0 muniment list
equal "$(grep -c 'FILE MISSING' out)" 1
says out "FILE MISSING"
exits 0 muniment list --json
equal "$(json out '[a["archive"] for a in d["archives"] if not a["present"]]')" \
	"['TST-0002']"
mv v/archives/*.tar elsewhere
exits 0 muniment
says out "5 archives' files are not in archives/: TST-0001 TST-0002 TST-0003 ..."
exits 0 muniment --json
equal "$(json out 'd["archives_missing"], d["missing"]')" \
	"(5, ['TST-0001', 'TST-0002', 'TST-0003'])"
exits 0 muniment index rebuild --yes
exits 0 muniment list
equal "$(grep -c 'FILE MISSING' out)" 5
mv elsewhere/*.tar v/archives
exits 0 muniment list
says_not out "FILE MISSING"
equal "$(grep -c 'not in the index (index rebuild)' out)" 5
exits 0 muniment index rebuild
# destroyed is not missing
exits 0 muniment withdraw TST-0003 --reason returned --destroy --yes
exits 0 muniment --json
equal "$(json out 'd["archives_missing"], d["archives"]')" "(0, 5)"
exits 0 muniment list
says_not out MISSING
says_not out "not in the index"
