# SPDX-License-Identifier: BSD-2-Clause
# Whoever can write to a vault can write its index: nothing is signed, and
# nothing handed out, because of what stands there.
# shellcheck shell=bash disable=SC2154 # helpers'
make_vault --as Heron
make_documents
muniment deposit docs --case Harmless >/dev/null
muniment deposit docs --case Secret >/dev/null
muniment key new --keys k-Rail --as Rail --no-passphrase --volatile \
	--log-key-from k >/dev/null
muniment actor enrol k-Rail/actor.pem --role custodian >/dev/null
muniment actor revoke Rail --reason retired >/dev/null
cp v/index.sqlite saved

# sql STATEMENT: one edit of the index as it was, which has to change something
sql()
{
	cp saved v/index.sqlite
	python3 -c 'import sqlite3, sys
with sqlite3.connect("v/index.sqlite") as d:
    assert d.execute(sys.argv[1]).rowcount > 0' "$1"
}

# a revocation that the index does not know
head=$(sha256sum <v/log/checkpoint)
sql "UPDATE event SET type = 'access' WHERE type = 'actor-revoked'"
exits 3 muniment deposit docs --keys k-Rail
says err revoked
exits 3 muniment record transfer TST-0001 --to Rail
says err revoked
exits 3 muniment annotate TST-0001 note=x --keys k-Rail
says err revoked
equal "$(sha256sum <v/log/checkpoint)" "$head"
equal "$(echo v/archives/*)" "v/archives/TST-0001.tar v/archives/TST-0002.tar"

# archives of another case, which the index files under this one, and the other
# way round
ids()
{
	exits 0 muniment export --case "$1" parcel --no-record --json
	json out '" ".join(a["archive"] for a in d["archives"])'
	chmod -R u+w parcel
	rm -r parcel
}
sql "UPDATE archive SET case_name = 'Harmless'"
equal "$(ids Harmless)" TST-0001
equal "$(ids Secret)" TST-0002
sql "UPDATE archive SET case_name = NULL"
equal "$(ids Harmless)" TST-0001
rm v/index.sqlite
equal "$(ids Secret)" TST-0002
exits 3 muniment export --case Nothing parcel --no-record
says err "no archive of the case"
cp saved v/index.sqlite
# what the latest annotation says, or the deposit; erased words say nothing
muniment annotate TST-0002 case=Moved >/dev/null
equal "$(ids Moved)" TST-0002
muniment annotate TST-0002 case=Harmless note=n >/dev/null
muniment annotate TST-0002/1 case=Moved >/dev/null
equal "$(ids Harmless)" "TST-0001 TST-0002"
equal "$(ids Secret)" TST-0002
exits 3 muniment export --case Moved parcel --no-record
muniment statement erase 6 --yes >/dev/null
equal "$(ids Moved)" TST-0002
equal "$(ids Harmless)" TST-0001
# words that are not those logged
cp v/log/statements/000002.json words
chmod u+w v/log/statements/000002.json
sed -i 's/Secret/Moved!/' v/log/statements/000002.json
exits 3 muniment export --case Harmless parcel --no-record
says err "entry 2"
cp words v/log/statements/000002.json

# a document's record that is not the archive's
muniment index rebuild >/dev/null
cp v/index.sqlite saved
sql "UPDATE document SET record = replace(record, '\"size\":4', '\"size\":5')"
exits 0 muniment record access TST-0001/1
exits 0 muniment record access TST-0001-000003
exits 3 muniment record access TST-0001/4
says err "no document 4"
exits 64 muniment record access TST-0001-000001.m0001
rm v/index.sqlite
exits 0 muniment annotate TST-0002/2 exhibit=P-1
muniment index rebuild >/dev/null
sound

# nor an archive's, where that is not the one logged
head=$(sha256sum <v/log/checkpoint)
cp v/archives/TST-0001.tar whole
chmod u+w v/archives/TST-0001.tar
sed -i 's/"size":4/"size":5/' v/archives/TST-0001.tar
exits 3 muniment record access TST-0001/1
says err "not what was logged"
cp -f v/archives/TST-0002.tar v/archives/TST-0001.tar
exits 3 muniment record access TST-0001/1
says err "not what was logged"
rm -f v/archives/TST-0001.tar
exits 3 muniment record access TST-0001/1
equal "$(sha256sum <v/log/checkpoint)" "$head"
cp whole v/archives/TST-0001.tar
chmod 444 v/archives/TST-0001.tar
sound
