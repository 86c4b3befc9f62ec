# SPDX-License-Identifier: BSD-2-Clause
# what a vault demands of itself: said at its making, changed by an event.
# shellcheck shell=bash disable=SC2154 # helpers'
for bad in 17 -1 x 1x ""; do
	exits 64 muniment init v --keys k --no-passphrase --volatile \
		--time-stamp-authorities "$bad"
	[ ! -e v ] || die "a vault was made"
done
make_vault --time-stamp-authorities 2 --recovery r.key
tail -c +3 v/log/tile/entries/000.p/1 | openssl cms -verify -noverify \
	-inform DER -out entry.json 2>/dev/null
equal "$(json entry.json 'd["detail"]["policy"]')" \
	"{'time_stamp_authorities': 2}"
for bad in 17 -1 x 1x 184467440737095516160 ""; do
	exits 64 muniment policy --time-stamp-authorities "$bad"
	says err "0 to 16"
done
exits 64 muniment policy
exits 0 muniment policy --time-stamp-authorities 3 --note "board, 3 May"
exits 0 muniment history
says out "time-stamped by 3 authorities"
exits 0 muniment policy --time-stamp-authorities 0 --recovery r.key
exits 0 muniment history
says out "ecovery key"
muniment key new --keys k-Wren --as Wren --no-passphrase --volatile \
	--log-key-from k >/dev/null
muniment actor enrol k-Wren/actor.pem --role examiner >/dev/null
exits 3 muniment policy --time-stamp-authorities 1 --keys k-Wren
says err role
sound
exits 0 muniment index check
