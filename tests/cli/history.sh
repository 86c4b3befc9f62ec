# SPDX-License-Identifier: BSD-2-Clause
# history: every event, oldest first; of one archive, its own; gaps where they
# stand; find, list and show know what was typed and who holds what.
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
exits 0 muniment index rebuild --yes
exits 0 muniment history TST-0001
says out "withheld"

# a transfer that waits, told in its place; hostile words harm nothing
muniment key new --keys k-Egret --as Egret --no-passphrase --volatile \
	--log-key-from k >/dev/null
exits 0 muniment actor enrol k-Egret/actor.pem --role custodian
exits 0 muniment record transfer TST-0001 --from Heron --to Egret \
	--place $'Lviv\e[31m\nEntry 9, forged'
exits 0 muniment history TST-0001 --ascii
harmless out
says out "Heron (custodian) handed TST-0001 over to Egret (custodian), who is to accept it."
says out "custody.pending"
! grep -q "^Entry 9" out || die "a typed line passes for ours"
says out "TST-0001 is held by Heron (custodian), since entry 1."
exits 0 muniment record transfer TST-0001 --accept 4 --keys k-Egret
exits 0 muniment history TST-0001
says_not out "custody.pending"
says out "Egret (custodian) accepted TST-0001, handed over in entry 4"
says out "held by Egret (custodian), since entry 5."

# from somebody who no longer holds it, or from nobody: refused, and nothing is
# signed; where it is meant, a contradiction, and the exit is 0
head=$(sha256sum <v/log/checkpoint)
exits 3 muniment record transfer TST-0001 --from Heron --who "the court"
says err "'TST-0001' is held by 'Egret' since entry 5, and this says that 'Heron' handed it over"
says err "nothing was logged"
exits 3 muniment record transfer TST-0001/2 --to Heron --json
says out "'TST-0001/2' is held by 'Egret' since entry 5, and this says that somebody who is no actor (--from was left out)"
equal "$(sha256sum <v/log/checkpoint)" "$head"
exits 0 muniment record transfer TST-0001 --from Heron --who "the court" \
	--form asserted --yes
exits 0 muniment history TST-0001 --json
equal "$(json out '[(e["seq"], f["rule"]) for e in d["events"] for f in e["findings"] if not f["noted"]]')" \
	"[(6, 'custody.not-holder')]"
equal "$(json out 'd["findings"], d["standings"][0]["holder"], d["standings"][0]["since_seq"]')" \
	"(1, None, 6)"
equal "$(json out '[e for e in d["events"] if e["seq"] == 6][0]["detail"]["form"]')" \
	"asserted"

# nor was it an actor's to hand on
exits 3 muniment record transfer TST-0001 --from Egret --to Heron
says err "'TST-0001' is held by somebody who is no actor since entry 6"

# what was said of a document: the latest counts, all stay
exits 0 muniment annotate TST-0001/2 exhibit=P-17 "title=Order no. 12"
exits 0 muniment annotate TST-0001/2 exhibit=P-18
exits 0 muniment annotate TST-0002 case=two
exits 0 muniment link TST-0002/1 --translation-of TST-0001/2
exits 0 muniment show TST-0001/2
says out "exhibit      P-18 (entry 8, Heron)"
says out "earlier    P-17 (entry 7, Heron)"
says out "TST-0002-000001 is a translation of TST-0001-000002 (entry 10)"
says out "held by      somebody outside the vault, since entry 6, with its archive."
exits 0 muniment show TST-0002 --json
equal "$(json out 'd["case"], d["deposit_case"], d["relations"][0]["object"], d["standings"][0]["holder"]["name"]')" \
	"('two', None, 'TST-0001-000002', 'Heron')"
exits 0 muniment list --case two --json
equal "$(json out '[a["archive"] for a in d["archives"]]')" "['TST-0002']"
exits 0 muniment find "ORDER 12" --json
equal "$(json out '[(t["reference"], t["seq"], t["key"]) for t in d["typed"]]')" \
	"[('TST-0001-000002', 7, 'title')]"
exits 0 muniment find court
says out "TST-0001  entry 6, transfer, who: the court"

# only some of it
seqs()
{
	exits 0 muniment history "$@" --json
	json out '[e["seq"] for e in d["events"]]'
}
equal "$(seqs TST-0001/1)" "[1, 4, 5, 6]"
equal "$(seqs TST-0001/2)" "[1, 4, 5, 6, 7, 8, 10]"
equal "$(seqs --actor egret)" "[4, 5]"
equal "$(seqs --type annotation --key exhibit)" "[7, 8]"
equal "$(seqs --case two)" "[2, 9, 10]"
equal "$(seqs --to 2026-01-01)" "[]"
exits 3 muniment history --actor Nobody
exits 64 muniment history --from yesterday
exits 64 muniment history --type deposits
exits 3 muniment history TST-0001/99

# erased: gone from the index at once, without a rebuild
exits 0 muniment statement erase 7 --yes
! grep -qF "Order no. 12" v/index.sqlite || die "still in the index"
exits 0 muniment index check
exits 0 muniment find "ORDER 12"
says err "nothing found"
exits 0 muniment show TST-0001/2
says out "title        withheld (entry 7, Heron)"

# destroyed: its rows are gone too, and the index is as a rebuild makes it
exits 0 muniment withdraw TST-0002 --reason returned --destroy --yes
exits 0 muniment index check
exits 0 muniment list
says out "withdrawn, bytes destroyed"
exits 0 muniment history TST-0002
says out "Heron (custodian) withdrew TST-0002; its bytes were destroyed."

# a key replaced under another name: what the old one signed keeps its name
exits 0 muniment key rotate --as "Heron 2"
exits 0 muniment annotate TST-0001/1 title=Letter
exits 0 muniment history
says out "Heron (custodian) made this vault and is its first custodian."
says out "Heron (custodian) replaced its own key by a new one; from here on it signs as Heron 2."
says out "Heron 2 (custodian) described TST-0001-000001: title."
says out "  Heron 2, custodian, since entry 0"
says out "      as Heron, entries 0 to 12"
says out "      as Heron 2, from entry 13 on"
exits 0 muniment history --json
equal "$(json out '[(e["seq"], e["named"]["name"]) for e in d["events"] if e["type"] == "key-rotated"]')" \
	"[(12, 'Heron')]"
equal "$(json out '[(e["seq"], e["actor_name"]) for e in d["events"] if e["seq"] in (0, 12, 13)]')" \
	"[(0, 'Heron'), (12, 'Heron'), (13, 'Heron 2')]"
equal "$(json out '[(c["name"], c["first_seq"], c["last_seq"]) for c in d["actors"][0]["certificates"]]')" \
	"[('Heron', 0, 12), ('Heron 2', 13, None)]"
exits 0 muniment actor list
says out "custodian  Heron 2"
says out "before       Heron (entries 0-12)"
exits 0 muniment actor list --json
equal "$(json out '[[(b["name"], b["last_seq"]) for b in a["before"]] for a in d["actors"]]')" \
	"[[('Heron', 12)], []]"
# under a name that another has, it is said which of the two is meant
exits 0 muniment key rotate --as Egret
exits 0 muniment history
says out "Egret (custodian, enrolled in entry 3) accepted TST-0001"
says out "Heron (custodian) made this vault"
# the report names them as history does
exits 2 muniment-verify v --report report.html
says report.html "Heron (certificate "
says report.html "Heron 2 (certificate "
grep -q "accepts.*entry 4" report.html || die "it is not said which entry was accepted"
