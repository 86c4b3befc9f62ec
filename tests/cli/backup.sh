# SPDX-License-Identifier: BSD-2-Clause
# key backup and restore, the page with codes, the fingerprint's card.
# shellcheck shell=bash disable=SC2012,SC2154,SC2034,SC2016 # as in helpers.sh
printf 'correct horse\n' >pass
muniment init v --keys k --passphrase-file pass --volatile >log
export MUNIMENT_VAULT=$PWD/v
fingerprint=$(muniment fingerprint | head -n 1)
exits 0 muniment key backup b.keys --page b.html --keys k
equal "$(stat -c %a b.keys b.html | tr '\n' ' ')" "600 600 "
says b.keys "vault ${fingerprint#vault:}"
grep -q 'BEGIN ENCRYPTED PRIVATE KEY' b.keys
! grep -q 'BEGIN PRIVATE' b.keys || die "an open key is in the backup"
equal "$(sed -n 's/^sha256 //p' b.keys)" \
	"$(grep -v '^sha256 ' b.keys | sha256sum | cut -d ' ' -f 1)"
exits 0 muniment key restore b.keys r --volatile
for name in actor.key actor.pem log.key; do
	cmp "k/$name" "r/$name"
	equal "$(stat -c %a "r/$name")" 600
done
make_documents
exits 0 muniment deposit docs --keys r --passphrase-file pass

# refused: never over something, nothing that was changed, nothing left
exits 3 muniment key restore b.keys r --volatile
exits 3 muniment key backup b.keys --keys k
says err "b.keys"
for change in '2d' 's/^file log.key/file log.kex/' '$d' '5y/AB/BA/' '$a x' \
	'/file actor.key/,/END/d'; do
	sed "$change" b.keys >changed
	! cmp -s changed b.keys || die "'$change' changes nothing"
	exits 3 muniment key restore changed x --volatile
	says err "not a backup of keys as it was written"
	[ ! -e x ]
done
cp -r k damaged
sed -i 3d damaged/log.key
exits 3 muniment key backup x --keys damaged
says err "'log.key': it is damaged"
exits 0 muniment key new --keys plain --as Heron --no-passphrase --volatile
exits 64 muniment key backup x --keys plain
says err "no passphrase"
exits 64 muniment key backup x --keys plain --unencrypted --page x.html
[ ! -e x ]
[ ! -e x.html ]
exits 0 muniment key backup open.keys --keys plain --unencrypted
exits 0 muniment key restore open.keys plain2 --volatile
cmp plain/actor.key plain2/actor.key

# the pages: nothing fetched, no script; the codes say what they should
exits 0 muniment fingerprint --card card.html
exits 3 muniment fingerprint --card card.html
for page in b card; do
	says $page.html "default-src 'none'"
	! grep -Eiq '<script|https?:|javascript:| on[a-z]+=' $page.html ||
		die "$page.html is not inert"
done
if ! command -v chromium >/dev/null || ! command -v zbarimg >/dev/null; then
	echo "backup: codes not scanned, chromium or zbar-tools is not installed"
	exit 77
fi
for page in b card; do
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars \
		--user-data-dir="$PWD/chromium" --window-size=900,1800 \
		--force-device-scale-factor=2 --screenshot="$PWD/$page.png" \
		"file://$PWD/$page.html" >log 2>&1
	zbarimg -q --raw -Sdisable -Sqrcode.enable $page.png >$page.txt 2>log
done
equal "$(cat card.txt)" "$fingerprint"
exits 0 muniment key restore b.txt scanned --volatile
diff -r -x heads -x receipts k scanned
# a piece that was not scanned
sed '/^piece 3 of/,/^piece/{/^piece [^3]/!d}' b.txt >fewer
exits 3 muniment key restore fewer x --volatile
says err "piece 3 of"
says err "is missing"
[ ! -e x ]
