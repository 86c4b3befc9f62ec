# SPDX-License-Identifier: BSD-2-Clause
# actors, custody events and what is refused; the vault passes after all of it.
# shellcheck shell=bash disable=SC2154 # helpers'
make_vault --as Heron
make_documents
muniment deposit docs --case T-17 >/dev/null
printf 'bonjour\n' >translation.txt
muniment deposit translation.txt --case T-17 >/dev/null

# four actors, each with keys of its own
for name in Egret Plover Rail Wren; do
	muniment key new --keys "k-$name" --as "$name" --no-passphrase \
		--volatile --log-key-from k >/dev/null
done
exits 0 muniment actor enrol k-Egret/actor.pem --role custodian
exits 0 muniment actor enrol k-Plover/actor.pem --role examiner
exits 0 muniment actor enrol k-Rail/actor.pem --role counsel
exits 0 muniment actor enrol k-Wren/actor.pem --role keeper
exits 3 muniment actor enrol k-Wren/absent.pem --role custodian
says err "'k-Wren/absent.pem'"
exits 3 muniment actor enrol k-Wren/actor.pem --role custodian
says err "already"

# a transfer waits for the receiver's word, and only that one's
exits 0 muniment record transfer TST-0001 --from Heron --to Egret --place Lviv
exits 3 muniment record transfer TST-0001 --accept 7 --keys k-Plover
says err "another than the named receiver"
exits 0 muniment record transfer TST-0001 --accept 7 --keys k-Egret
exits 0 muniment record transfer TST-0002 --from Heron --who "court registry"

# roles
exits 0 muniment record examination TST-0001/2 --keys k-Plover \
	--before passed --after passed --tool "file 5.44"
exits 3 muniment record examination TST-0001/2 --keys k-Rail
says err "role"
exits 0 muniment record access TST-0001 --keys k-Rail --purpose "defence"
exits 3 muniment deposit docs --keys k-Wren
says err "role"
exits 3 muniment actor revoke Heron --reason retired --keys k-Plover
says err "role"

# a check that fails and one that passes
cp v/archives/TST-0002.tar saved
flip v/archives/TST-0002.tar 700
exits 1 muniment record fixity-check TST-0002 --keys k-Wren
exits 0 muniment
says out "CHECK        TST-0002 was not whole at its last"
cp saved v/archives/TST-0002.tar
exits 0 muniment record fixity-check TST-0002 --keys k-Wren
exits 0 muniment
says_not out CHECK

exits 0 muniment link TST-0002/1 --translation-of TST-0001/1
exits 64 muniment link TST-0002/1
exits 0 muniment annotate TST-0001/1 exhibit=P-17 "title=Order no. 12"
exits 64 muniment annotate TST-0001/1 colour=blue
# with the mark that spreadsheets put before UTF-8
printf '\xef\xbb\xbfdocument\texhibit\tnote\nTST-0001/2\tP-18\tsecond\nTST-0001/3\tP-19\t\n' >sheet
exits 0 muniment annotate --sheet sheet
# all of it or nothing, and the line that is wrong is named
head=$(sha256sum <v/log/checkpoint)
# wrong LINE SAID ROW...: a sheet with these rows is refused
wrong()
{
	local line=$1 said=$2
	shift 2
	{ printf 'document\texhibit\n' && printf '%b\n' "$@"; } >bad.sheet
	muniment annotate --sheet bad.sheet >out 2>err && die "taken: $*"
	says err "'bad.sheet', line $line (nothing was logged): "
	says err "$said"
	equal "$(sha256sum <v/log/checkpoint)" "$head"
}
wrong 3 "has no document 99" 'TST-0001/1\tP-1' 'TST-0001/99\tP-2' \
	'TST-0001/3\tP-3'
wrong 4 "names no document" 'TST-0001/1\tP-1' '' '\tP-2'
wrong 3 "more fields" 'TST-0001/1\tP-1\t\t' 'TST-0001/1\tP-1\tnote'
wrong 3 "not UTF-8" 'TST-0001/1\tP-1' 'TST-0001/2\tP-\xff'
wrong 2 "262144" "TST-0001/1\t$(head -c 262144 /dev/zero | tr '\0' x)"
for encoding in UTF-16 UTF-16BE; do
	printf 'document\texhibit\nTST-0001/1\tP-1\n' |
		iconv -t "$encoding" >bad.sheet
	exits 64 muniment annotate --sheet bad.sheet
	says err "UTF-16"
done
equal "$(sha256sum <v/log/checkpoint)" "$head"
exits 3 muniment annotate TST-0001/99 exhibit=P-20
exits 3 muniment record access TST-0009

# revoked: signs nothing more; the last custodian stays
exits 0 muniment actor revoke Rail --reason retired
exits 3 muniment record access TST-0001 --keys k-Rail
says err "revoked"
exits 0 muniment actor revoke Egret --reason retired
exits 3 muniment actor revoke Heron --reason retired
says err "last custodian"
exits 0 muniment actor list
says out REVOKED

# an index that knows of no revocation and no enrolment, or is none, has no say
# in what is signed
cp v/index.sqlite saved.index
before=$(sha256sum v/log/checkpoint)
for lie in "UPDATE event SET type = 'access' WHERE type = 'actor-revoked'" \
	"DELETE FROM event WHERE type LIKE 'actor-%'" \
	"UPDATE event SET seq = seq + 1000 WHERE type = 'actor-revoked'"; do
	cp saved.index v/index.sqlite
	python3 -c 'import sqlite3, sys
with sqlite3.connect("v/index.sqlite") as d:
    assert d.execute(sys.argv[1]).rowcount > 0' "$lie"
	exits 3 muniment record access TST-0001 --keys k-Rail
	says err "revoked"
	exits 3 muniment actor enrol k-Wren/absent.pem --role custodian
says err "'k-Wren/absent.pem'"
exits 3 muniment actor enrol k-Wren/actor.pem --role custodian
	says err "already"
done
rm v/index.sqlite
exits 3 muniment actor enrol k-Wren/absent.pem --role custodian
says err "'k-Wren/absent.pem'"
exits 3 muniment actor enrol k-Wren/actor.pem --role custodian
says err "already"
equal "$(sha256sum v/log/checkpoint)" "$before"
cp saved.index v/index.sqlite

exits 0 muniment verify --trust "$anchor"
says out "custody.asserted"
says out "fixity.repaired"
sound

# a hand-over to nobody
exits 64 muniment record transfer TST-0001
says err "say who gets it"

# what was typed can be erased; the proof stays
exits 3 muniment statement erase 7
says err "--yes"
exits 3 muniment statement erase 7 --json
[ -e v/log/statements/000007.json ] || die "erased without being asked for"
exits 0 muniment statement erase 7 --yes
exits 3 muniment statement erase 7 --yes
exits 0 muniment-verify v --trust "$anchor"
says out "statement.withheld"

# withdrawn, bytes destroyed: the answer for them is open
exits 64 muniment withdraw TST-0002
exits 0 muniment withdraw TST-0002 --reason "returned"
# once; what was kept may be destroyed later, and what is there again
before=$(sha256sum <v/log/checkpoint)
exits 3 muniment withdraw TST-0002 --reason "again"
says err "'TST-0002' was withdrawn before, by entry "
says err "--destroy removes its file as well"
equal "$(sha256sum <v/log/checkpoint)" "$before"
for _ in kept "put back"; do
	cp saved v/archives/TST-0002.tar
	exits 0 muniment withdraw TST-0002 --reason "wiped" --destroy --yes
	[ ! -e v/archives/TST-0002.tar ] || die "the bytes are still there"
done
before=$(sha256sum <v/log/checkpoint)
exits 3 muniment withdraw TST-0002 --reason "again" --destroy --yes
says err "and its bytes were destroyed; nothing was logged"
exits 3 muniment withdraw TST-0002 --reason "again" --json
equal "$(sha256sum <v/log/checkpoint)" "$before"
exits 2 muniment-verify v --trust "$anchor"
says out "archive.withdrawn"

# declared stolen: what that key signed is contested, not undone
for reason in lost compromised; do
	exits 64 muniment actor revoke Plover --reason $reason
	says err "--since TIME"
done
for reason in retired superseded; do
	exits 64 muniment actor revoke Plover --reason $reason \
		--since 2026-01-01T00:00:00Z
	says err "retired or superseded is revoked from now on"
done
exits 0 muniment actor revoke Plover --reason compromised \
	--since 2026-01-01T00:00:00Z
exits 2 muniment-verify v --trust "$anchor"
says out "event.contested"
exits 3 muniment actor revoke Plover --reason retired
says err "revoked before"
exits 3 muniment actor revoke Plover --reason lost --since 2026-01-01T00:00:00Z
exits 0 muniment actor revoke Plover --reason lost --since 2025-12-31T00:00:00Z
exits 0 muniment actor list
says out "lost since 2025-12-31T00:00:00Z"
exits 3 muniment actor revoke Heron --reason lost --since 2999-01-01T00:00:00Z
says err "since a time after its own"

# keys replaced: the old one signs the new one in, and nothing after that
exits 0 muniment checkpoint --save before
exits 3 muniment key rotate --keys k-Plover --as Plover-2
equal "$(find k-Plover -name '*.next.*')" ""
cp -r k k-old
exits 0 muniment key rotate --as Heron-2
exits 3 muniment record access TST-0001 --keys k-old
says err "replaced"
exits 0 muniment record access TST-0001
exits 0 muniment key rotate --log-key
equal "$(grep -c '^— ' v/log/checkpoint)" 2
exits 2 muniment-verify v --trust "$anchor" --checkpoint before
says_not out FAILED
exits 3 muniment record access TST-0001 --keys k-old
says err "another log key"
says err "muniment key import KEYS/actor.key KEYS/actor.pem --keys NEW --log-key-from DIR"
# as it says, and as PEOPLE.md has it: another actor goes on with the new one
exits 3 muniment record fixity-check TST-0001 --keys k-Wren
says err "another log key"
exits 0 muniment key import k-Wren/actor.key k-Wren/actor.pem \
	--keys k-Wren-2 --log-key-from k --no-passphrase --volatile
exits 0 muniment record fixity-check TST-0001 --keys k-Wren-2
exits 0 muniment record access TST-0001
equal "$(grep -c '^— ' v/log/checkpoint)" 1
exits 2 muniment-verify v --trust "$anchor" --checkpoint before
says_not out FAILED
exits 0 muniment index check
