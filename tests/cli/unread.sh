# SPDX-License-Identifier: BSD-2-Clause
# An archive that cannot be read leaves a verification not yet judged, and hides
# nothing that was found of the others.
# shellcheck shell=bash disable=SC2154,SC2086 # helpers'; $run
as_nobody
make_vault
make_documents
muniment deposit docs >/dev/null
muniment deposit docs/deep >/dev/null
chmod 000 v/archives/TST-0002.tar
[ -z "$run" ] || chown -R 65534:65534 v

# found RULE: its verdicts, and of what
found()
{
	json out 'sorted((c["verdict"], c["subject"]) for c in d["checks"]
		if c["rule"] == "'"$1"'")'
}

exits 2 $run muniment-verify v --trust "$anchor" --json
equal "$(found archive.readable)" \
	"[('INDETERMINATE', 'archives/TST-0002.tar')]"
equal "$(found index.unjudged)" "[('INDETERMINATE', 'v')]"

# the other was altered
flip v/archives/TST-0001.tar 3000
exits 1 $run muniment-verify v --trust "$anchor" --json
equal "$(found archive.digest)" "[('FAILED', 'archives/TST-0001.tar')]"
equal "$(found archive.readable)" \
	"[('INDETERMINATE', 'archives/TST-0002.tar')]"
equal "$(found index.unjudged)" "[('INDETERMINATE', 'v')]"
chmod 444 v/archives/TST-0002.tar

# below a path that SQLite does not take, the index is not judged
long=$(printf 'l%.0s' $(seq 200))
mkdir -p "$long/$long/$long"
cp -r v "$long/$long/$long/v"
[ -z "$run" ] || chown -R 65534:65534 "$long"
exits 1 $run muniment-verify "$long/$long/$long/v" --trust "$anchor" --json
equal "$(found index.damaged)" "[]"
equal "$(json out '[c["verdict"] for c in d["checks"]
	if c["rule"] == "index.unjudged"]')" "['INDETERMINATE']"

# a vault that cannot be written is called that, whoever would sign
[ -n "$run" ] || exit 0
cp -r k theirs
chown -R 65534:65534 theirs
chown -R 0:0 v
chmod -R a+rX,go-w v
export MUNIMENT_KEYS=$PWD/theirs
for command in "deposit docs" "record examination TST-0001" "index rebuild"; do
	exits 3 $run muniment $command
	says err "the vault cannot be written: "
done
chmod 700 v/incoming
exits 3 $run muniment record examination TST-0001
says err "the vault cannot be written: "
