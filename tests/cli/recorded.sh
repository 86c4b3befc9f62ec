# SPDX-License-Identifier: BSD-2-Clause
# Of what is signed about stored bytes: only what lies at an archive's own place
# counts, and only what could be read.
# shellcheck shell=bash disable=SC2154 # helpers'
make_vault --as Heron
make_documents
for _ in 1 2; do
	muniment deposit docs >/dev/null
done
cp -r v vault.saved

# restore: the vault as it was
restore()
{
	chmod -R u+rwX v
	rm -rf v
	cp -r vault.saved v
	rm -rf k
	cp -r keys.saved k
}
cp -r k keys.saved

# damage FILE: one byte of a document in it
damage()
{
	flip "$1" 700
}

# recorded STATUS WORDS: what a check of everything signs of each archive
recorded()
{
	exits "$1" muniment verify --record --trust "$anchor"
	equal "$(cut -d '"' -f 8 v/log/results/000003.jsonl | tr '\n' ' ')" "$2"
	restore
}

# ---- verify --record hears no file under another name ----

# damaged, with a good copy beside
cp v/archives/TST-0001.tar v/archives/zz.tar
damage v/archives/TST-0001.tar
recorded 1 "failed passed "
# gone, with a good copy beside
mv v/archives/TST-0001.tar v/archives/zz.tar
recorded 1 "failed passed "
# whole, and a damaged file that says it is the same
cp v/archives/TST-0001.tar v/archives/zz.tar
damage v/archives/zz.tar
recorded 2 "passed passed "
says out "archives/zz.tar: There is something in the vault's folder"
# another archive in its place
cp -f v/archives/TST-0002.tar v/archives/TST-0001.tar
recorded 1 "failed passed "

# ---- nor calls "failed" what could not be read ----

# Root reads everything, so the system is made to say no.
head=$(sha256sum <v/log/checkpoint)
# refused COMMAND...: with that archive not to be opened
refused()
{
	# the leak sanitizer, where there is one, does not work under strace
	ASAN_OPTIONS=detect_leaks=0 exits 3 \
		strace -f -qq -o /dev/null -P TST-0001.tar \
		-P "$PWD/v/archives/TST-0001.tar" \
		-e inject=open,openat,openat2:error=EACCES "$@"
	says err TST-0001.tar
	equal "$(sha256sum <v/log/checkpoint)" "$head"
	[ ! -e v/log/results ] || die "something was recorded"
}
refused muniment record fixity-check TST-0001
rm v/index.sqlite # building it anew, to compare, is another's failure
refused muniment verify --record --trust "$anchor"
says err "could not be read"
says out archive.readable
restore

# ---- nor believes the index, or an entry that the head does not count ----

# sql STATEMENT: one edit of v's index, which has to change something
sql()
{
	python3 -c 'import sqlite3, sys
with sqlite3.connect("v/index.sqlite") as d:
    assert d.execute(sys.argv[1]).rowcount > 0' "$1"
}

# an entry is not what it was: nobody is said to be an actor by it, and nothing
# is signed (an append alone looks at the newest bundle only)
head=$(sha256sum <v/log/checkpoint)
bundle=$(echo v/log/tile/entries/000.p/*)
chmod u+w "$bundle"
sed -i 's/"type":"deposit"/"type":"deposix"/' "$bundle"
! cmp -s "$bundle" "vault.saved/${bundle#v/}" || die "nothing was edited"
for command in "actor list" "record access TST-0002" \
	"record fixity-check TST-0001" "deposit docs"; do
	# shellcheck disable=SC2086 # words
	exits 3 muniment $command
done
exits 3 muniment actor list
says err "not those that its head counts"
equal "$(sha256sum <v/log/checkpoint)" "$head"
restore

# another vault's archive of that number, and an index that knows its digest
muniment init w --keys kw --no-passphrase --volatile --prefix TST \
	>/dev/null
MUNIMENT_VAULT=$PWD/w MUNIMENT_KEYS=$PWD/kw muniment deposit docs >/dev/null
cp -f w/archives/TST-0001.tar v/archives/TST-0001.tar
digest=$(sha256sum w/archives/TST-0001.tar | cut -d ' ' -f 1)
sql "UPDATE archive SET sha256 = x'$digest' WHERE id = 'TST-0001'"
exits 1 muniment record fixity-check TST-0001
says out "NOT THOSE"
restore
exits 0 muniment record fixity-check TST-0001
exits 3 muniment record fixity-check TST-0003
exits 3 muniment record fixity-check TST-0001/1
says err "whole archives"
sound
