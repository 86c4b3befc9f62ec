# SPDX-License-Identifier: BSD-2-Clause
# extract: whole and single, nothing replaced, no link followed, nothing bent.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
make_documents
touch -d '2001-02-03T04:05:06.789Z' docs/b.txt
exits 0 muniment deposit docs

exits 0 muniment extract TST-0001 all --json
equal "$(json out 'd["documents"], d["bytes"]')" "(3, 14)"
diff -r docs all/docs
equal "$(stat -c %Y all/docs/b.txt)" "$(stat -c %Y docs/b.txt)"
exits 0 muniment extract TST-0001-000003 one
diff docs/deep/c.txt one/c.txt
exits 0 muniment extract TST-0001/2 one
diff docs/b.txt one/b.txt

# folders and files are as wide as the umask lets any program's be
for mask in 022 077 027; do
	(umask "$mask" && exits 0 muniment extract TST-0001 "by$mask" --no-record)
	(umask "$mask" && mkdir -p "own$mask/docs/deep" &&
		cp docs/a.txt docs/b.txt "own$mask/docs" &&
		cp docs/deep/c.txt "own$mask/docs/deep")
	equal "$(cd "by$mask" && find . -printf '%m %p\n' | sort)" \
		"$(cd "own$mask" && find . -printf '%m %p\n' | sort)"
done

# nothing is replaced
echo mine >one/a.txt
exits 3 muniment extract TST-0001/1 one
says err "a.txt"
says err "already"
equal "$(cat one/a.txt)" mine
equal "$(ls -A one | tr '\n' ' ')" "a.txt b.txt c.txt "

# a link in the way is not followed
mkdir trap outside
ln -s ../outside trap/docs
exits 3 muniment extract TST-0001 trap
equal "$(ls -A outside)" ""
ln -s ../outside/x trap/a.txt
exits 3 muniment extract TST-0001/1 trap
equal "$(ls -A outside)" ""

exits 3 muniment extract TST-0002 no
exits 3 muniment extract TST-0001/4 no
exits 64 muniment extract TST-0001/0 no
exits 64 muniment extract nonsense no
exits 64 muniment extract TST-0001-000001.m0001 no
exits 64 muniment extract TST-0001
exits 3 muniment extract TST-0001/4 no --no-record
exits 64 muniment extract TST-0001 v/here
says err "lies in the folder of a vault"
if [ -e no ] || [ -e v/here ]; then die "a folder was made"; fi

# what could not be logged is not handed out, and no folder is made for it
exits 3 muniment extract TST-0001 no --to Nobody
says err "no actor is called 'Nobody'"
[ ! -e no ] || die "something was written"
exits 3 muniment extract TST-0001 no --to "$(printf '%064d' 7)"
says err "no actor has the certificate '00"
[ ! -e no ] || die "something was written"
muniment key new --keys k-Rail --as Rail --no-passphrase --volatile \
	--log-key-from k >/dev/null
exits 3 muniment extract TST-0001 no --keys k-Rail
says err "not enrolled"
muniment actor enrol k-Rail/actor.pem --role counsel >/dev/null
muniment actor revoke Rail --reason retired >/dev/null
exits 3 muniment extract TST-0001 no --keys k-Rail
says err "revoked"
[ ! -e no ] || die "something was written"
exits 0 muniment extract TST-0001 no --to Nobody --no-record
rm -r no

# a file that is not there, and bytes that were destroyed, are called that
exits 0 muniment deposit docs
exits 0 muniment deposit docs
exits 0 muniment withdraw TST-0003 --reason asked --destroy --yes
mv v/archives/TST-0002.tar aside.tar
for doc in TST-0002 TST-0002/1; do
	for more in "" --no-record; do
		# shellcheck disable=SC2086 # a word or none
		exits 3 muniment extract $doc gone $more
		says err "muniment: the file of 'TST-0002' is missing"
		says err "'archives/TST-0002.tar'"
	done
	exits 0 muniment show $doc
	says out "MISSING"
done
exits 3 muniment export TST-0002 gone
says err "the file of 'TST-0002' is missing"
exits 3 muniment record examination TST-0002/1
says err "the file of 'TST-0002' is missing"
mv aside.tar v/archives/TST-0002.tar
for doc in TST-0003 TST-0003/1; do
	for more in "" --no-record; do
		# shellcheck disable=SC2086
		exits 3 muniment extract $doc gone $more
		says err "the bytes of 'TST-0003' were destroyed"
		says err "muniment history TST-0003"
	done
done
exits 0 muniment show TST-0003
says_not out "MISSING"
exits 3 muniment extract TST-0009 gone --no-record
says err "there is no archive 'TST-0009' in this vault"
[ ! -e gone ] || die "a folder was made"

# an archive whose own parts are wrong is named, with what to do
cp v/archives/TST-0002.tar aside.tar
chmod u+w v/archives/TST-0002.tar
python3 - <<'PY'
path = "v/archives/TST-0002.tar"
raw = bytearray(open(path, "rb").read())
raw[raw.index(b"ustar", 512) + 200] ^= 1
open(path, "wb").write(raw)
PY
exits 3 muniment extract TST-0002 gone --no-record
says err "archive 'TST-0002' is damaged or was altered"
says err "'muniment verify'"
mv -f aside.tar v/archives/TST-0002.tar

# stored bytes that are not the record's are not handed out
chmod u+w v/archives/TST-0001.tar
python3 - <<'PY'
raw = bytearray(open("v/archives/TST-0001.tar", "rb").read())
at = raw.index(b"two\n")
raw[at] ^= 1
open("v/archives/TST-0001.tar", "wb").write(raw)
PY
exits 3 muniment extract TST-0001/2 bent
says err "not those of its record"
[ ! -e bent ] || die "a folder was left"
exits 3 muniment extract TST-0001 bent --no-record
equal "$(find bent | sort | tr '\n' ' ')" "bent bent/docs bent/docs/a.txt "
rm -r bent
exits 0 muniment extract TST-0001/1 bent
