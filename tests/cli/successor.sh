# SPDX-License-Identifier: BSD-2-Clause
# init --continues: a vault that names the one before it, for ever.
# shellcheck shell=bash disable=SC2154 # helpers'
make_vault --as Heron
make_documents
cp -r v fork
cp -r k kfork
muniment deposit docs >/dev/null
muniment -C fork --keys kfork deposit docs/b.txt >/dev/null
old=${anchor#vault:}
head=$(sha256sum <v/log/checkpoint | cut -d ' ' -f 1)
muniment checkpoint --save kept >/dev/null
unset MUNIMENT_VAULT MUNIMENT_KEYS
successor=(muniment init w --keys kw --no-passphrase --volatile --as Egret)

# refuses STATUS TEXT OPTION...: no vault, no keys, one sentence
refuses()
{
	local status=$1 text=$2
	shift 2
	exits "$status" "${successor[@]}" "$@"
	says err "$text"
	equal "$(wc -l <err)" 1
	equal "$(ls -d w kw 2>/dev/null)" ""
}
refuses 64 "--continues" --reason key-lost
refuses 64 "--reason" --continues v
refuses 64 "no reason for a successor" --continues v --reason bored
refuses 3 "no vault here" --continues docs --reason key-lost
refuses 3 "nowhere" --continues nowhere --reason key-lost
refuses 64 "--last-checkpoint" --continues "vault:$old" --reason log-lost
refuses 64 "64 hex digits" --continues vault:12 --last-checkpoint kept \
	--reason log-lost
refuses 3 "docs/a.txt" --continues "vault:$old" --last-checkpoint docs/a.txt \
	--reason log-lost

# a head that nobody signed, or of another vault, is not named for ever
cp -r v broken
chmod -R u+w broken
python3 - broken/log/checkpoint <<'END'
import base64
import sys
with open(sys.argv[1], "rb") as file:
    body, lines = file.read().split(b"\n\n")
sign, name, value = lines.split(b" ")
value = bytearray(base64.b64decode(value))
value[-1] ^= 1
with open(sys.argv[1], "wb") as file:
    file.write(b"\n\n".join((body, b" ".join(
        (sign, name, base64.b64encode(value))) + b"\n")))
END
refuses 3 "not the signed one of its entries" --continues broken \
	--reason key-lost
cp v/log/checkpoint broken/log/checkpoint
tile=broken/log/tile/entries/000.p/2
flip $tile $(($(stat -c %s $tile) - 1))
refuses 3 "log entry 1 is not what its signer signed" --continues broken \
	--reason key-lost
cp v/log/tile/entries/000.p/2 $tile
python3 - broken/log/checkpoint <<'END'
import base64
import sys
with open(sys.argv[1], "rb") as file:
    lines = file.read().split(b"\n")
lines[2] = base64.b64encode(bytes(32))
with open(sys.argv[1], "wb") as file:
    file.write(b"\n".join(lines))
END
refuses 3 "not the signed one of its entries" --continues broken \
	--reason key-lost
rm -rf broken
# signed by its key, as its entries are, but not over them
cp -r fork broken
chmod -R u+w broken
cp v/log/checkpoint broken/log/checkpoint
refuses 3 "not the signed one of its entries" --continues broken \
	--reason key-lost
rm -rf broken
# two histories are named as such, or not at all
refuses 3 "does not extend the last checkpoint" --continues v \
	--last-checkpoint fork/log/checkpoint --reason key-lost
exits 0 "${successor[@]}" --continues v \
	--last-checkpoint fork/log/checkpoint --reason forked
rm -rf w kw fork kfork
muniment init stranger --keys kstranger --no-passphrase --volatile \
	--as Stranger >/dev/null
refuses 3 "origin or its key is another" --continues v \
	--last-checkpoint stranger/log/checkpoint --reason log-lost

# entry VAULT: what entry 0 says of its predecessor, by openssl
entry()
{
	tail -c +3 "$1/log/tile/entries/000.p/1" | openssl cms -verify -noverify \
		-inform DER -out entry.json 2>/dev/null
	json entry.json 'd["detail"]["continues"]'
}
told="{'vault': '$old', 'checkpoint': '$head', 'reason': 'key-lost'}"
exits 0 "${successor[@]}" --continues v --reason key-lost
equal "$(entry w)" "$told"
anchor=$(muniment -C w fingerprint | head -n 1)
exits 0 muniment-verify w --trust "$anchor"
says out "vault.continues"
says out "vault:$old"
says out "$head"
exits 0 muniment -C w deposit docs --keys kw
exits 0 muniment -C w history
says out "$old"
says out "key-lost"
muniment-verify w --trust "$anchor" --report page.html >/dev/null
says page.html "continues the vault"
equal "$(grep -o "$head" page.html | wc -l)" 2

# given both, one is held against the other; a kept head is as good
exits 1 muniment-verify v w --trust "$anchor"
tr -s '\n ' '  ' <out >flat
says flat "of several vaults each needs its own: --trust may be given again"
exits 0 muniment-verify --json v w --trust "$anchor" --trust "vault:$old"
says out "vault.predecessor"
rm -rf w kw
cp -r v cut
exits 0 muniment -C v record migration --kind host --keys k
exits 0 "${successor[@]}" --continues v --last-checkpoint kept --reason key-lost
equal "$(entry w)" "$told"
rm -rf w kw
muniment -C v checkpoint --save later >/dev/null
exits 0 "${successor[@]}" --continues cut --last-checkpoint later \
	--reason log-lost
anchor=$(muniment -C w fingerprint | head -n 1)
exits 2 muniment-verify cut w --trust "$anchor" --trust "vault:$old"
says out "vault.predecessor"
exits 0 muniment-verify v w --trust "$anchor" --trust "vault:$old"
rm -rf cut

# of a vault that is gone, from what was kept of it; as it was in the meantime
rm -rf w kw v
exits 0 "${successor[@]}" --continues "vault:$old" --last-checkpoint kept \
	--reason log-lost
equal "$(entry w)" "${told/key/log}"
