# SPDX-License-Identifier: BSD-2-Clause
# show: archive, document, member; its record as it stands in the archive.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
python3 -c 'import zipfile
z = zipfile.ZipFile("docs/z.zip", "w"); z.writestr("inside.txt", "member"); z.close()'
ln -s a.txt docs/link
exits 0 muniment deposit docs
exits 0 muniment show TST-0001 --json
equal "$(json out 'd["archive"], d["documents"], d["members"], d["finding_list"][0]["rule"]')" \
	"('TST-0001', 4, 1, 'source.symlink')"
exits 0 muniment show TST-0001
says out "4 documents"
says out source.symlink
exits 0 muniment show TST-0001/1 --json
tar -xOf v/archives/TST-0001.tar TST-0001/metadata/documents.jsonl >documents
python3 -c 'import json
shown = json.load(open("out"))
line = open("documents").readline().rstrip("\n")
assert json.dumps(shown["record"], separators=(",", ":")) == line
assert shown["path"] == "docs/a.txt" and shown["name"] == "a.txt"'
exits 0 muniment show TST-0001-000001
says out docs/a.txt
exits 0 muniment show TST-0001-000004.m0001 --json
equal "$(json out 'd["name"], d["member"], d["size"]')" "('inside.txt', 1, 6)"
exits 3 muniment show TST-0001-000004.m0002
exits 3 muniment show TST-0001/9
exits 64 muniment show TST
