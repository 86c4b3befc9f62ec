# SPDX-License-Identifier: BSD-2-Clause
# an older copy put back: the signer refuses, says what to do, changes nothing.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
exits 0 muniment deposit docs
cp -a v older
exits 0 muniment deposit docs/a.txt
rm -rf newer && mv v newer && cp -a older v
before=$(find v | sort)
exits 3 muniment deposit docs/b.txt
says err log.stale
says err "newest copy"
# a rotation that is refused leaves no key to be asked about for ever
for which in "" --log-key; do
	# shellcheck disable=SC2086 # a word or none
	exits 3 muniment key rotate $which
	says err log.stale
	equal "$(find k -name '*.next.*')" ""
done
equal "$(find v | sort)" "$before"
equal "$(muniment --json | json /dev/stdin 'd["stale"]')" True
# whoever has the keys is told by verify as well; who has none cannot know
exits 1 muniment verify --trust "$anchor"
says out "log.extends-kept"
exits 0 muniment-verify v --trust "$anchor"
rm -rf v && mv newer v
exits 0 muniment deposit docs/b.txt
says_not err warning
exits 0 muniment verify --trust "$anchor"
# but one that was there before may be in a newer copy, and stays
openssl genpkey -algorithm ed25519 -out k/log.next.key 2>/dev/null
rm -rf newer && mv v newer && cp -a older v
exits 3 muniment key rotate --log-key
says err log.stale
[ -f k/log.next.key ] || die "a key that another copy may name is gone"
rm -rf v k/log.next.key && mv newer v
sound

# what the keys kept and is none any more is no reason not to verify
for head in k/heads/*; do
	chmod u+w "$head"
	head -n 2 "$head" >torn && cat torn >"$head"
done
exits 0 muniment verify --trust "$anchor"
says err "the head that the keys kept is no checkpoint"
