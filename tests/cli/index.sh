# SPDX-License-Identifier: BSD-2-Clause
# index: gone, it is made again; changed, it is named; it decides nothing.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
exits 0 muniment deposit docs
exits 0 muniment index check
rm v/index.sqlite
exits 3 muniment list
says err "index rebuild"
exits 1 muniment index check
# the next deposit makes it as a whole
exits 0 muniment deposit docs/a.txt --json
equal "$(json out 'd["index_updated"]')" True
exits 0 muniment index check
exits 0 muniment index rebuild
exits 0 muniment index check
python3 - <<'PY'
import sqlite3
db = sqlite3.connect("v/index.sqlite")
db.execute("UPDATE document SET size = size + 1 WHERE number = 1")
db.commit()
PY
exits 1 muniment index check
says out index.document
exits 1 muniment-verify v --trust "$anchor"
exits 0 muniment index rebuild
exits 0 muniment index check
# not an index at all: said with the deposit, which is in all the same
head -c 5000 /dev/urandom >v/index.sqlite
exits 0 muniment deposit docs/b.txt --json
equal "$(json out 'd["index_updated"]')" False
says err "index rebuild"
exits 0 muniment index rebuild
sound
