# SPDX-License-Identifier: BSD-2-Clause
# what cannot be read fails the deposit, all of it named at once, unless it is
# knowingly left out: then the seal says so.
# shellcheck shell=bash disable=SC2012,SC2154,SC2086 # listings of our own; helpers'; $run
as_nobody
make_vault
make_documents
printf 'secret\n' >docs/closed.txt
mkdir docs/shut && printf 'x\n' >docs/shut/x
chmod 000 docs/closed.txt docs/shut
[ -z "$run" ] || chown -R 65534:65534 v k docs

exits 3 $run muniment deposit docs
says err docs/closed.txt
says err docs/shut
says err "2 in all"
# a dry run says so, with the status that the deposit has
exits 3 $run muniment deposit docs --dry-run
says out "3 documents"
says err "this deposit would be refused"
says err "2 in all"
exits 3 $run muniment deposit docs --dry-run --json
equal "$(json out 'd["dry_run"], d["documents"], "2 in all" in d["refused"]')" \
	"(True, 3, True)"
exits 3 $run muniment deposit docs/closed.txt --dry-run --accept-unreadable
exits 0 $run muniment deposit docs --dry-run --accept-unreadable --json
equal "$(json out 'd["refused"]')" None
# nor is anybody asked to agree to what will be refused
if command -v script >/dev/null; then
	status=0
	printf 'y\n' | script -qec "$run muniment deposit docs" /dev/null \
		>shown 2>&1 || status=$?
	equal "$status" 3
	says_not shown "[y/N]"
	says shown docs/closed.txt
	says shown docs/shut
fi
equal "$(ls v/archives)" ""
exits 0 $run muniment deposit docs --accept-unreadable --json
equal "$(json out 'd["complete"], d["documents"]')" "(False, 3)"
equal "$(json out '[(f["rule"], f["path"]) for f in d["findings"]]')" \
	"[('source.unreadable', 'docs/closed.txt'), ('source.unreadable', 'docs/shut')]"
tar -xOf v/archives/TST-0001.tar TST-0001/seal/seal.json >seal.json
says seal.json '"complete":false'
exits 0 $run muniment deposit docs/a.txt --json
equal "$(json out 'd["complete"]')" True
# nothing but what cannot be read
exits 3 $run muniment deposit docs/closed.txt --accept-unreadable
chmod 755 docs/shut
sound
