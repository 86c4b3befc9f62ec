# SPDX-License-Identifier: BSD-2-Clause
# init: what it makes, what it says, what it refuses, and that it leaves nothing.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'

exits 0 muniment init v --keys k --no-passphrase --volatile --as Heron
says out "fingerprint"
says out "/k"
says out "one copy, and it is not encrypted"
for part in vault.json archives incoming log/checkpoint certs index.sqlite; do
	[ -e "v/$part" ] || die "no $part"
done
equal "$(find v k -name '*unfinished*')" ""
muniment -C v history >events
says events "Heron (custodian) made this vault"
python3 - <<'PY'
import json, hashlib, re
raw = open("v/vault.json", "rb").read()
d = json.loads(raw)
assert list(d) == ["format", "origin", "prefix", "vault", "log_key"], d
assert raw == (json.dumps(d, separators=(",", ":")) + "\n").encode()
bundle = open("v/log/tile/entries/000.p/1", "rb").read()
assert hashlib.sha256(bundle[2:]).hexdigest() == d["vault"]
assert re.fullmatch(r"muniment\.invalid/[0-9a-f]{16}", d["origin"])
assert re.fullmatch(r"[A-Z]{3}", d["prefix"])
PY

# refusals leave everything as it was
before=$(find v k | sort)
exits 3 muniment init v --keys k2 --no-passphrase --volatile
says err "is a vault already"
exits 3 muniment init w --keys k --no-passphrase --volatile
says err "holds keys already"
mkdir full && touch full/x
exits 3 muniment init full --keys k2 --no-passphrase --volatile
says err "not empty"
exits 64 muniment init w --keys w/k --no-passphrase --volatile
says err "outside of the vault"
exits 64 muniment init w --keys k2 --no-passphrase --volatile --prefix no
exits 64 muniment init w --keys k2 --no-passphrase --volatile --origin 'a b'
exits 64 muniment init
exits 64 muniment init a b
# nobody there to type a passphrase
exits 64 setsid muniment init w --keys k2 --volatile
equal "$(find v k | sort)" "$before"
if [ -e w ] || [ -e k2 ]; then die "a refused init left something"; fi

# an empty folder is as good as none; without --keys they go to the data folder
mkdir empty
exits 0 muniment init empty --no-passphrase --volatile --json \
	--origin example.org/case-17
equal "$(json out 'd["keys"]')" "$HOME/.local/share/muniment/example.org_case-17"
[ -f "$HOME/.local/share/muniment/example.org_case-17/actor.key" ]
equal "$(stat -c %a "$HOME/.local/share/muniment/example.org_case-17")" 700
make_documents
exits 0 muniment -C empty deposit docs

# a recovery key is a file of its own, and its certificate is in entry 0
exits 0 muniment init r --keys rk --no-passphrase --volatile \
	--recovery recovery.key --json
[ -s recovery.key ]
equal "$(find r/certs -name '*.pem' | wc -l)" 2
exits 3 muniment init r2 --keys rk2 --no-passphrase --volatile \
	--recovery recovery.key
[ ! -e r2 ]
[ ! -e rk2 ]
[ -s recovery.key ]
# and lies neither in the vault nor beside the keys that it replaces
mkdir rk3
for place in r3 rk3; do
	exits 64 muniment init r3 --keys rk3 --no-passphrase --volatile \
		--recovery "$place/recovery.key"
	says err "has to lie outside"
	[ ! -e r3 ] || die "r3 was made"
done

# what it says to type next can be typed as it stands, wherever things lie
hard=$(printf "it's \$(a) \\\\ b\033]0;x\a\303\204\377")
docs=$PWD/docs
for place in plain "two words" "a\$b" "$hard"; do
	mkdir "$place"
	exits 0 muniment init "$place/v" --keys "$place/k" --no-passphrase --volatile
	harmless out
	next=$(sed -n '/^Next:$/{n;p;}' out)
	(cd / && bash -c "${next%PATH...}\"\$1\"" - "$docs") >typed ||
		die "'$next' cannot be typed"
	says typed "Deposited as"
done
