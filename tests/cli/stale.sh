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
equal "$(find v | sort)" "$before"
equal "$(muniment --json | json /dev/stdin 'd["stale"]')" True
# whoever has the keys is told by verify as well; who has none cannot know
exits 1 muniment verify --trust "$anchor"
says out "log.extends-kept"
exits 0 muniment-verify v --trust "$anchor"
rm -rf v && mv newer v
exits 0 muniment deposit docs/b.txt
exits 0 muniment verify --trust "$anchor"
sound
