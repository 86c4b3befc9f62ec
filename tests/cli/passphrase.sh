# SPDX-License-Identifier: BSD-2-Clause
# keys behind a passphrase: from a file; a wrong one signs nothing.
# shellcheck shell=bash disable=SC2012,SC2154,SC2034 # listings of our own; helpers'
make_documents
printf 'correct horse\n' >right
printf 'wrong\n' >wrong
exits 0 muniment init v --keys k --passphrase-file right --volatile --prefix TST
says_not out "NO PASSPHRASE"
grep -q ENCRYPTED k/actor.key
export MUNIMENT_VAULT=$PWD/v MUNIMENT_KEYS=$PWD/k
anchor=$(muniment fingerprint | head -n 1)
exits 0 muniment deposit docs --passphrase-file right
exits 3 muniment deposit docs --passphrase-file wrong
exits 3 muniment deposit docs --passphrase-file absent
# nobody there to ask
exits 64 setsid muniment deposit docs
# whose passphrase is missing is said
exits 64 setsid muniment key new --keys k2 --as Egret --log-key-from k \
	--passphrase-file right --volatile
says err "the keys that the log key is from"
exits 0 muniment key new --keys k2 --as Egret --log-key-from k --volatile \
	--passphrase-file right --log-key-passphrase-file right
equal "$(ls v/archives)" TST-0001.tar
# nothing else needs the keys
for command in list history "show TST-0001" "index rebuild" "extract TST-0001 o --no-record"; do
	# shellcheck disable=SC2086
	exits 0 muniment $command --keys nowhere
done
exits 0 muniment deposit docs --dry-run
sound
