# SPDX-License-Identifier: BSD-2-Clause
# A checkpoint or receipt is held against its own log, whatever else is given;
# one that is of none of them fails, and what is none is refused.
# shellcheck shell=bash disable=SC2154 # helpers'

# found RULE: its verdicts, and of what
found()
{
	json out 'sorted((c["verdict"], c["subject"]) for c in d["checks"]
		if c["rule"] == "'"$1"'")'
}

make_vault
make_documents
muniment deposit docs >/dev/null
muniment checkpoint --save head >/dev/null
muniment deposit docs/deep >/dev/null
receipt=k/receipts/TST-0001.receipt
muniment init w --keys w.k --no-passphrase --volatile --prefix OTH >/dev/null
muniment -C w --keys w.k deposit docs >/dev/null
other=$(muniment -C w --keys w.k fingerprint | head -n 1)

for order in "v w" "w v"; do
	# shellcheck disable=SC2086 # two names
	exits 0 muniment-verify $order --trust "$anchor" --trust "$other" \
		--receipt $receipt --checkpoint head --json
	equal "$(found receipt.holds)" "[('PASSED', '$receipt')]"
	equal "$(found log.extends-kept)" \
		"[('PASSED', 'head'), ('PASSED', '$receipt')]"
done

# another's alone: perhaps the log that it was of was replaced
exits 1 muniment-verify w --trust "$other" --receipt $receipt \
	--remember mine --json
equal "$(found kept.foreign)" "[('FAILED', '$receipt')]"
equal "$(found receipt.holds)" "[]"
equal "$(ls mine)" ""
exits 1 muniment-verify w --trust "$other" --checkpoint head --json
equal "$(found kept.foreign)" "[('FAILED', 'head')]"
# which one it is of is said, and nobody accused
exits 1 muniment-verify w --trust "$other" --receipt $receipt
tr -s '\n ' '  ' <out >flat
says flat "of another vault than what was given to judge. (it is of $anchor)"
says_not flat "removed or replaced"
exits 1 muniment-verify w --trust "$other" --checkpoint head
tr -s '\n ' '  ' <out >flat
says flat "its log is '$(head -n 1 head)'"
says_not flat "rolled back"

# an archive has no log: what is needed is said
exits 2 muniment-verify v/archives/TST-0001.tar --trust "$anchor" \
	--receipt $receipt
tr -s '\n ' '  ' <out >flat
says flat "no log was given"
says flat "Verify the vault, or the archive together with a dossier"

# its own log, rolled back
rm -r w w.k
muniment init w --keys w.k --no-passphrase --volatile --prefix OTH >/dev/null
cp -a v old && cp -a k old.k
muniment deposit docs >/dev/null
exits 1 muniment-verify old w --receipt k/receipts/TST-0003.receipt --json
equal "$(found receipt.holds)" "[('FAILED', 'k/receipts/TST-0003.receipt')]"

# one of the same name that this log's key did not sign is of no other vault:
# damaged, or what was put here is an imitation
python3 - <<'PY'
import base64
lines = open("head", encoding="utf-8").read().split("\n")
name, text = lines[4].rsplit(" ", 1)
signature = bytearray(base64.b64decode(text))
signature[40] ^= 1
lines[4] = name + " " + base64.b64encode(signature).decode()
open("damaged", "w", encoding="utf-8").write("\n".join(lines))
PY
exits 1 muniment-verify v --trust "$anchor" --checkpoint damaged --json
equal "$(found log.extends-kept)" "[('FAILED', 'damaged')]"
equal "$(found kept.foreign)" "[]"

# what is no checkpoint or receipt says nothing of the vault: nothing is judged,
# remembered or reported
printf '\x89PNG\r\n\x1a\n\0' >picture.png
: >empty
for kind in checkpoint receipt; do
	kept="head"
	[ $kind = checkpoint ] || kept=$receipt
	head -n 3 $kept >torn
	for file in picture.png empty torn v/log v/archives/TST-0001.tar; do
		exits 64 muniment-verify v --trust "$anchor" --$kind "$file" \
			--remember mine --report page.html
		says err "$file"
		says_not out FAILED
	done
	says err "is no $kind, or not whole"
	says err "nothing was judged"
done
exits 64 muniment-verify v --trust "$anchor" --checkpoint $receipt
says err "'$receipt' is a receipt, not a checkpoint: give it with --receipt"
exits 64 muniment-verify v --trust "$anchor" --receipt head --json
says err "'head' is a checkpoint, not a receipt: give it with --checkpoint"
equal "$(json out 'sorted(d)')" "['error', 'exit_status']"
equal "$(ls mine)" ""
[ ! -e page.html ] || die "there is a report of nothing"
