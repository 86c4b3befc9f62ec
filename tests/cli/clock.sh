# SPDX-License-Identifier: BSD-2-Clause
# Keys are used while their certificate is valid, by the clock of the machine:
# what would be FAILED for ever is refused, before anything is packed or signed.
# shellcheck shell=bash disable=SC2154 # helpers'
make_documents
export MUNIMENT_FIXED_CLOCK=1795428672 # November 2026; keys last ten years
"$FIXED" init v --keys k --no-passphrase --volatile --prefix TST >/dev/null
export MUNIMENT_VAULT=$PWD/v MUNIMENT_KEYS=$PWD/k
anchor=$("$FIXED" fingerprint | head -n 1)
exits 0 "$FIXED" deposit docs

# 2100 by mistake, or ten years later
for clock in 4102444800 2111400000; do
	for command in "deposit docs/deep" "annotate TST-0001/1 title=later" \
		"record access TST-0001" "export TST-0001 parcel"; do
		# shellcheck disable=SC2086 # words of a command
		exits 3 env MUNIMENT_FIXED_CLOCK="$clock" "$FIXED" $command
		says err "the certificate of these keys has ended, unless the clock"
		says err "look at the clock"
	done
done
[ ! -e parcel ] || die "a parcel was made"
equal "$(ls v/archives)" "TST-0001.tar"
# made where the clock is ahead: not valid here before that
MUNIMENT_FIXED_CLOCK=1795432272 "$FIXED" key new --keys ahead --as ahead \
	--no-passphrase >/dev/null
cp k/log.key ahead/
exits 0 "$FIXED" actor enrol ahead/actor.pem --role custodian
exits 3 "$FIXED" --keys ahead deposit docs/deep
says err "the certificate of these keys is not valid yet"
exits 0 env MUNIMENT_FIXED_CLOCK=1795432273 "$FIXED" --keys ahead deposit \
	docs/deep
# the last hour of its last day
exits 0 env MUNIMENT_FIXED_CLOCK=2110950000 "$FIXED" deposit docs/a.txt
exits 0 muniment-verify v --trust "$anchor"
