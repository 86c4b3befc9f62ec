# SPDX-License-Identifier: BSD-2-Clause
# the recovery key at work: lost keys are replaced, under the old fingerprint,
# and that is all it can do.
# shellcheck shell=bash disable=SC2154 # helpers'

# state: what of the vault would show a write.
state()
{
	cat v/log/checkpoint
	find v -type f ! -name 'index.sqlite*' | sort
}

# refuses TEXT COMMAND...: it fails with this in its sentence, the vault is
# as it was.
refuses()
{
	local text=$1 before
	shift
	before=$(state)
	exits 3 "$@"
	says err "$text"
	equal "$(state)" "$before"
}

printf 'far away\n' >secret
printf 'another\n' >other
make_documents
muniment init v --keys k --passphrase-file secret --volatile --prefix TST \
	--as Heron --recovery r.key >init.out
says init.out "It has the passphrase of the keys"
exits 0 muniment init own --keys own.k --passphrase-file secret --volatile \
	--recovery own.key --recovery-passphrase-file other
says_not out "It has the passphrase of the keys"
openssl pkey -in own.key -passin file:other -noout
! openssl pkey -in own.key -passin file:secret -noout 2>/dev/null ||
	die "the recovery key has the passphrase of the keys"
openssl pkey -in own.k/actor.key -passin file:secret -noout
export MUNIMENT_VAULT=$PWD/v
anchor=$(muniment fingerprint | head -n 1)
exits 0 muniment deposit docs --keys k --passphrase-file secret

# all keys are gone but that one; new ones for the same person
mv k gone
exits 0 muniment key new --keys k2 --as Heron-2 --no-passphrase --volatile
export MUNIMENT_KEYS=$PWD/k2
by_recovery=(--recovery r.key --recovery-passphrase-file secret)
refuses "log.key" muniment deposit docs
refuses "log.key" muniment key rotate --actor Heron \
	--certificate k2/actor.pem "${by_recovery[@]}"

# what it is not given for, and what is not it
exits 64 muniment key rotate "${by_recovery[@]}"
says err "which lost key"
exits 64 muniment key rotate --actor Heron "${by_recovery[@]}"
exits 64 muniment key rotate --log-key --actor Heron --certificate \
	k2/actor.pem "${by_recovery[@]}"
exits 64 muniment key rotate --new-recovery r2.key --passphrase-file secret
exits 64 muniment deposit docs --recovery r.key
refuses "recovery key 'r.key': the passphrase does not open it" \
	muniment key rotate --log-key --recovery r.key \
	--recovery-passphrase-file other
refuses "not the recovery key of this vault" muniment key rotate --log-key \
	--recovery gone/actor.key --recovery-passphrase-file secret
refuses "no such file" muniment key rotate --log-key --recovery r3.key \
	--recovery-passphrase-file secret

# the log's key first, since it signs every head; the lost one signs nothing
exits 0 muniment key rotate --log-key "${by_recovery[@]}"
equal "$(grep -c '^— ' v/log/checkpoint)" 1
exits 0 muniment-verify v --trust "$anchor"
exits 0 muniment key rotate --actor Heron --certificate k2/actor.pem \
	"${by_recovery[@]}"
says out "Heron"
refuses "already" muniment key rotate --actor Heron-2 \
	--certificate k2/actor.pem "${by_recovery[@]}"
exits 0 muniment deposit docs
exits 0 muniment record examination TST-0001
exits 0 muniment history TST-0001
says out "ecovery key"
refuses "another log key" muniment deposit docs --keys gone \
	--passphrase-file secret
sound

# actors, too
exits 0 muniment key new --keys k3 --as Egret --no-passphrase --volatile \
	--log-key-from k2
exits 0 muniment actor enrol k3/actor.pem --role custodian "${by_recovery[@]}"
exits 0 muniment actor revoke Egret --reason retired "${by_recovery[@]}"
refuses "last custodian" muniment actor revoke Heron-2 --reason retired \
	"${by_recovery[@]}"

# a log key that is lost alone, from the folder that goes on
rm k2/log.key
exits 0 muniment key rotate --log-key "${by_recovery[@]}"
exits 0 muniment deposit docs

# dressed up as an actor's it is refused by what it is
mkdir -m 700 k4
cp r.key k4/actor.key
cp k2/log.key k4/
for pem in v/certs/*.pem; do
	! openssl x509 -in "$pem" -noout -subject | grep -q 'CN *= *recovery' ||
		cp "$pem" k4/actor.pem
done
refuses "recovery key may only" muniment deposit docs --keys k4 \
	--passphrase-file secret
refuses "recovery key may only" muniment record access TST-0001 --keys k4 \
	--passphrase-file secret

# it replaces itself, and is nothing afterwards
exits 0 muniment key rotate --new-recovery r2.key "${by_recovery[@]}"
[ -s r2.key ] || die "there is no new recovery key"
refuses "not the recovery key of this vault" muniment key rotate --log-key \
	"${by_recovery[@]}"
exits 0 muniment key rotate --log-key --recovery r2.key \
	--recovery-passphrase-file secret
exits 0 muniment deposit docs
sound
exits 0 muniment index check
# what is handed out after all that: at this head, and at one that the log's new
# key signs alone
exits 0 muniment export TST-0001 parcel
exits 0 muniment-verify parcel/TST-0001.tar parcel/TST-0001.dossier.tar \
	--trust "$anchor"
exits 0 muniment key rotate --log-key
exits 0 muniment export TST-0002 later
exits 0 muniment-verify later/TST-0002.tar later/TST-0002.dossier.tar \
	--trust "$anchor"

# a vault that was made without one
muniment init w --keys kw --no-passphrase --volatile >/dev/null
exits 3 muniment -C w key rotate --log-key --recovery r2.key --keys kw
says err "without a recovery key"

# kept heads and a public copy go on over replaced log keys, whoever replaced
# them; of an older copy, from before one was, that is what is said
export MUNIMENT_VAULT=$PWD/w MUNIMENT_KEYS=$PWD/kw
anchor=$(muniment fingerprint | head -n 1)
exits 0 muniment checkpoint --save kept
cp kept kept.1
exits 0 muniment log publish public
for round in 1 2; do
	cp -a w "older.$round"
	exits 0 muniment key rotate --log-key
	exits 0 muniment checkpoint --save kept
	exits 0 muniment deposit docs
	exits 0 muniment checkpoint --save kept
	exits 0 muniment log publish public
	exits 0 muniment deposit docs
	exits 0 muniment checkpoint --save kept
	exits 0 muniment checkpoint --save kept.1
	exits 0 muniment log publish public
	cmp kept w/log/checkpoint || die "kept is another head"
	cmp kept kept.1 || die "kept.1 is another head"
	cmp public/checkpoint w/log/checkpoint || die "another head is public"
done
exits 3 muniment -C older.2 checkpoint --save kept
says err "log.stale"
exits 3 muniment -C older.2 log publish public
says err "log.stale"
cmp kept w/log/checkpoint || die "a kept head was replaced by an older one"
exits 0 muniment-verify w --trust "$anchor"
# a head by a key that was replaced before that head is none of this log
sed -n 1,4p kept >forged
sed -n 5p older.2/log/checkpoint >>forged
exits 3 muniment checkpoint --save forged
says err "something else than a head of this log"
# the key that others are given is the one in force
exits 0 muniment fingerprint --json
cp out now
exits 0 muniment checkpoint --json
equal "$(json out 'd["log_key"]')" "$(json now 'd["log_key"]')"
equal "$(json now 'd["log_key"] == d["founding_log_key"]')" False
equal "$(json w/vault.json 'd["log_key"]')" "$(json now 'd["founding_log_key"]')"
