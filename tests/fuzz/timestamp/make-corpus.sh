#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make-corpus.sh PKI DIR - seeds in DIR/{query,response,token,crl}: what the
# tests' authorities (tests/pki) were asked and answered, whole and cut.
set -eu

pki=$1
dir=$2
rm -rf "$dir"
mkdir -p "$dir/query" "$dir/response" "$dir/token" "$dir/crl"
OPENSSL_CONF=$pki/openssl.cnf
export OPENSSL_CONF

cd "$pki"
for name in tsa1 tsa2 tsa3 tsa4 tsa-sha1 tsa-sha1-ess; do
	# Serial number files are shared with other tests: use another.
	sed "s|^serial = .*|serial = $dir/serial|" "$name.cnf" > "$dir/cnf"
	echo 01 > "$dir/serial"
	openssl ts -query -data openssl.cnf -sha256 -cert \
		-out "$dir/query/$name" 2>/dev/null
	openssl ts -reply -config "$dir/cnf" -queryfile "$dir/query/$name" \
		-out "$dir/response/$name" 2>/dev/null
	openssl ts -reply -in "$dir/response/$name" -token_out \
		-out "$dir/token/$name" 2>/dev/null
	for kind in query response token; do
		head -c 60 "$dir/$kind/$name" > "$dir/$kind/$name-cut"
	done
done
# One query of our own form: the nonce has 16 octets.
printf '\060\105\002\001\001\060\061\060\015\006\011\140\206\110\001\145\003\004' \
	> "$dir/query/own"
printf '\002\001\005\000\004\040abcdefghijklmnopqrstuvwxyz012345' >> "$dir/query/own"
printf '\002\020@123456789abcdef\001\001\377' >> "$dir/query/own"
openssl ts -query -data openssl.cnf -sha256 -tspolicy 1.9.9 \
	-out "$dir/query/refused" 2>/dev/null
openssl ts -reply -config "$dir/cnf" -queryfile "$dir/query/refused" \
	-out "$dir/response/refused" 2>/dev/null

printf '[ca]\ndefault_ca = this\n[this]\ndatabase = %s\ndefault_md = sha256\n' \
	"$dir/index" > "$dir/ca.cnf"
printf 'R\t361124000000Z\t261124000000Z,keyCompromise\t65\tunknown\t/CN=tsa\n' \
	> "$dir/index"
openssl ca -config "$dir/ca.cnf" -gencrl -crldays 30 -cert tsa-root.pem \
	-keyfile tsa-root.key -out "$dir/crl.pem" 2>/dev/null
openssl crl -in "$dir/crl.pem" -outform DER -out "$dir/crl/root"
head -c 60 "$dir/crl/root" > "$dir/crl/root-cut"
cp "$dir/crl.pem" "$dir/crl/bundle"
rm -f "$dir/serial" "$dir/serial.old" "$dir/cnf" "$dir/index" \
	"$dir/index.attr" "$dir/ca.cnf" "$dir/crl.pem"
: > "$dir/complete"
