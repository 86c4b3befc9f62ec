# SPDX-License-Identifier: BSD-2-Clause
# a signing key on a PKCS#11 token (SoftHSM): signs; and each way it does not.
# shellcheck shell=bash disable=SC2012,SC2154,SC2034,SC2153 # as in helpers.sh
module=$MODULE
if [ ! -f "$module" ] || ! command -v softhsm2-util >/dev/null ||
	! command -v pkcs11-tool >/dev/null; then
	echo "token: skipped, softhsm2 or opensc is not installed"
	exit 77
fi

mkdir tokens
printf 'directories.tokendir = %s\nlog.level = ERROR\n' "$PWD/tokens" >conf
export SOFTHSM2_CONF=$PWD/conf
softhsm2-util --init-token --free --label Heron --pin 271828182845 --so-pin 87654321 \
	>log
on_token()
{
	pkcs11-tool --module "$module" --token-label Heron --login --pin 271828182845 \
		"$@" >>log 2>&1
}
on_token --keypairgen --key-type EC:prime256v1 --label p256 --id 01 --usage-sign
on_token --keypairgen --key-type rsa:3072 --label rsa3072 --id 02 --usage-sign
on_token --keypairgen --key-type EC:secp384r1 --label p384 --id 03 --usage-sign
on_token --keypairgen --key-type rsa:2048 --label weak --id 04 --usage-sign
on_token --keypairgen --key-type EC:prime256v1 --label twin --id 05 --usage-sign
on_token --keypairgen --key-type EC:prime256v1 --label twin --id 06 --usage-sign
printf '271828182845\nof the log key\n' >pin
make_documents

# keys made on the token sign a vault's first entry and its deposits
for kind in rsa3072 p384 p256; do
	exits 0 muniment key import "pkcs11:token=Heron;object=$kind" --as Heron \
		--module "$module" --keys "k-$kind" --new-log-key --volatile \
		--passphrase-file pin
	says out "key          $kind, on a token"
	openssl verify -CAfile "k-$kind/actor.pem" "k-$kind/actor.pem" >log
	grep -q 'BEGIN ENCRYPTED' "k-$kind/log.key"
	[ ! -e "k-$kind/actor.key" ]
	! grep -rq 271828182845 "k-$kind" || die "the PIN is in the keys folder"
	rm -rf v
	exits 0 muniment init v --existing-keys --keys "k-$kind" --volatile \
		--prefix TST --passphrase-fd 3 3<pin
	export MUNIMENT_VAULT=$PWD/v MUNIMENT_KEYS=$PWD/k-$kind
	anchor=$(muniment fingerprint | head -n 1)
	for _ in 1 2 3; do
		exits 0 muniment deposit docs --passphrase-file pin
	done
	muniment-verify v --trust "$anchor" >out
	says out "verdict: PASSED"
done
unset MUNIMENT_KEYS

# a certificate made elsewhere, for a key that was imported into the token
openssl ecparam -name prime256v1 -genkey -noout -out soft.key
openssl req -x509 -new -key soft.key -subj "/CN=Ibis" -days 30 -out soft.pem \
	-addext basicConstraints=critical,CA:FALSE \
	-addext keyUsage=critical,digitalSignature 2>log
openssl pkcs8 -topk8 -nocrypt -in soft.key -out soft.p8
softhsm2-util --import soft.p8 --token Heron --label soft --id 07 --pin 271828182845 \
	>log
exits 0 muniment key import 'pkcs11:token=Heron;id=%07' soft.pem \
	--module "$module" --keys k-soft --volatile --passphrase-file pin
says out "actor        Ibis"
says out "none: this actor cannot write to a log"
cmp soft.pem k-soft/actor.pem

# one sentence each; the vault as it was
find v -type f -exec sha256sum {} + | sort >before
refused()
{
	local words=$1
	shift
	exits 3 muniment deposit docs --keys k-p256 --passphrase-file pin "$@"
	says err "$words"
	equal "$(wc -l <err)" 1
	find v -type f -exec sha256sum {} + | sort | cmp - before
}
cp -r k-p256 kept
restore()
{
	rm -rf k-p256
	cp -r kept k-p256
}
printf '654321\nof the log key\n' >wrong
refused "the PIN is wrong" --passphrase-file wrong
printf '271828182845\nsomething\n' >wrong
refused "'log.key': the passphrase does not open it" --passphrase-file wrong
printf '271828182845\n' >wrong
exits 64 muniment deposit docs --keys k-p256 --passphrase-file wrong
says err "the second line is missing"
mv tokens elsewhere
mkdir tokens
refused "is not there: plug it in"
rmdir tokens
mv elsewhere tokens
sed -i 's/object=p256/object=p257/' k-p256/actor.pkcs11
refused "the token has no private key of the name"
restore
sed -i 's/libsofthsm2/libnothing/' k-p256/actor.pkcs11
refused "cannot be loaded"
restore
cp k-rsa3072/actor.pem k-p256/actor.pem
refused "certificate of another kind of key"
cp k-soft/actor.pem k-p256/actor.pem
refused "certificate of another key"
restore
echo >>k-p256/actor.pkcs11
refused "it is not one PKCS#11 URI"
restore
cp k-p384/log.key k-p256/actor.key
refused "there are both"
restore
# the locked PIN, the token pulled out while a deposit is under way
for fault in locked removed; do
	sed -i "s|module-path=.*|module-path=$(printf %s "$FAULTY-$fault.so" |
		sed 's|/|%2F|g')|" k-p256/actor.pkcs11
	case $fault in
	locked) refused "PIN is locked" ;;
	removed) refused "the token was removed" ;;
	esac
	restore
done
equal "$(ls -A v/incoming)" ""

# what is not imported leaves no folder
not_imported()
{
	local status=$1 words=$2
	shift 2
	exits "$status" muniment key import "$@" --keys new --volatile \
		--module "$module" --passphrase-file pin
	says err "$words"
	[ ! -e new ] || die "a refused import left something"
}
not_imported 3 "not fit to sign: certificate.key-weak" \
	'pkcs11:token=Heron;object=weak' --as Heron
not_imported 64 "more than one key" 'pkcs11:token=Heron;object=twin' --as Heron
not_imported 64 "names no key" 'pkcs11:token=Heron' --as Heron
not_imported 64 "a PIN has no place" \
	'pkcs11:token=Heron;object=p256?pin-value=271828182845' --as Heron
not_imported 64 "is not a PKCS#11 URI" 'pkcs11:tokken=Heron;object=p256' --as H
not_imported 3 "not there" 'pkcs11:token=Egret;object=p256' --as Heron
not_imported 64 "the key needs a certificate" 'pkcs11:token=Heron;object=p256'
not_imported 3 "another key" 'pkcs11:token=Heron;object=p256' soft.pem
# the module's configuration reaches the signer, and nobody else
exits 3 env -u SOFTHSM2_CONF muniment deposit docs --keys k-p256 \
	--passphrase-file pin
exits 0 muniment deposit docs --keys k-p256 --passphrase-file pin
