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

# self_signed NAME KEY ARGUMENTS...: a certificate of its own
self_signed() {
	self_name=$1
	self_key=$2
	shift 2
	if [ "$self_name.key" != "$self_key.key" ]; then
		cp "$self_key.key" "$self_name.key"
	fi
	openssl req -x509 -new -key "$self_key.key" -out "$self_name.pem" \
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

: > complete
