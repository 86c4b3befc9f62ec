# SPDX-License-Identifier: BSD-2-Clause
# verify --record: one event for all archives, with what was found beside it.
# shellcheck shell=bash disable=SC2154 # helpers'
make_vault --as Heron
exits 3 muniment verify --record
says err "no archive"
make_documents
for _ in 1 2 3; do
	muniment deposit docs >/dev/null
done
muniment key new --keys k-Wren --as Wren --no-passphrase --volatile \
	--log-key-from k >/dev/null
muniment actor enrol k-Wren/actor.pem --role keeper >/dev/null

# a machine may do it
exits 0 muniment verify --record --keys k-Wren --trust "$anchor"
says out "Entry 5"
file=v/log/results/000005.jsonl
cut -d '"' -f 4,8 "$file" >lines
equal "$(cat lines)" "$(printf 'TST-000%d"passed\n' 1 2 3)"
sound

# the root, by sha256sum alone, is what was signed
hash()
{
	xxd -r -p | sha256sum | cut -d ' ' -f 1
}
leaf()
{
	{ printf 00; sed -n "$1p" "$file" | xxd -p | tr -d '\n'; } | hash
}
left=$(printf '01%s%s' "$(leaf 1)" "$(leaf 2)" | hash)
root=$(printf '01%s%s' "$left" "$(leaf 3)" | hash)
grep -qa "\"results\":\"$root\"" v/log/tile/entries/000.p/6 ||
	die "the entry has another root"
# nothing in it tells what the lines tell
! grep -qa 'TST-0003.*fixity-check\|"count"' v/log/tile/entries/000.p/6 ||
	die "the entry tells too much"

# bytes that are not those logged, and an archive that is gone
cp v/archives/TST-0002.tar saved
flip v/archives/TST-0002.tar 700
exits 1 muniment verify --record --trust "$anchor"
equal "$(cut -d '"' -f 4,8 v/log/results/000006.jsonl | tr '\n' ' ')" \
	'TST-0001"passed TST-0002"failed TST-0003"passed '
cp saved v/archives/TST-0002.tar
exits 2 muniment-verify v --trust "$anchor"
says out "fixity.failed-somewhere"
says_not out FAILED
# who looks after the vault is told, until it is settled
failed='d["checks_failed"], d["failed"]'
exits 0 muniment
says out "CHECK        the last of everything found an archive that is not whole (entry 6)"
says out "record fixity-check ARCHIVE"
exits 0 muniment --json
equal "$(json out "$failed")" "(1, [{'archive': None, 'seq': 6}])"
# a parcel of another archive: nobody says that it is the one
exits 0 muniment export TST-0001 failed --no-record
judge=(muniment-verify failed/TST-0001.tar failed/TST-0001.dossier.tar
	--trust "$anchor")
exits 2 "${judge[@]}"
says out "it need not be one that is judged here"
says out "muniment record fixity-check ARCHIVE"
says_not out "Restore the archive"
# a check of that archive alone, made later, settles it there and not here
cp -a v settled
cp -a k k-settled
exits 0 muniment -C settled --keys k-settled record fixity-check TST-0001
exits 0 muniment -C settled --keys k-settled export TST-0001 settled.parcel
exits 0 muniment-verify settled.parcel/TST-0001{,.dossier}.tar --trust "$anchor"
says out "fixity.settled"
exits 2 muniment-verify settled --trust "$anchor"
says out "fixity.failed-somewhere"
for archive in TST-0002 TST-0003; do
	exits 0 muniment -C settled --json
	equal "$(json out 'd["checks_failed"]')" 1
	exits 0 muniment -C settled --keys k-settled record fixity-check \
		$archive
done
exits 0 muniment -C settled --json
equal "$(json out "$failed")" "(0, [])"
exits 0 muniment -C settled
says_not out CHECK
# bytes that were destroyed before were not looked at, later ones were
cp -a settled gone
cp -a k-settled k-gone
gone=(muniment -C gone --keys k-gone)
exits 0 "${gone[@]}" withdraw TST-0002 --reason returned --destroy --yes
cp gone/archives/TST-0001.tar saved.1
flip gone/archives/TST-0001.tar 700
exits 1 "${gone[@]}" verify --record --trust "$anchor"
cp saved.1 gone/archives/TST-0001.tar
exits 0 "${gone[@]}" record fixity-check TST-0001
exits 0 "${gone[@]}" --json
equal "$(json out 'd["checks_failed"]')" 1
cp -a gone later
cp -a k-gone k-later
exits 0 "${gone[@]}" record fixity-check TST-0003
exits 0 "${gone[@]}" --json
equal "$(json out 'd["checks_failed"]')" 0
exits 0 muniment -C later --keys k-later withdraw TST-0003 \
	--reason returned --destroy --yes
exits 0 muniment -C later --json
equal "$(json out 'd["checks_failed"]')" 1
exits 0 muniment history
says out "not all were those logged"
exits 2 muniment verify --record --trust "$anchor" # it was the last word
exits 0 muniment --json
equal "$(json out "$failed")" "(0, [])"
exits 0 muniment-verify v --trust "$anchor"
says out "fixity.repaired"

# with --json one document, which names the entry; none where none was made
exits 0 muniment verify --record --json --trust "$anchor"
equal "$(json out 'd["verdict"], d["recorded"]["seq"]')" "('PASSED', 8)"
entry=$(json out 'd["recorded"]["entry"]')
exits 0 muniment history --json
equal "$(json out '[e["entry"] for e in d["events"] if e["seq"] == 8][0]')" \
	"$entry"
exits 0 muniment verify --json --trust "$anchor"
equal "$(json out '"recorded" in d')" False
exits 3 muniment verify --record --json --keys nowhere --trust "$anchor"
equal "$(json out 'd["exit_status"]')" 3

# without a file there is nothing to check by itself
mv v/archives/TST-0003.tar .
head=$(sha256sum <v/log/checkpoint)
exits 3 muniment record fixity-check TST-0003
says err "the file of 'TST-0003' is not in archives/: there is nothing to check"
equal "$(sha256sum <v/log/checkpoint)" "$head"
mv TST-0003.tar v/archives

# withdrawn and destroyed: no line, and none is missed
muniment withdraw TST-0002 --reason returned --destroy --yes >/dev/null
head=$(sha256sum <v/log/checkpoint)
exits 3 muniment record fixity-check TST-0002
says err "the bytes of 'TST-0002' were destroyed when it was withdrawn (entry 9)"
equal "$(sha256sum <v/log/checkpoint)" "$head"
exits 2 muniment verify --record --trust "$anchor"
equal "$(grep -c . v/log/results/000010.jsonl)" 2
says_not v/log/results/000010.jsonl TST-0002
exits 2 muniment-verify v --trust "$anchor" # archive.withdrawn
says_not out FAILED
exits 0 muniment index check

# the file changed, cut, emptied, in another order, gone, or one too many
cp "$file" whole
chmod -R u+w v/log/results
# fails NAME: with the file as it is now
fails()
{
	exits 1 muniment-verify v --trust "$anchor"
	says out "$1"
	cp whole "$file"
}
sed -i '2s/passed/failed/' "$file"
fails fixity.results
sed -i '3d' "$file"
fails fixity.results
sed -i '1d' "$file"
fails fixity.results
: >"$file"
fails fixity.results
{ sed -n 2p whole; sed -n 1p whole; sed -n 3p whole; } >"$file"
fails fixity.results
sed -i 's/"archive":/"archive": /' "$file"
fails fixity.results
rm "$file"
fails fixity.results
cp whole v/log/results/000004.jsonl
fails log.unexpected
mv v/log/results/000004.jsonl v/log/results/000011.jsonl
exits 2 muniment-verify v --trust "$anchor"
says out log.litter
exits 0 muniment annotate TST-0001 "note=tidies up"
[ ! -e v/log/results/000011.jsonl ] || die "litter was left"
says_not err results

# of a parcel, the event alone
exits 0 muniment export TST-0001 parcel
tar -tf parcel/TST-0001.dossier.tar >members
says_not members results
says members entries/000005.p7m
exits 0 muniment-verify parcel/TST-0001.tar parcel/TST-0001.dossier.tar \
	--trust "$anchor"
says_not out FAILED
