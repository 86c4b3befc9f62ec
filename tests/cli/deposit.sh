# SPDX-License-Identifier: BSD-2-Clause
# deposit: what comes out, what is refused, and that refusals change nothing.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents

exits 0 muniment deposit docs --json
equal "$(json out 'd["archive"]')" TST-0001
equal "$(json out 'd["documents"], d["bytes"], d["findings"], d["complete"]')" \
	"(3, 14, [], True)"
equal "$(json out 'd["log_index"], d["tree_size"], d["already_held"]')" "(1, 2, 0)"
equal "$(json out 'd["sha256"]')" \
	"$(sha256sum <v/archives/TST-0001.tar | cut -d ' ' -f 1)"
[ "$(json out 'd["path"]')" -ef v/archives/TST-0001.tar ]
[ -s "$(json out 'd["receipt"]')" ]
equal "$(stat -c %a v/archives/TST-0001.tar)" 444
sound
exits 0 muniment-verify v --trust "$anchor" --receipt k/receipts/TST-0001.receipt

# the same again: said, and in another archive
exits 0 muniment deposit docs
says out "3 of the documents were in this vault already"
says out TST-0002

# one file, several operands, a receipt where asked
printf 'four\n' >four
exits 0 muniment deposit four docs --receipt my.receipt --json
equal "$(json out 'd["documents"]')" 4
exits 0 muniment-verify v --trust "$anchor" --receipt my.receipt
before=$(cd v && find . | sort && cat log/checkpoint)
receipt=$(sha256sum <my.receipt)
exits 3 muniment deposit four --receipt my.receipt
says err "'my.receipt' is there already"
equal "$(sha256sum <my.receipt)" "$receipt"
for place in nowhere/r four/r; do
	exits 3 muniment deposit four --receipt $place
	says err "'$place' cannot be written"
done
equal "$(cd v && find . | sort && cat log/checkpoint)" "$before"

# an empty file is a document
: >nothing
exits 0 muniment deposit nothing --json
equal "$(json out 'd["documents"], d["bytes"]')" "(1, 0)"

# nothing of this goes in
before=$(cd v && find . | sort && cat log/checkpoint)
mkdir empty other && mkdir other/docs && touch other/docs/x
mkfifo pipe
exits 64 muniment deposit empty
says err "no document"
exits 64 muniment deposit docs other/docs
says err "both named 'docs'"
exits 64 muniment deposit docs docs/a.txt
says err "'a.txt': lies inside another folder that is given"
for place in v k; do
	exits 64 muniment deposit $place
	says err "'$place': is the vault or the folder of keys"
done
for place in v/archives k/receipts; do
	exits 64 muniment deposit $place
	says err "lies in the vault or the folder of keys"
done
exits 64 muniment deposit .
says err "the vault or the folder of keys lies inside"
ln -s docs link
exits 64 muniment deposit link
says err "'link': is a symbolic link"
exits 64 muniment deposit pipe
says err "no document"
exits 3 muniment deposit docs absent
says err absent
exits 64 muniment deposit
says err "PATH... is missing"
exits 3 muniment deposit docs --keys elsewhere
says err "--keys"
exits 0 muniment deposit docs --dry-run
says out "3 documents"
exits 0 muniment deposit docs --dry-run --json
equal "$(json out 'd["documents"], d["dry_run"], d["refused"]')" \
	"(3, True, None)"
equal "$(json out '[(o["name"], o["is_folder"], o["documents"], o["bytes"])
	for o in d["operands"]]')" "[('docs', True, 3, 14)]"
equal "$(json out 'd["vault"], d["prefix"], d["signer"], d["times"]')" \
	"('${anchor#vault:}', 'TST', 'custodian', True)"
exits 0 muniment deposit docs --dry-run --keys elsewhere
says out "There are no keys here"
equal "$(cd v && find . | sort && cat log/checkpoint)" "$before"

# more than there is room for is refused before it is begun (where this file
# system can hold a file with nothing in it that is larger than what is free)
free=$(df --output=avail -B 1 . | tail -n 1)
if truncate -s $((2 * free + 1073741824)) huge 2>err; then
	exits 3 muniment deposit huge
	says err "has room for"
	rm huge
fi
equal "$(cd v && find . | sort && cat log/checkpoint)" "$before"
sound

# what the vault has is counted however many they are; what lies inside a
# container is no document
mkdir many
for i in $(seq 300); do
	echo "paper $i" >"many/$i"
done
exits 0 muniment deposit many --json
equal "$(json out 'd["already_held"]')" 0
printf 'only inside\n' >inner
python3 -m zipfile -c outer.zip inner
exits 0 muniment deposit outer.zip --json
equal "$(json out 'd["already_held"]')" 0
mv inner many/0
exits 0 muniment deposit many --json
equal "$(json out 'd["documents"], d["already_held"]')" "(301, 300)"
