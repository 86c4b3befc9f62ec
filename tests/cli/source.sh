# SPDX-License-Identifier: BSD-2-Clause
# nothing of the depositor's machine or of what was typed is in the vault.
# shellcheck shell=bash disable=SC2012,SC2016,SC2154 # listings of our own;
# what the inner shell expands; helpers'
# Every name looked for is a canary: a real one may be two letters, which turn
# up in random bytes.  hostile.leak does the same for init, with real accounts.
mkdir -p canary-above/canary-home
cd canary-above || exit
export HOME="$PWD/canary-home"
host=()
unshare --uts hostname canary-host 2>/dev/null &&
	host=(unshare --uts sh -c 'hostname canary-host && exec "$@"' sh)
make_vault
make_documents
USER=canary-user LOGNAME=canary-user HOSTNAME=canary-host \
	"${host[@]}" muniment deposit "$PWD/docs" --case canary-case \
	--received-from canary-source --note canary-note >/dev/null
for word in canary-above canary-user canary-host canary-home; do
	! grep -rqaF -- "$word" v || die "'$word' is in the vault"
done
# typed words are in the statement (and in the index), nowhere else
! grep -rqaF canary v/archives v/log/tile v/log/checkpoint v/certs k ||
	die "typed words leaked"
grep -qF canary-source v/log/statements/000001.json
tar --utc -tvf v/archives/TST-0001.tar --numeric-owner >list
equal "$(awk '{print $1, $2, $4, $5}' list | sort -u)" "-r--r--r-- 0/0 1970-01-01 00:00"
# times can be left out
exits 0 muniment deposit docs --no-times
tar -xOf v/archives/TST-0002.tar TST-0002/metadata/private.jsonl >private
says_not private modified_s
# a statement can be erased: withheld, not failed
rm v/log/statements/000001.json
exits 0 muniment index rebuild --yes
! grep -rqaF canary v || die "an erased statement is still there"
exits 0 muniment-verify v --trust "$anchor"

# a file system whose sizes are none: not cut and called whole
if [ -r /proc/version ]; then
	exits 3 muniment deposit /proc/version
	says err "'version' has more bytes than its file system says"
	exits 0 muniment deposit /proc/version docs --accept-unreadable --json
	archive=$(json out 'd["archive"]')
	tar -xOf "v/archives/$archive.tar" "$archive/metadata/findings.jsonl" >found
	says found '"rule":"source.unreadable"'
fi
