#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: graft.sh [SELFTESTS]
# Add our tests to the KVM selftests of the kernel tree KDIR, or to those in the folder SELFTESTS:
# the files, one line for each test and one for lib/lpage in the makefile, options that are missing.
# May be repeated. Unchanged files are not written again, so that nothing is rebuilt for them.
# EXTRA_TESTS names a folder with more tests, private_mem_lpage_*_test.c, to be added.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/graft/layout.sh"

# need FILE LINE: every line that we rely on.
need()
{
	grep -qxF -- "$2" "$kvm/$1" || missed "kvm/$1 has no line \"$2\""
}

# All that can be wrong with the tree is found here, before the first change.
understand()
{
	local file line

	find_layout
	after="TEST_GEN_PROGS_$arch += $arch/private_mem_kvm_exits_test"
	need "$makefile" "$after"
	need "$makefile" 'include ../lib.mk'
	for file in config settings include/kvm_util.h; do
		[ -f "$kvm/$file" ] || missed "there is no file kvm/$file"
	done
	# Git ignores what this list does not allow.
	if [ -f "$kvm/.gitignore" ]; then
		for line in '!/**/' '!*.c' '!*.h' '!.gitignore' '!Makefile'; do
			need .gitignore "$line"
		done
	fi
	command -v rsync >/dev/null || die 'rsync is missing, which kselftest needs as well'
	for file in . lib "$arch" "$makefile" config settings; do
		[ -w "$kvm/$file" ] || die "cannot write in $kvm/$file"
	done
}

# Lay out our files in tmp/new as they are to lie in kvm/.
lay_out()
{
	local file new=$tmp/new

	[ -z "$EXTRA_TESTS" ] || [ -d "$EXTRA_TESTS" ] || die "EXTRA_TESTS=$EXTRA_TESTS: no such folder"
	for file in "$top"/x86_64/*_test.c ${EXTRA_TESTS:+"$EXTRA_TESTS"/*_test.c}; do
		# This name is what lpage.mk, and whoever removes a graft, know our tests by.
		case ${file##*/} in private_mem_lpage_* | '*_test.c') ;; *)
			die "${file##*/}: the name of a test begins with private_mem_lpage_" ;;
		esac
	done
	mkdir -p "$new"/{lib/lpage,lpage_scenarios,"$arch"} &&
		for file in $folders; do
			mkdir "$new/lib/lpage/$file" && cp "$top/lib/$file"/*.[ch] "$new/lib/lpage/$file/" ||
				die "cannot write in $tmp"
		done &&
		cp "$top/tools/graft/lpage.mk" "$new/lib/lpage/Makefile" &&
		cp "$top"/x86_64/scenarios/*.scenario "$new/lpage_scenarios/" &&
		cp "$top/tools/graft/scenarios.gitignore" "$new/lpage_scenarios/.gitignore" &&
		find "$top/x86_64" ${EXTRA_TESTS:+"$EXTRA_TESTS"} -maxdepth 1 -name 'private_mem_lpage_*.c' \
			-exec cp -t "$new/$arch" {} + || die "cannot write in $tmp"
}

# The makefile with the tests listed, and what is built and installed but no test, and our own makefile
# included.
registered()
{
	printf '%s\n' "$tmp/new/$arch"/*.c | awk -v arch="$arch" -v after="$after" -v include="$include" '
		FILENAME == "-" {
			sub(/.*\//, "")
			sub(/\.c$/, "")
			list = /_test$/ ? "TEST_GEN_PROGS_" : "TEST_GEN_PROGS_EXTENDED_"
			lines = lines list arch " += " arch "/" $0 "\n"
			next
		}
		{ print }
		$0 == after { printf "%s", lines }
		$0 == "include ../lib.mk" { print include }' - "$tmp/$makefile"
}

# merged FILE: of kvm/, with those of our options that it has not got.
merged()
{
	awk -F = -v heading="$heading" '
		pass == 1 && /^[^#]/ { known[$1] }
		pass == 2 && /^[^#]/ && !($1 in known) { if (!n++) print heading; print }
		pass == 3 && FNR == 1 && n { print ""; ended = 1 }
		pass == 3
		END { if (n && !ended) print "" }' pass=1 "$tmp/$1" pass=2 "$top/$1" pass=3 "$tmp/$1"
}

# The new contents of the files that the tree has already.
prepare()
{
	local file

	lay_out
	strip "$makefile" config settings
	registered >"$tmp/$makefile.new" && merged config >"$tmp/config.new" &&
		merged settings >"$tmp/settings.new" || die "cannot write in $tmp"
	for file in "$makefile" config settings; do
		end_like "$kvm/$file" "$tmp/$file.new"
	done
}

# What an older state of this project put there and this one does not.
remove_stale()
{
	local file

	for file in "$kvm"/lib/lpage/{,*/}*.[ch] "$kvm/$arch"/private_mem_lpage_*.c \
		"$kvm"/lpage_scenarios/*.scenario; do
		[ -e "$tmp/new/${file#"$kvm/"}" ] || rm -f "$file" || die "cannot remove $file"
	done
}

# A first graft that cannot be finished is taken back.
finish()
{
	[ -z "$incomplete" ] || remove_files
	rm -rf "$tmp"
}

graft()
{
	[ -d "$kvm/lib/lpage" ] || incomplete=yes
	rsync -rc "$tmp/new/" "$kvm/" || die "cannot write in $kvm"
	remove_stale
	replace .new config settings "$makefile"
	incomplete=
}

find_selftests "$1"
understand
incomplete=
tmp=$(mktemp -d) || die "no room for temporary files"
trap finish EXIT
prepare
graft
