#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: graft.sh SELFTESTS
# Add our tests and lib/ to the KVM selftests in the folder SELFTESTS of a kernel tree: the files,
# one line per test in the list of programs, and one include at the end of the makefile.
# May be repeated. Unchanged files are not written again, so that nothing is rebuilt for them.
# EXTRA_TESTS names a folder with more tests, private_mem_lpage_*_test.c, to be added.

. "$(dirname "$0")/lib.sh"

kvm=$1/kvm
tmp=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$tmp"' EXIT

# Since 6.15 the folder and the lists are called x86 and have a makefile of their own.
if [ -d "$kvm/x86" ] && [ -f "$kvm/Makefile.kvm" ]; then
	arch=x86
	makefile=$kvm/Makefile.kvm
elif [ -d "$kvm/x86_64" ] && [ -f "$kvm/Makefile" ]; then
	arch=x86_64
	makefile=$kvm/Makefile
else
	die "$1 is not understood: neither kvm/x86 with kvm/Makefile.kvm nor kvm/x86_64 in it"
fi
after="TEST_GEN_PROGS_$arch += $arch/private_mem_kvm_exits_test"

tests()
{
	local file

	for file in "$top"/x86_64/*_test.c ${EXTRA_TESTS:+"$EXTRA_TESTS"/*_test.c}; do
		[ -e "$file" ] || continue
		file=$(basename "$file" .c)
		# This name is what lpage.mk, and a repeated graft, know our tests by.
		case $file in private_mem_lpage_*) ;; *)
			die "$file.c: the name of a test begins with private_mem_lpage_" ;;
		esac
		echo "$file"
	done
}

# install_file NEW FILE: put NEW in the place of FILE if they differ.
install_file()
{
	cmp -s "$1" "$2" || { cp "$1" "$2.new" && mv "$2.new" "$2"; } || die "cannot write $2"
}

register()
{
	grep -qxF "$after" "$makefile" || die "$makefile is not understood: no line \"$after\""
	tests >"$tmp/tests" || exit
	awk -v arch="$arch" -v after="$after" -v tests="$tmp/tests" '
		index($0, "/private_mem_lpage_") || $0 == "include lib/lpage/Makefile" { next }
		{ print }
		$0 == after {
			while ((getline t < tests) > 0)
				print "TEST_GEN_PROGS_" arch " += " arch "/" t
		}
		END { print "include lib/lpage/Makefile" }' "$makefile" >"$tmp/makefile" || die "cannot write $tmp"
	install_file "$tmp/makefile" "$makefile"
}

# Add the options that the tree's file does not have yet.
merge_options()
{
	touch "$2"
	awk -F = '/^[^#]/ { if (FILENAME == ARGV[1]) known[$1]; else if (!($1 in known)) print }' \
		"$2" "$1" >"$tmp/add"
	cat "$2" "$tmp/add" >"$tmp/merged"
	install_file "$tmp/merged" "$2"
}

mirror()
{
	rsync -rc --delete "$@" || die "cannot copy to ${*: -1}"
}

mkdir -p "$kvm/lib/lpage" "$kvm/lpage_scenarios" || die "cannot write in $kvm"
mirror --include='*.[ch]' --exclude='*' "$top/lib/" "$kvm/lib/lpage/"
mirror --include='private_mem_lpage_*.c' --exclude='*' "$top/x86_64/" ${EXTRA_TESTS:+"$EXTRA_TESTS/"} \
	"$kvm/$arch/"
mirror --include='*.scenario' --exclude='*' "$top/x86_64/scenarios/" "$kvm/lpage_scenarios/"
# Named Makefile because the folder's .gitignore lets that name pass.
install_file "$top/tools/graft/lpage.mk" "$kvm/lib/lpage/Makefile"
register
merge_options "$top/config" "$kvm/config"
merge_options "$top/settings" "$kvm/settings"
