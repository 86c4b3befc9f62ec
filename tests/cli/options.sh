# SPDX-License-Identifier: BSD-2-Clause
# the command line: options anywhere, help everywhere, wrong ones exit 64.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
exits 0 muniment deposit docs
unset MUNIMENT_VAULT MUNIMENT_KEYS

for command in init deposit status list show find history extract verify index \
	checkpoint fingerprint time-stamp; do
	exits 0 muniment "$command" --help
	says out "Usage: muniment $command"
	says out "Example:"
	exits 64 muniment "$command" --no-such-option
	says err "muniment $command --help"
	equal "$(cat out)" ""
done
for words in "--help" "-h" "help"; do
	exits 0 muniment "$words"
	says out "Commands:"
done
exits 0 muniment --version
says out "muniment 0."
exits 0 muniment list --version
exits 64 muniment no-such-command
exits 64 muniment list extra
exits 64 muniment show
exits 64 muniment -C v list --case
exits 64 muniment index neither -C v

exits 0 muniment -C v list
cp out wanted
exits 0 muniment list -C v
diff wanted out
exits 0 muniment list -Cv
diff wanted out
(cd v/archives && muniment list) >out
diff wanted out
MUNIMENT_VAULT=v muniment list >out
diff wanted out
exits 3 muniment -C docs list
exits 3 muniment list
says err "muniment init"
exits 0 muniment -C v --keys k deposit docs/a.txt
exits 0 muniment deposit docs/a.txt -C v --keys k
exits 0 muniment deposit -C v docs/a.txt --keys k
exits 0 muniment --json --keys=k -C v deposit -- docs/a.txt
equal "$(json out 'd["archive"]')" TST-0005
exits 0 muniment show TST-0001/1 -C v --json
cp out wanted
exits 0 muniment --json -C v show TST-0001/1
diff wanted out
# an environment that would have options end at the first operand
POSIXLY_CORRECT=1 muniment list -C v >out
