# SPDX-License-Identifier: BSD-2-Clause
# what dead deposits and inits leave is cleared; what is not theirs stays.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
exits 0 muniment deposit docs

# a deposit that died after renaming and before the commit
mkdir v/incoming/TST-0002 && echo part >v/incoming/TST-0002/TST-0002.tar
cp v/archives/TST-0001.tar v/archives/TST-0002.tar
mkdir v/incoming/TST-0007
exits 0 muniment deposit docs/a.txt --json
equal "$(json out 'd["archive"]')" TST-0002
sound

# an archive that is nobody's stays, and its number is not given
cp v/archives/TST-0001.tar v/archives/TST-0003.tar
exits 0 muniment deposit docs/a.txt --json
equal "$(json out 'd["archive"]')" TST-0004
[ -f v/archives/TST-0003.tar ]
exits 1 muniment-verify v --trust "$anchor"
rm v/archives/TST-0003.tar

# a logged number is not given again, file or no file
mv v/archives/TST-0002.tar away
exits 0 muniment deposit docs/a.txt --json
equal "$(json out 'd["archive"]')" TST-0003
mv away v/archives/TST-0002.tar
sound

# an init that was killed: both marks, keys, half a vault
mkdir -p w/log lost
printf '%s' "$PWD/lost" >w/.unfinished
printf '%s' "$PWD/w" >lost/unfinished
echo key >lost/actor.key
exits 0 muniment init w --keys k3 --no-passphrase --volatile
[ ! -e lost/actor.key ]
exits 0 muniment -C w --keys k3 deposit docs

# a forged mark destroys nobody's keys
mkdir x
printf '%s' "$PWD/k" >x/.unfinished
exits 0 muniment init x --keys k4 --no-passphrase --volatile
[ -s k/actor.key ]
# nor does one in a vault that is whole
printf '%s' "$PWD/k" >v/.unfinished
printf '%s' "$PWD/v" >k/unfinished
exits 3 muniment init v --keys k5 --no-passphrase --volatile
[ -s k/actor.key ]
[ -s v/vault.json ]
exits 0 muniment deposit docs/b.txt
sound

# nothing is written into a vault but its own files, whoever asks and by
# whatever way; what refuses has not begun
echo correct horse battery >pass
exits 0 muniment key new --keys kp --as Egret --passphrase-file pass --volatile
before=$(find v k | sort)
ln -s v/archives way
mkdir elsewhere
for place in v/log/new way/../new; do
	for command in "extract TST-0001" "export TST-0001" "log publish" \
		"key backup --unencrypted" "key restore backup" \
		"key rotate --new-recovery" "deposit docs --receipt" \
		"checkpoint --save" "fingerprint --card" \
		"time-stamp --request" "init --no-passphrase --volatile" \
		"init w1 --no-passphrase --volatile --keys" \
		"init w1 --no-passphrase --volatile --keys k6 --recovery" \
		"key new --as Egret --no-passphrase --keys" \
		"key import k/actor.key k/actor.pem --no-passphrase --keys"; do
		recovery=
		[ "$command" != "key rotate --new-recovery" ] ||
			recovery="--recovery k/actor.key"
		# shellcheck disable=SC2086 # words
		exits 64 muniment $command "$place" $recovery
		says err "lies in the folder of a vault"
	done
	for command in "muniment key backup aside --keys kp --page" \
		"muniment-verify elsewhere --report" \
		"muniment-verify elsewhere --remember"; do
		# shellcheck disable=SC2086 # words
		exits 64 $command "$place"
		says err "lies in the folder of a vault"
	done
done
exits 64 muniment -C v time-stamp --request aside --request v/new
says err "'v/new' lies in the folder of a vault"
equal "$(find v k | sort)" "$before"
for made in w1 k6 aside; do [ ! -e $made ] || die "$made was made"; done
# from inside as well
(cd v/log && exits 64 muniment extract TST-0001 new --keys ../../k)
(cd v/log && exits 64 muniment key backup new --unencrypted --keys ../../k)
rm v/log/out v/log/err
equal "$(find v k | sort)" "$before"
sound
# other programs have a vault.json, too
mkdir other && echo '{}' >other/vault.json
exits 0 muniment key new --as Egret --no-passphrase --volatile --keys other/k
