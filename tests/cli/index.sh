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

# an archive's file is gone: one check says so, its rows are not told as wrong,
# and a rebuild does not forget what the index still knows
mv v/archives/TST-0001.tar .
exits 1 muniment-verify v --trust "$anchor" --json
equal "$(json out '[(c["rule"], c["subject"], c["verdict"]) for c in d["checks"]
	if c["check"] == "INDEX"]')" \
	"[('index.holds', 'index: archive TST-0001', 'FAILED')]"
equal "$(json out '[c["verdict"] for c in d["checks"]
	if c["rule"] == "archive.missing"]')" "['FAILED']"
says out "Restore the file from a copy"
exits 1 muniment index check
equal "$(grep -c '^index' out)" 1
says out "before 'muniment index rebuild'"
exits 3 muniment index rebuild </dev/null
says err "the file of TST-0001 is not in archives/"
says err "say --yes to forget them"
exits 0 muniment find a.txt
says out TST-0001
# a row of another archive is told as ever
python3 - <<'PY'
import sqlite3
db = sqlite3.connect("v/index.sqlite")
db.execute("UPDATE document SET size = size + 1 WHERE archive = 2")
db.commit()
PY
exits 1 muniment index check
says out index.document
exits 0 muniment index rebuild --yes
exits 0 muniment index check
# what was forgotten is said, as long as it is
exits 0 muniment find deep
equal "$(cat out)" ""
says err "nothing found, and 1 archive is not in the index"
equal "$(wc -l <err)" 1
mv TST-0001.tar v/archives
exits 0 muniment find deep --json
says err "1 archive is not in the index"
exits 0 muniment index rebuild
exits 0 muniment find deep
says out TST-0001
exits 0 muniment find nowhere
equal "$(cat err)" "muniment: warning: nothing found"

# so with what was typed: the index may have the last copy
exits 0 muniment annotate TST-0001 "note=heron at dusk"
mv v/log/statements .
exits 1 muniment-verify v --trust "$anchor" --json
equal "$(json out 'sorted({(c["rule"], c["verdict"]) for c in d["checks"]
	if c["check"] == "INDEX"})')" "[('index.holds', 'FAILED')]"
exits 3 muniment index rebuild
says err "is in the index alone"
exits 0 muniment find heron
says out "heron at dusk"
mv statements v/log
exits 0 muniment index rebuild
sound

# an update that was interrupted is taken back, and nothing is asked for it
python3 - <<'PY'
import os, shutil, sqlite3
name = "v/index.sqlite"
db = sqlite3.connect(name)
db.isolation_level = None
db.execute("PRAGMA cache_size = 1")
db.execute("BEGIN EXCLUSIVE")
db.execute("UPDATE event SET type = type || hex(zeroblob(9000))")
db.execute("CREATE TABLE x AS SELECT hex(randomblob(500)) FROM event, event, event, event, event")
for suffix in ("", "-journal"):
    shutil.copyfile(name + suffix, "kept" + suffix)
db.execute("ROLLBACK")
db.close()
for suffix in ("", "-journal"):
    os.replace("kept" + suffix, name + suffix)
PY
exits 3 muniment list
says err "an update of it was interrupted"
exits 0 muniment index rebuild
exits 0 muniment index check
sound

# links on the way to a vault are the keeper's own
ln -s v through
mkdir disk && ln -s disk linked && ln -s .. disk/up
for way in through through/ disk/up/v disk/up/through/. ./v/; do
	exits 0 muniment -C "$way" index check
	exits 0 muniment -C "$way" list
	exits 0 muniment -C "$way" index rebuild
	exits 0 muniment-verify "$way" --trust "$anchor"
done
(cd through && muniment-verify . --trust "$anchor") >out || die "$(cat out)"
(cd through && unset MUNIMENT_VAULT && muniment -C . list) >out
exits 0 muniment -C through deposit docs/a.txt --json
equal "$(json out 'd["index_updated"]')" True
exits 0 muniment init linked/new --keys k2 --no-passphrase --volatile
equal "$(cat err)" ""
[ -f disk/new/index.sqlite ] || die "no index was made"
sound
# the index itself is to be a plain file
mv v/index.sqlite kept.sqlite
ln -s ../kept.sqlite v/index.sqlite
exits 3 muniment list
exits 1 muniment-verify through --trust "$anchor"
says out "index.sqlite"
