#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: tree.sh
# Make the series of patches for KVM's maintainers as a git repository, $work/upstream/repo: those files of
# the kernel under test that the series changes, tagged base, and a commit for each patch. The files
# here say what to commit, in the order of their names: subject and text, a line of three dashes, and
# the changes; 01-* is the test that lies beside them.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../author.sh"

series=$top/tools/upstream
kvm=tools/testing/selftests/kvm
test=x86/private_mem_hugepage_test
after='TEST_GEN_PROGS_x86 += x86/private_mem_conversions_test'

# Every file that exists before the series.
copy_base()
{
	local file

	[ -f "$src/$kvm/Makefile.kvm" ] || die "the series is for the selftests of 6.15 and later"
	for file in "$kvm/Makefile.kvm" $(cat "$series"/*.patch | patched_files -); do
		[ -e "$src/$file" ] || continue
		mkdir -p "$repo/${file%/*}" && cp -L --no-preserve=mode "$src/$file" "$repo/$file" || die "cannot write in $repo"
	done
	grep -qxF "$after" "$repo/$kvm/Makefile.kvm" || die "$src/$kvm/Makefile.kvm has no line \"$after\""
}

# The changes of a patch, which it makes or has.
apply()
{
	if [[ ${1##*/} == 01-* ]]; then
		cp "$series/${test#*/}.c" "$repo/$kvm/$test.c" &&
			sed -i "s,^$after\$,&\nTEST_GEN_PROGS_x86 += $test," "$repo/$kvm/Makefile.kvm" || die "cannot write in $repo"
	else
		patch -d "$repo" -p1 --no-backup-if-mismatch -r - <"$1" >"$work/upstream/patch.log" 2>&1 ||
			die "${1##*/} does not apply to $(basename "$src"):" \
				"$(grep -m 1 -E 'FAILED|No file|malformed|garbage' "$work/upstream/patch.log")"
	fi
}

# The text of a patch: its subject as it is, the rest filled.
message()
{
	sed -n -e '3p' "$1"
	sed -e '1,3d' -e '/^---$/,$d' "$1" | fmt -w 72
}

locate
repo=$work/upstream/repo
rm -rf "$repo" && mkdir -p "$repo" || die "cannot write $repo"
own_git init -q
copy_base
# Who has no name builds it all the same; tools/upstream.sh finds one first.
[ -n "$GIT_AUTHOR_NAME" ] || export GIT_AUTHOR_NAME=nobody GIT_AUTHOR_EMAIL=nobody@localhost \
	GIT_COMMITTER_NAME=nobody GIT_COMMITTER_EMAIL=nobody@localhost
own_git add -A -f
own_git commit -q -m base
own_git tag base
for file in "$series"/*.patch; do
	apply "$file"
	own_git add -A -f
	message "$file" | own_git commit -q -s -F -
done
