# SPDX-License-Identifier: BSD-2-Clause
# on a terminal a person is asked first, and shown letters of any script.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
command -v script >/dev/null || {
	echo "skipped: no script(1)"
	exit 77
}
make_vault
make_documents
mv docs/a.txt $'docs/\xe4\xb8\xad\xe6\x96\x87.txt'
ln -s $'\e[2J' docs/link

# typed ANSWER COMMAND: what the terminal shows is in `shown`
typed()
{
	local status=0
	printf '%s\n' "$1" | LC_ALL=C.UTF-8 script -qec "$2" /dev/null \
		>shown 2>&1 || status=$?
	echo "$status"
}
equal "$(typed n 'muniment deposit docs')" 3
says shown "To be stored for ever: 3 documents"
# what, into which vault, by whom
says shown "  docs/  (3 documents, 14 bytes)"
says shown "Into the vault $PWD/v  (TST, ${anchor:0:22}...)"
says shown "Signed by custodian"
says shown "Names, paths and times"
says shown "source.symlink"
says shown "nothing was deposited"
equal "$(ls v/archives)" ""
equal "$(typed n 'muniment deposit docs --no-times')" 3
says_not shown "paths and times"
says shown "not their times"
# "." is the folder, and its name will be sealed; of many, the first are named
equal "$(typed n 'cd docs && muniment deposit .')" 3
says shown "  docs/  (3 documents"
equal "$(typed n 'cd docs && muniment deposit b.txt deep')" 3
says shown "  b.txt  (1 document, 4 bytes)"
says shown "  deep/  (1 document, 6 bytes)"
says_not shown docs
mkdir many
for i in $(seq 10 23); do
	echo "$i" >"many/$i"
done
equal "$(typed n 'muniment deposit many/*')" 3
says shown "  19  (1 document, 3 bytes)"
says_not shown "  20  (1 document"
says shown "... and 4 more"
equal "$(ls v/archives)" ""
equal "$(typed y 'muniment deposit docs')" 0
says shown "Deposited as TST-0001"
equal "$(typed n 'muniment deposit docs --yes')" 0
says_not shown "To be stored"
equal "$(typed '' 'muniment show TST-0001/3')" 0
says shown $'\xe4\xb8\xad\xe6\x96\x87'
equal "$(typed '' 'muniment show TST-0001/3 --ascii')" 0
says_not shown $'\xe4\xb8\xad\xe6\x96\x87'
equal "$(typed '' 'LC_ALL=C muniment show TST-0001/3')" 0
says_not shown $'\xe4\xb8\xad\xe6\x96\x87'
# what is gone for ever is asked about, by name
muniment deposit docs --yes --case erased >/dev/null
equal "$(typed n 'muniment statement erase 3')" 3
says shown "entry 3"
says shown "nothing was erased"
[ -e v/log/statements/000003.json ] || die "the statement is gone"
equal "$(typed y 'muniment statement erase 3')" 0
[ ! -e v/log/statements/000003.json ] || die "the statement is there"
equal "$(typed n 'muniment withdraw TST-0003 --reason r --destroy')" 3
says shown "The bytes of TST-0003 are destroyed"
says_not shown "without a terminal"
[ -e v/archives/TST-0003.tar ] || die "the archive is gone"
equal "$(typed y 'muniment withdraw TST-0002 --reason r --destroy')" 0
[ ! -e v/archives/TST-0002.tar ] || die "the archive is there"
# a hand-over by who does not hold it: asked about, by name
equal "$(typed n 'muniment record transfer TST-0003 --who court')" 3
says shown "'TST-0003' is held by"
says shown "Log it all the same?"
says shown "nothing was logged"
equal "$(typed y 'muniment record transfer TST-0003 --who court')" 0
says shown "TST-0003 handed over"
equal "$(typed n 'muniment record transfer TST-0003 --from custodian --who me --yes')" 0
says_not shown "Log it"
# progress: on a terminal, or where it is asked for
head -c 30000000 /dev/zero >big
exits 0 muniment deposit big --progress
says_not out "MB/s"
