# SPDX-License-Identifier: BSD-2-Clause
# nothing in the environment steers the program or its libraries.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
mkdir poison
printf 'openssl_conf = x\n[x]\nproviders = y\n[y]\nlegacy = z\n[z]\nactivate = 1\nmodule = /nonexistent\n' \
	>poison/openssl.cnf
printf '0 string one poisoned\n!:mime x/poisoned\n' >poison/magic
poison=$PWD/poison
OPENSSL_CONF=$poison/openssl.cnf OPENSSL_MODULES=$poison MAGIC=$poison/magic \
	SQLITE_TMPDIR=$poison TMPDIR=$poison SSL_CERT_FILE=$poison/none \
	LC_ALL=tr_TR.UTF-8 LANG=xx TZ=:/nonexistent PWD=/nonexistent \
	muniment deposit docs --json >out
exits 0 muniment show TST-0001/1 --json
equal "$(json out 'd["media_type"]')" text/plain
exits 0 muniment list
# no core is left by a program that is shot, once it has begun
# (here: waits for its turn, so that it is not over before it was looked at)
exec 9<v/incoming
flock 9
(ulimit -c unlimited
	cd docs
	muniment deposit ../poison >/dev/null 9<&- &
	until grep -q '^Max core file size  *0  *0 ' "/proc/$!/limits"; do
		kill -0 $! || die "it would leave a core"
	done
	kill -ABRT $!
	wait $!) 2>/dev/null || [ $? != 1 ] || die "it would leave a core"
exec 9<&-
equal "$(find . -name 'core*')" ""
(ulimit -n 64; muniment deposit docs >/dev/null)
# a small stack is enough, and what was left on it is not wiped beyond its end
(ulimit -s 256; muniment deposit docs >/dev/null)
exits 0 muniment index check
