# SPDX-License-Identifier: BSD-2-Clause
# with clock and randomness fixed: the same archive bytes, whoever, wherever,
# whenever, on however many processors.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_documents
cp /bin/true docs/program
(cd docs && python3 -c 'import zipfile
z = zipfile.ZipFile("z.zip", "w")
for i in range(300): z.writestr(zipfile.ZipInfo("m%d" % i), "x" * i)')
for i in $(seq 300); do printf '%s' "$i" >"docs/n$i"; done
cp "docs/z.zip" docs/y.zip
find docs -exec touch -d '2020-01-01T00:00:00Z' {} +

make()
{
	"$FIXED" init "$1/v" --keys "$1/k" --no-passphrase --volatile >/dev/null
	"$FIXED" -C "$1/v" --keys "$1/k" deposit docs >/dev/null
	sha256sum <"$1/v/archives/"*.tar
}
mkdir one two three
first=$(make one)
second=$(umask 077; HOME=/nonexistent TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 \
	USER=canary LOGNAME=canary HOSTNAME=canary make two)
equal "$first" "$second"
command -v taskset >/dev/null && third=$(taskset -c 0 bash -c "$(declare -f make)
	FIXED='$FIXED'; make three") || third=$first
equal "$first" "$third"
# and not the same without: nothing that leaves the machine repeats
muniment init four --keys fk --no-passphrase --volatile >/dev/null
muniment -C four --keys fk deposit docs >/dev/null
[ "$first" != "$(sha256sum <"four/archives/"*.tar)" ] || die "no salt"
