# SPDX-License-Identifier: BSD-2-Clause
# key: made, listed, brought; what strangers' tools say of it; what is refused.
# shellcheck shell=bash disable=SC2012,SC2154,SC2034,SC2094 # as in helpers.sh
printf 'correct horse\n' >pass
printf 'battery staple\n' >other

# one folder per actor, of each kind
for kind in p256 p384 rsa3072; do
	exits 0 muniment key new --keys "$kind" --as "Heron $kind" --kind "$kind" \
		--passphrase-file pass --volatile
	says out "actor        Heron $kind"
	says out "key          $kind, behind a passphrase"
	says out "none: this actor cannot write to a log"
	says out "muniment actor enrol actor.pem --role examiner"
	equal "$(ls "$kind" | tr '\n' ' ')" "actor.key actor.pem "
	openssl pkey -in "$kind/actor.key" -passin file:pass -noout
	openssl verify -CAfile "$kind/actor.pem" "$kind/actor.pem" >log
	equal "$(openssl x509 -in "$kind/actor.pem" -noout -subject)" \
		"subject=CN = Heron $kind"
	exits 0 muniment key list --keys "$kind" --json
	equal "$(json out 'd["certificate_sha256"]')" \
		"$(openssl x509 -in "$kind/actor.pem" -outform DER | sha256sum |
			cut -d ' ' -f 1)"
	equal "$(json out '[d["kind"], d["encrypted"], d["token"], d["log_key"]]')" \
		"['$kind', True, None, False]"
done

# without a log key nothing is deposited; with a copy of the vault's, it is
exits 0 muniment init v --keys k --passphrase-fd 3 --volatile --prefix TST \
	--key-kind p384 --recovery recovery.key 3<pass
openssl pkey -in recovery.key -passin file:pass -noout
openssl x509 -in k/actor.pem -noout -text | grep -q ecdsa-with-SHA384
export MUNIMENT_VAULT=$PWD/v
anchor=$(muniment fingerprint | head -n 1)
make_documents
exits 3 muniment deposit docs --keys p256 --passphrase-file pass
says err "there is no 'log.key'"
exits 0 muniment deposit docs --keys k --passphrase-fd 7 7<pass
exits 0 muniment key new --keys second --as Egret --log-key-from k \
	--passphrase-file other --log-key-passphrase-file pass --volatile
says out "there, behind a passphrase"
openssl pkey -in second/log.key -passin file:other -pubout >a
openssl pkey -in k/log.key -passin file:pass -pubout | cmp - a
exits 3 muniment key new --keys third --as Egret --log-key-from k \
	--passphrase-file other --log-key-passphrase-file other --volatile
says err "'log.key': the passphrase does not open it"
[ ! -e third ]
sound

# brought from elsewhere, and a vault made with them
openssl pkcs12 -export -in p384/actor.pem -inkey p384/actor.key \
	-passin file:pass -passout file:other -out heron.p12
exits 0 muniment key import heron.p12 --keys imported --passphrase-file pass \
	--import-passphrase-file other --new-log-key --volatile
cmp imported/actor.pem p384/actor.pem
openssl pkey -in imported/actor.key -passin file:pass -noout
exits 0 muniment init w --existing-keys --keys imported --passphrase-file pass \
	--volatile
exits 0 muniment -C w deposit docs --keys imported --passphrase-file pass
muniment-verify w --trust "$(muniment -C w fingerprint | head -n 1)" >out
says out "verdict: PASSED"
exits 0 muniment key import p256/actor.key p256/actor.pem --keys again \
	--no-passphrase --import-passphrase-file pass --volatile
says out "NOT ENCRYPTED"
says out "THE KEYS HAVE NO PASSPHRASE"

# refused, and nothing made or changed
find . -type f ! -name out ! -name err -exec sha256sum {} + | sort >../before
exits 64 muniment key
exits 64 muniment key make
exits 64 muniment key new --as Heron --no-passphrase
says err "--keys DIR"
exits 64 muniment key new --keys x --no-passphrase
says err "--as NAME"
exits 64 muniment key new --keys x --as Heron --kind p521 --no-passphrase
says err "'p521' is no kind of key"
exits 3 muniment key new --keys k --as Heron --no-passphrase --volatile
says err "already"
exits 3 muniment key new --keys p256 --as Heron --no-passphrase --volatile
exits 64 muniment key new --keys x --as Heron --new-log-key --log-key-from k
for fd in 9 x -1 99999999999 3x ''; do
	exits 64 muniment key new --keys x --as Heron --passphrase-fd "$fd"
	says err "not the number of a descriptor"
done
exits 64 muniment key new --keys x --as Heron --passphrase-fd 3 \
	--passphrase-file pass 3<pass
exits 3 muniment key new --keys x --as Heron --passphrase-file absent --volatile
exits 3 muniment key import heron.p12 --keys x --passphrase-file pass \
	--import-passphrase-file pass --volatile
says err "passphrase does not open it"
exits 3 muniment key import p256/actor.key p384/actor.pem --keys x \
	--no-passphrase --import-passphrase-file pass --volatile
says err "no certificate in it is of this key"
exits 3 muniment key import p256/actor.key --keys x --no-passphrase \
	--import-passphrase-file pass --volatile
says err "no whole certificate"
exits 64 muniment key import p256/actor.key --as Heron --keys x
exits 64 muniment init x --existing-keys --keys k --recovery r --volatile
exits 3 muniment init x --existing-keys --keys p256 --passphrase-file pass \
	--volatile
says err "there is no 'log.key'"
exits 3 muniment init x --existing-keys --keys nowhere --passphrase-file pass \
	--volatile
exits 3 muniment key list --keys nowhere
[ ! -e x ]
[ ! -e nowhere ]
find . -type f ! -name out ! -name err -exec sha256sum {} + | sort |
	cmp - ../before

# what a certificate says reaches no terminal as it is
openssl req -x509 -newkey rsa:3072 -nodes -keyout h.key -out h.pem -days 9 \
	-subj "/CN=$(printf 'a\033[31mb')" 2>log \
	-addext basicConstraints=critical,CA:FALSE \
	-addext keyUsage=critical,digitalSignature
exits 0 muniment key import h.key h.pem --keys hostile --no-passphrase --volatile
harmless out
says out 'a\x1b[31mb'
