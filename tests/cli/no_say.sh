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
