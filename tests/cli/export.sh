# SPDX-License-Identifier: BSD-2-Clause
# The parcel: what is in it, what is said, and that it is whole or not there.
# shellcheck shell=bash disable=SC2154 # helpers'
make_vault
make_documents
muniment deposit docs --case T-17 --note "canary note" >/dev/null
muniment deposit docs/deep --case T-17 >/dev/null
muniment deposit docs/deep --case other >/dev/null

exits 0 muniment export TST-0001 TST-0003 p --zip --who "court" --purpose trial
says out "2 archives handed out: p"
# who typed what is told before it goes
says out "  entry 1, TST-0001, case: T-17"
says out "  entry 1, TST-0001, note: canary note"
says out "  entry 3, TST-0003, case: other"
equal "$(grep -c "^  entry" out)" 3
says out "entries: 0-1, 3-5 (of 6)"
says out "TST-0001: recorded as entry 4"
says out "verified as a stranger will: PASSED"
equal "$(cd p && echo *)" \
	"1-READ-FIRST.txt 2-report.html TST-0001.dossier.tar TST-0001.tar TST-0003.tar"
unzip -tqq p.zip
# ours alone, whatever the umask
equal "$(stat -c %a p p.zip p/* | sort | uniq -c | xargs)" "6 400 1 700"
cmp p/TST-0001.tar v/archives/TST-0001.tar
harmless p/1-READ-FIRST.txt
says p/2-report.html "TST-0003.tar"
# where the parcel was made is nobody's business
says p/2-report.html "as the keeper who made these files read it"
says_not p/2-report.html "$PWD"
says_not p/2-report.html ".tmp"
says_not p/1-READ-FIRST.txt "${anchor#vault:}"
exits 0 muniment-verify p/*.tar --trust "$anchor"
says out "dossier.as-of"
exits 2 muniment-verify p/*.tar
sound

# a case; a withdrawn archive is left out and named
muniment withdraw TST-0002 --reason returned --yes >/dev/null
exits 0 bash -c "umask 0; muniment export --case T-17 c --json"
equal "$(stat -c %a c c/* | sort | uniq -c | xargs)" "4 400 1 700"
says err "'TST-0002' was withdrawn"
equal "$(json out "[a['archive'] for a in d['archives'] if not a['withdrawn']]")" \
	"['TST-0001']"
typed=$(json out 'd["words"]')
[ "$typed" -gt 0 ] || die "no words"
equal "$(cd c && echo TST*)" "TST-0001.dossier.tar TST-0001.tar"

# what was withdrawn goes out if that is said, and is not recorded before
exits 3 muniment export TST-0002 w </dev/null
says err "'TST-0002' was withdrawn; 'muniment history TST-0002' says why"
says err "without a terminal, --yes says that what was withdrawn is to go out"
[ ! -e w ] || die "w was made"
exits 0 muniment export TST-0002 w --no-record --yes
rm -rf w
# on a terminal both are asked about
asked()
{
	printf '%s\n' "$1" | LC_ALL=C.UTF-8 script -qec \
		"muniment export $2 w" /dev/null >out 2>&1 || true
}
asked n TST-0001
# a program hears of as many texts as people are shown
equal "$(grep -c '^  entry ' out)" "$typed"
says out "Hand this out? [y/N]"
says out "nothing was handed out"
[ ! -e w ] || die "w was made"

# what cannot be leaves nothing, and no entry
size=$(sed -n 2p v/log/checkpoint)
exits 3 muniment export TST-0001 p
says err "already"
exits 3 muniment export TST-0001 p2/x
exits 3 muniment export TST-0009 q
says err "TST-0009"
exits 64 muniment export TST-0001/1 q
exits 64 muniment export TST-0001 TST-0001 q
exits 64 muniment export TST-0001
exits 64 muniment export --case T-17 TST-0001 q
exits 3 muniment export --case nothing q
exits 64 muniment export TST-0001 v/q
exits 64 muniment export TST-0001 v/archives/q
exits 64 muniment export TST-0001 q --withhold 0
exits 64 muniment export TST-0001 q --withhold one
exits 64 muniment export TST-0001 q --to Nobody
says err "no actor 'Nobody'"
exits 64 muniment export TST-0001 q --tsa-trust docs/a.txt
says err "no root certificate"
exits 64 muniment export TST-0001 q --tsa-crl docs/a.txt
says err "'docs/a.txt' is no certificate revocation list"
exits 3 muniment export TST-0001 q --tsa-trust nowhere.pem
exits 3 muniment export TST-0001 q --tsa-crl nowhere.crl
: >q.zip
exits 3 muniment export TST-0001 q --zip
rm q.zip
cp v/archives/TST-0001.tar saved
flip v/archives/TST-0001.tar 3000
exits 3 muniment export TST-0001 q
says err "archive.digest"
cp saved v/archives/TST-0001.tar
equal "$(sed -n 2p v/log/checkpoint)" "$size"
[ ! -e q ] || die "q was made"
equal "$(find . -maxdepth 1 -name '.*.tmp*')" ""

# a damaged proof is seen before it goes out; the copy is recorded, and said
tile=$(find v/log/tile/0 -type f)
cp "$tile" saved
flip "$tile" 33
exits 3 muniment export TST-0001 q --no-record
cp saved "$tile"
[ ! -e q ] || die "q was made"

# unrecorded, without archives, withheld
exits 0 muniment export TST-0001 q --no-record --without-archive --withhold 1
says out "TST-0001: not recorded"
says_not out "canary note"
says out "verified as a stranger will: INDETERMINATE"
says out "  what would answer it: Name the archive's .tar file as well."
equal "$(cd q && echo *)" "1-READ-FIRST.txt 2-report.html TST-0001.dossier.tar"
! grep -aq "canary note" q/TST-0001.dossier.tar || die "it is not withheld"
grep -aq "canary note" c/TST-0001.dossier.tar || die "this test is blind"
exits 0 muniment-verify c/*.tar --trust "$anchor"
# what a careless star names besides is no damaged archive
exits 64 muniment-verify c/* --trust "$anchor"
says err "1-READ-FIRST.txt' is no archive"
exits 3 muniment-verify c --trust "$anchor"
says err "end in .tar"
sound

# others write between the list and its event: nothing but an exact list is
# logged, and once (four others: it makes five lists, and then gives up)
copies=$(grep -ao '"type":"copy"' -r v/log/tile/entries | wc -l)
exec 9<v/incoming
flock 9
for i in 1 2 3 4; do
	muniment record access TST-0001 --note "$i" >/dev/null 2>"err$i" 9<&- &
done
muniment export TST-0001 r >r.out 2>r.err 9<&- &
sleep 2 # until all wait
flock -u 9
exec 9<&-
wait
equal "$(cat err? r.err)" ""
says r.out "verified as a stranger will: PASSED"
equal "$(grep -ao '"type":"copy"' -r v/log/tile/entries | wc -l)" $((copies + 1))
exits 0 muniment-verify v --trust "$anchor" --json
equal "$(json out '[c["verdict"] for c in d["checks"]
	if c["rule"] == "event.hand-out"]')" "['PASSED']"
sound

# what is only a view of it may lag: the parcel is made, and the lag is said
mv v/index.sqlite index.kept
mkdir v/index.sqlite
exits 0 muniment export TST-0001 lagging --json
says err "the index was not brought up: index: "
equal "$(json out 'd["index_updated"]')" "False"
rmdir v/index.sqlite
exits 0 muniment export TST-0001 again --json
says_not err "index"
equal "$(json out 'd["index_updated"]')" "True"
exits 0 muniment export TST-0001 unrecorded --no-record --json
equal "$(json out 'd["index_updated"]')" "None"
exits 0 muniment index check
