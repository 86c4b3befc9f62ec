# SPDX-License-Identifier: BSD-2-Clause
# Two signed heads of one log that do not fit are a fork, whatever brings them;
# honest ones of any size fit.
# shellcheck shell=bash disable=SC2154 # helpers'

# rule: what the last verification says of log.contradicts, each once.
rule()
{
	json out 'sorted({c["verdict"] for c in d["checks"]
		if c["rule"] == "log.contradicts"})'
}

# forked INPUT INPUT: in either order, both named.
forked()
{
	local order
	for order in "$1 $2" "$2 $1"; do
		# shellcheck disable=SC2086 # two names
		exits 1 muniment-verify $order --trust "$anchor" --json
		equal "$(rule)" "['FAILED']"
		equal "$(json out '[set("'"$order"'".split()) ==
			{c["subject"], c["detail"].split(chr(39))[1]}
			for c in d["checks"] if c["verdict"] == "FAILED"]')" \
			"[True]"
	done
}

# fit STATUS INPUT...: nothing contradicts.
fit()
{
	local status=$1
	shift
	exits "$status" muniment-verify "$@" --trust "$anchor" --json
	equal "$(rule)" "['PASSED']"
}

make_vault
make_documents
muniment deposit docs >/dev/null
muniment export TST-0001 old >/dev/null
cp -a v early
cp -a v other && cp -a k other.k
other="muniment -C $PWD/other --keys $PWD/other.k"
muniment deposit docs/a.txt >/dev/null
$other deposit docs/b.txt >/dev/null
equal "$(sed -n 2p v/log/checkpoint)" "$(sed -n 2p other/log/checkpoint)"
muniment export TST-0001 p --no-record >/dev/null
$other export TST-0001 q --no-record >/dev/null
old=old/TST-0001.dossier.tar p=p/TST-0001.dossier.tar q=q/TST-0001.dossier.tar

# as many entries in both
forked v other
forked v $q
forked $p $q
# alone nothing is to be said
exits 0 muniment-verify v --trust "$anchor" --json
equal "$(rule)" "[]"

# more in one
$other deposit docs/deep >/dev/null
$other export TST-0001 r --no-record >/dev/null
r=r/TST-0001.dossier.tar
forked v other
forked v $r
forked $p $r

# what fits: from before the fork, of any size, twice, in any order (2: what an
# archive or a record is missing for is no contradiction)
fit 0 v early
fit 0 early v v
fit 2 v $old
fit 2 $p $old v
fit 2 other $r $q $old
# a fork among many is seen
exits 1 muniment-verify $old $p $r other v --trust "$anchor" --json
equal "$(rule)" "['FAILED']"

# a head of a fork is not remembered
exits 1 muniment-verify v other --trust "$anchor" --remember mine
equal "$(ls mine)" ""
exits 0 muniment-verify early v --trust "$anchor" --remember mine
[ -n "$(ls mine)" ] || die "nothing was remembered"

# and with the archive, which belongs to each dossier of it
exits 1 muniment-verify $p $q old/TST-0001.tar --trust "$anchor" --json
equal "$(rule)" "['FAILED']"

# two parcels of different days, of other archives and of the same
muniment export TST-0002 late >/dev/null
fit 0 old/*.tar late/*.tar
muniment record access TST-0001 >/dev/null
muniment export TST-0001 later >/dev/null
fit 0 old/*.tar later/*.tar
fit 0 later/TST-0001.dossier.tar $old later/TST-0001.tar
fit 0 v $old later/*.tar

# another log is none of its business
muniment init w --keys w.k --no-passphrase --volatile --prefix OTH >/dev/null
exits 0 muniment-verify v w --trust "$anchor" --trust "$(
	muniment -C w --keys w.k fingerprint | head -n 1)" --json
equal "$(rule)" "[]"
