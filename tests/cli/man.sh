# SPDX-License-Identifier: BSD-2-Clause
# the manual pages: well formed, and of the same commands and options as --help.
# shellcheck shell=bash disable=SC2154 # helpers'
pages=$here/../../docs/man

# options PAGE: a line for each, in order
options()
{
	sed -n 's/ Ar .*//; s/ ,//; s/^\.It Fl/ Fl/p' "$1" |
		sed 's/ Fl \([^ ]*\)/ -\1/g; s/^ //'
}

# offered PROGRAM [COMMAND]: the same as --help has them
offered()
{
	"$@" --help | sed -n '/^Options:/,/^$/{s/,//
		s/^  *\(-[^ ]*\( --[a-z]*\)*\).*/\1/p}'
}

equal "$(options "$pages/muniment-verify.1")" "$(offered muniment-verify)"
for option in $(options "$pages/muniment.1"); do
	offered muniment deposit | grep -qF -e "$option" || die "no $option"
done
muniment --help | sed -n '/^Commands:/,/^$/s/^  //p' | sed 's/  */ /' >commands
equal "$(sed -n '/^\.It Cm/{s///;N;s/^ //;s/\n/ /;p}' "$pages/muniment.1")" \
	"$(cat commands)"
for page in muniment muniment-verify; do
	for status in 0 1 2 3 64; do
		grep -qx "\.It $status" "$pages/$page.1" || die "$page: $status"
	done
	! command -v mandoc >mandoc.path || mandoc -T lint -W warning \
		"$pages/$page.1"
done
