#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# quickstart.sh [PATH...] - from a bare Debian 12 to a verified archive.
#
# Installs what is missing, builds a release, makes a vault for trying things
# out in build/quickstart, deposits the paths (or the documents of samples/),
# and lets muniment-verify judge the result, anchored by the vault fingerprint.
# Run again with the same paths, it builds, makes and deposits nothing new.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
demo=$root/build/quickstart
programs=$demo/release
vault=$demo/vault
keys=$demo/keys
muniment=$programs/tools/muniment/muniment
verifier=$programs/tools/muniment-verify/muniment-verify

say()
{
	printf '\n== %s\n' "$*"
}

build_release()
{
	say "Building (in $programs)"
	mkdir -p "$demo"
	[ -f "$programs/build.ninja" ] ||
		cmake -S "$root" -B "$programs" -G Ninja -DCMAKE_BUILD_TYPE=Release \
			-DMUN_BUILD_TESTS=OFF >"$demo/configure.log" 2>&1 || {
		cat "$demo/configure.log" >&2
		exit 3
	}
	cmake --build "$programs" >"$demo/build.log" 2>&1 || {
		cat "$demo/build.log" >&2
		exit 3
	}
	tail -n 1 "$demo/build.log"
}

make_vault()
{
	if [ -d "$vault" ]; then
		say "The vault is here already: $vault"
		return
	fi
	say "Making a vault: $vault"
	echo "For this try only, its keys have no passphrase (--no-passphrase)."
	volatile=
	case $(stat -f -c %T "$demo") in
	tmpfs | ramfs | overlayfs)
		echo "warning: $demo is on a file system that may be gone when" \
			"this machine stops; going on with --volatile" >&2
		volatile=--volatile
		;;
	esac
	"$muniment" init "$vault" --keys "$keys" --no-passphrase \
		${volatile:+"$volatile"} </dev/null
}

# The paths as they will be remembered, so that the same are not taken twice.
absolute_paths()
{
	for path; do
		realpath -e -- "$path"
	done
}

# What deposit said about these paths is kept in $answer.
deposit()
{
	absolute_paths "$@" >"$demo/paths" || exit 3
	answer=$demo/$(sha256sum <"$demo/paths" | cut -c 1-16).json
	if [ -f "$answer" ]; then
		say "Deposited before; nothing new is taken"
		return
	fi
	say "Depositing"
	"$muniment" -C "$vault" --keys "$keys" deposit --yes --json "$@" \
		>"$demo/answer" </dev/null || exit $?
	mv "$demo/answer" "$answer"
}

# json_value KEY FILE: the first text value of that key.
json_value()
{
	grep -o "\"$1\": *\"[^\"]*\"" "$2" | head -n 1 | cut -d '"' -f 4
}

show_and_verify()
{
	fingerprint=$("$muniment" -C "$vault" fingerprint --json |
		grep -Eo '[0-9a-f]{64}' | head -n 1)
	archive=$(json_value archive "$answer")

	say "What the vault holds"
	"$muniment" -C "$vault" list
	say "What muniment-verify says"
	status=0
	"$verifier" "$vault" --trust "vault:$fingerprint" || status=$?
	[ "$status" = 0 ] || exit "$status"

	say "Your archive is $archive"
	cat <<END
file         $vault/archives/$archive.tar
fingerprint  $fingerprint
keys         $keys

What to type next:
  PATH=$programs/tools/muniment:$programs/tools/muniment-verify:\$PATH
  export MUNIMENT_VAULT=$vault MUNIMENT_KEYS=$keys
  muniment show $archive
  muniment find WORD
  muniment extract $archive /tmp/$archive
  muniment-verify $vault --trust vault:$fingerprint
A vault of your own, its keys behind a passphrase:
  muniment init DIR
END
}

case ${1-} in
-h | --help)
	echo "usage: sh tools/quickstart.sh [PATH...]"
	exit 0
	;;
esac
[ $# -gt 0 ] || set -- "$root/samples/documents"

sh "$root/tools/packages.sh" build
build_release
make_vault
deposit "$@"
show_and_verify
