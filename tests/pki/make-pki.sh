#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make-pki.sh DIR - keys and certificates for the tests, made on the spot.
#
# DIR gets NAME.key (PKCS#8, not encrypted) and NAME.pem for every NAME below.
# Nothing private is in the repository.  A DIR that is whole is left alone.
set -eu

dir=$1
mkdir -p "$dir"
cd "$dir"
if [ -e complete ]; then
	exit 0
fi

# No configuration of this machine: only what is said here.
cat > openssl.cnf <<'EOF'
[req]
distinguished_name = name
[name]
EOF
OPENSSL_CONF=$PWD/openssl.cnf
export OPENSSL_CONF
signs=keyUsage=critical,digitalSignature
no_ca=basicConstraints=critical,CA:FALSE

# key NAME ARGUMENTS...: a private key
key() {
	key_name=$1
	shift
	openssl genpkey "$@" -out "$key_name.key" 2>/dev/null
}

# self_signed NAME KEY ARGUMENTS...: a certificate of its own, from before the
# clock of the tests (fixed_system.h)
self_signed() {
	self_name=$1
	self_key=$2
	shift 2
	if [ "$self_name.key" != "$self_key.key" ]; then
		cp "$self_key.key" "$self_name.key"
	fi
	faketime '2026-11-01 00:00:00' openssl req -x509 -new \
		-key "$self_key.key" -out "$self_name.pem" \
		-subj "/CN=$self_name" -days 3650 "$@"
}

# issued NAME CA EXTENSION...: a certificate that CA signs
issued() {
	issued_name=$1
	ca=$2
	shift 2
	printf '%s\n' "$@" > "$issued_name.ext"
	key "$issued_name" -algorithm EC -pkeyopt ec_paramgen_curve:P-256
	openssl req -new -key "$issued_name.key" -subj "/CN=$issued_name" \
		-out "$issued_name.csr"
	openssl x509 -req -in "$issued_name.csr" -CA "$ca.pem" \
		-CAkey "$ca.key" -days 3650 -extfile "$issued_name.ext" \
		-set_serial "$(wc -c < "$issued_name.csr")" \
		-out "$issued_name.pem" 2>/dev/null
}

key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
key rsa3072 -algorithm RSA -pkeyopt rsa_keygen_bits:3072
key rsa2048 -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key rsa1024 -algorithm RSA -pkeyopt rsa_keygen_bits:1024
key rsa-three -algorithm RSA -pkeyopt rsa_keygen_bits:3072 \
	-pkeyopt rsa_keygen_pubexp:3
key rsa-pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:3072
key p521 -algorithm EC -pkeyopt ec_paramgen_curve:P-521
key k256 -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1
key explicit -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	-pkeyopt ec_param_enc:explicit
key ed25519 -algorithm ED25519
key stranger -algorithm EC -pkeyopt ec_paramgen_curve:P-256

# May sign.
for name in p256 p384 rsa3072; do
	self_signed $name $name -addext $signs -addext $no_ca
done
self_signed documents p256 -addext $signs -addext $no_ca \
	-addext extendedKeyUsage=1.3.6.1.5.5.7.3.36
self_signed far p256 -addext $signs -addext $no_ca -days 20000
self_signed nonrepudiation p256 -addext $no_ca \
	-addext keyUsage=critical,digitalSignature,nonRepudiation
# The name of another, under another key.
openssl req -x509 -new -key stranger.key -out stranger.pem -subj /CN=p256 \
	-days 3650 -addext $signs -addext $no_ca

# May not: the key.
for name in rsa2048 rsa1024 rsa-three rsa-pss p521 k256 explicit ed25519; do
	self_signed $name $name -addext $signs -addext $no_ca
done
# May not: what the certificate says.
self_signed is-ca p256 -addext $signs -addext basicConstraints=critical,CA:TRUE
self_signed no-usage p256 -addext $no_ca
self_signed encipherment p256 -addext $no_ca \
	-addext keyUsage=critical,keyEncipherment
self_signed server p256 -addext $signs -addext $no_ca \
	-addext extendedKeyUsage=serverAuth
self_signed any-purpose p256 -addext $signs -addext $no_ca \
	-addext extendedKeyUsage=anyExtendedKeyUsage
self_signed two-purposes p256 -addext $signs -addext $no_ca \
	-addext extendedKeyUsage=1.3.6.1.5.5.7.3.36,serverAuth
self_signed unknown-critical p256 -addext $signs -addext $no_ca \
	-addext 1.2.3.4.5=critical,DER:0500
self_signed damaged-usage p256 -addext $no_ca \
	-addext 2.5.29.15=critical,DER:0401
# May not: how it was signed.
self_signed md5 rsa3072 -md5 -addext $signs -addext $no_ca
self_signed sha1 p256 -sha1 -addext $signs -addext $no_ca

# An authority, two of its leaves, and one that names a CRL.
self_signed authority p384 -addext keyUsage=critical,keyCertSign,cRLSign \
	-addext basicConstraints=critical,CA:TRUE
issued leaf authority "$signs" "$no_ca"
issued sibling authority "$signs" "$no_ca"
issued with-crl authority "$signs" "$no_ca" \
	crlDistributionPoints=URI:http://crl.example/a.crl
# A web server of this machine.
issued loopback authority "$signs" "$no_ca" subjectAltName=IP:127.0.0.1 \
	extendedKeyUsage=serverAuth
# Another authority of the same name.
openssl req -x509 -new -key stranger.key -out namesake.pem -days 3650 \
	-subj /CN=authority -addext keyUsage=critical,keyCertSign \
	-addext basicConstraints=critical,CA:TRUE

# Time-stamp authorities.  stamping NAME CA DAYS KEY EXTENSION...: a certificate
# that CA signs; serial numbers count up.
eku=extendedKeyUsage=critical,timeStamping
ca=basicConstraints=critical,CA:TRUE
may_sign=keyUsage=critical,keyCertSign,cRLSign
crl=crlDistributionPoints=URI:http://crl.example/file
stamped=100
stamping() {
	stamping_name=$1
	stamping_ca=$2
	stamping_days=$3
	stamping_key=$4
	shift 4
	stamped=$((stamped + 1))
	printf '%s\n' "$@" > "$stamping_name.ext"
	case $stamping_key in
	rsa*) key "$stamping_name" -algorithm RSA \
		-pkeyopt "rsa_keygen_bits:${stamping_key#rsa}" ;;
	*) key "$stamping_name" -algorithm EC \
		-pkeyopt "ec_paramgen_curve:$stamping_key" ;;
	esac
	openssl req -new -key "$stamping_name.key" -out "$stamping_name.csr" \
		-subj "/O=Stamps/CN=$stamping_name"
	openssl x509 -req -in "$stamping_name.csr" -CA "$stamping_ca.pem" \
		-CAkey "$stamping_ca.key" -days "$stamping_days" \
		-extfile "$stamping_name.ext" -set_serial "$stamped" \
		-out "$stamping_name.pem" 2>/dev/null
}

# Of three that do not know each other; the first by way of a middle.
self_signed tsa-root p384 -addext "$may_sign" -addext "$ca"
self_signed tsa-root2 rsa3072 -addext "$may_sign" -addext "$ca"
self_signed tsa-root3 p256 -addext "$may_sign" -addext "$ca"
stamping tsa-middle tsa-root 3600 P-256 "$may_sign" "$ca,pathlen:0" \
	"$crl/tsa-root.crl"
stamping tsa1 tsa-middle 3500 P-256 "$signs" "$no_ca" "$eku" \
	"$crl/tsa-middle.crl"
stamping tsa2 tsa-root2 3500 rsa2048 "$signs" "$eku"
stamping tsa3 tsa-root3 3500 rsa3072 \
	keyUsage=critical,digitalSignature,nonRepudiation "$eku"
stamping tsa4 tsa-root3 3500 P-384 "$eku"
stamping tsa-short tsa-root3 1 P-256 "$signs" "$eku"
# Not fit for it.
stamping tsa-no-eku tsa-root3 3500 P-256 "$signs"
stamping tsa-not-critical tsa-root3 3500 P-256 "$signs" \
	extendedKeyUsage=timeStamping
stamping tsa-two-purposes tsa-root3 3500 P-256 "$signs" \
	extendedKeyUsage=critical,timeStamping,emailProtection
stamping tsa-any tsa-root3 3500 P-256 "$signs" \
	extendedKeyUsage=critical,anyExtendedKeyUsage
stamping tsa-mail tsa-root3 3500 P-256 "$signs" \
	extendedKeyUsage=critical,emailProtection
stamping tsa-is-ca tsa-root3 3500 P-256 "$may_sign,digitalSignature" "$ca" \
	"$eku"
stamping tsa-usage tsa-root3 3500 P-256 \
	keyUsage=critical,digitalSignature,keyEncipherment "$eku"
stamping tsa-critical tsa-root3 3500 P-256 "$signs" "$eku" \
	1.2.3.4.5=critical,DER:0500
stamping tsa-rsa1024 tsa-root3 3500 rsa1024 "$signs" "$eku"
stamping tsa-p521 tsa-root3 3500 P-521 "$signs" "$eku"
# By issuers that may not issue.
stamping tsa-no-ca tsa-root3 3500 P-256 "$may_sign"
stamping tsa-by-no-ca tsa-no-ca 3500 P-256 "$signs" "$eku"
stamping tsa-mute-ca tsa-root3 3500 P-256 "$ca" keyUsage=critical,cRLSign
stamping tsa-by-mute-ca tsa-mute-ca 3500 P-256 "$signs" "$eku"
stamping tsa-silent-ca tsa-root3 3500 P-256 "$ca"
stamping tsa-by-silent-ca tsa-silent-ca 3500 P-256 "$signs" "$eku"
stamping tsa-deep tsa-middle 3500 P-256 "$may_sign" "$ca"
stamping tsa-too-deep tsa-deep 3500 P-256 "$signs" "$eku"
# Below one for web servers alone, for anything, for time-stamps among others.
for issuer in web-ca:critical,serverAuth any-ca:anyExtendedKeyUsage \
	mixed-ca:serverAuth,timeStamping; do
	stamping "tsa-${issuer%%:*}" tsa-root3 3500 P-256 "$may_sign" "$ca" \
		"extendedKeyUsage=${issuer#*:}"
	stamping "tsa-by-${issuer%%:*}" "tsa-${issuer%%:*}" 3500 P-256 \
		"$signs" "$eku"
done

# tsa_config NAME KEY DIGEST LINE...: how `openssl ts -reply` is to answer.
tsa_config() {
	config=$1.cnf
	cat > "$config" <<EOF
[tsa]
default_tsa = this
[this]
serial = $1.serial
crypto_device = builtin
signer_cert = $2.pem
signer_key = $2.key
signer_digest = $3
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.2
digests = sha1, sha256, sha384
EOF
	echo 01 > "$1.serial"
	shift 3
	printf '%s\n' "$@" >> "$config"
}
tsa_config tsa1 tsa1 sha256 "certs = tsa-middle.pem" \
	"accuracy = secs:1, millisecs:500, microsecs:100" \
	"ess_cert_id_alg = sha256"
tsa_config tsa2 tsa2 sha512 "ordering = yes" "tsa_name = yes" \
	"clock_precision_digits = 3" "ess_cert_id_alg = sha512"
tsa_config tsa3 tsa3 sha384 "certs = tsa-root3.pem" "ess_cert_id_chain = yes" \
	"ess_cert_id_alg = sha256"
tsa_config tsa4 tsa4 sha384 "tsa_name = yes" "ess_cert_id_alg = sha384"
# SHA-1 binds the certificate, or signs.
tsa_config tsa-sha1-ess tsa1 sha256 "ess_cert_id_alg = sha1"
tsa_config tsa-sha1 tsa1 sha1 "ess_cert_id_alg = sha256"

: > complete
