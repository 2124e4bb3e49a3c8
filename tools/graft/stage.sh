#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: stage.sh NAME
# One stage of tools/intree.sh, which says what each must show.

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/layout.sh"

# Upstream's tests of private memory run beside ours.
upstream='private_mem_kvm_exits_test private_mem_conversions_test pre_fault_memory_test guest_memfd_test'

failed()
{
	say "$*"
	exit 1
}

own_make()
{
	leashed "$top/tools/guard.sh" make -j"$(nproc)" "$@" || failed "make $*: failed"
}

own_git()
{
	plain_git -C "$tree" "$@" || failed "git $*: failed"
}

# Nothing that git knows of has changed or come.
check_clean()
{
	[ -z "$(own_git status --porcelain | tee /dev/stderr)" ] || failed 'git status is not clean'
}

# Print what git ignores among the KVM selftests.
ignored()
{
	own_git status --porcelain -uall --ignored "$kvm" | grep '^!!'
}

# The names of our programs in the tree.
programs()
{
	local file

	for file in "$kvm/$arch"/private_mem_lpage_*_test.c; do
		[ ! -e "$file" ] || basename "$file" .c
	done
}

# The makefile names just those, each once.
check_registered()
{
	own_make -s -C "$kvm" COLLECTION=kvm emit_tests >"$work/intree/registered"
	diff <(programs) <(sed -n 's/^kvm:\(private_mem_lpage_\)/\1/p' "$work/intree/registered") ||
		failed 'the makefile names other programs than there are'
}

# What makes headers and tests; Debian's .gitignore makes git ignore the whole tree.
copy()
{
	rm -rf "$work/intree/"{tree,out,unpacked} && mkdir -p "$tree" || failed "cannot write in $tree"
	rsync -am --exclude='*.o' --exclude='*.ko' --exclude=.git --exclude=/drivers/gpu/ \
		--include='/tools/***' --include='/scripts/***' --include='/usr/***' --include='*/' \
		--include='*.h' --include='Makefile*' --include='Kbuild*' --include='Kconfig*' \
		--include='*.tbl' --include=.gitignore --include='/arch/x86/tools/***' --exclude='*' "$src/" "$tree/" ||
		failed "cannot copy $src"
	KDIR='' "$top/tools/ungraft.sh" "$selftests" || failed 'ungraft.sh: failed'
	sed -i '/^\/\*$/d' "$tree/.gitignore"
	own_git init -q
	printf '%s\n' '/*' '!/tools/' '/tools/*' '!/tools/testing/' '/tools/testing/*' \
		'!/tools/testing/selftests/' >"$tree/.git/info/exclude"
	own_git add -A
	own_git commit -q -m base
	own_git tag base
	check_clean
}

checksums()
{
	(cd "$tree/tools" && find . -type f -exec sha256sum {} + | sort)
}

graft()
{
	local once

	graft_tree
	once=$(checksums)
	graft_tree
	[ "$once" = "$(checksums)" ] || failed 'a second graft changes something'
	own_git status --porcelain -uall
	! ignored || failed 'git ignores files'
}

graft_tree()
{
	KDIR=$tree "$top/tools/graft.sh" || failed 'graft.sh: failed'
}

# make_tests PROGRAMS OPTIONS...: of the KVM selftests just these, since all of them take minutes to
# build, and on a machine with KVM to run. FULL=1: all.
make_tests()
{
	local program list=
	local options=("TEST_PROGS_$arch=" "TEST_GEN_PROGS_EXTENDED_$arch=")

	for program in $1; do
		[ ! -f "$kvm/$program.c" ] || list+=" $program"
		[ ! -f "$kvm/$arch/$program.c" ] || list+=" $arch/$program"
	done
	shift
	options+=("TEST_GEN_PROGS_$arch=$list")
	[ -z "$FULL" ] || options=()
	own_make -C "$selftests" TARGETS=kvm FORCE_TARGETS=1 "${options[@]}" "$@"
}

build_elsewhere()
{
	local program

	own_make -C "$tree" O="$out" headers
	make_tests "$(programs)" O="$out"
	for program in $(programs); do
		[ -x "$out/kselftest/kvm/$arch/$program" ] || failed "$program was not built"
	done
	! ignored || failed 'the build wrote into the tree'
}

run_elsewhere()
{
	local program

	# Not in a pipeline, where nothing would end make with us.
	make_tests "$(programs)" O="$out" run_tests > >(tee "$work/intree/run_tests")
	wait $!
	for program in $(programs); do
		grep -q "^ok [0-9]* selftests: kvm: $program\( #.*\)\?$" "$work/intree/run_tests" ||
			failed "$program: not ok"
	done
}

build()
{
	own_make -C "$tree" headers
	check_registered
	make_tests "$(programs) $upstream"
}

pack()
{
	local program

	make_tests "$(programs) $upstream" gen_tar
	rm -rf "$work/intree/unpacked" && mkdir "$work/intree/unpacked" &&
		tar -xf "$selftests/kselftest_install/kselftest-packages/kselftest.tar.gz" \
			-C "$work/intree/unpacked" || failed 'cannot unpack'
	for program in $(programs); do
		grep -qx "kvm:$program" "$work/intree/unpacked/kselftest-list.txt" &&
			[ -x "$work/intree/unpacked/kvm/$program" ] || failed "$program was not installed"
	done
	diff -r "$kvm/lpage_scenarios" "$work/intree/unpacked/kvm/lpage_scenarios" ||
		failed 'the scenarios were not installed'
}

# run_suite NAME: results/latest is kept as $work/intree/NAME. Status 2: not the suite's fault.
run_suite()
{
	KDIR=$origin leashed "$top/tools/run.sh" || exit
	ln -sfn "$(readlink -f "$top/results/latest")" "$work/intree/$1"
}

run()
{
	INSTALLED=$work/intree/unpacked TEST="@(private_mem_lpage_*|${upstream// /|})" ARGS='' run_suite in-tree
}

arguments()
{
	INSTALLED=$work/intree/unpacked TEST=private_mem_lpage_random_test ARGS='-s 42 -c 3 -n 50' run_suite arguments
	[ "$(cut -f 3 "$work/intree/arguments/summary.tsv")" = 3 ] || failed '-c 3: not three sub-tests'
}

# sub_tests NAME: of our programs, in whatever order they ran.
sub_tests()
{
	awk '/^# selftests: kvm: / { program = $4 }
		program ~ /^private_mem_lpage_/ && /^# (not )?ok [0-9]+ / {
			sub(/^# (not )?ok [0-9]+ /, "")
			sub(/ # .*/, "")
			print program ": " $0
		}' "$work/intree/$1/ktap.log" | sort
}

names()
{
	TEST='private_mem_lpage_*' ARGS='' INSTALLED='' run_suite out-of-tree
	sub_tests in-tree >"$work/intree/in-tree.names"
	sub_tests out-of-tree >"$work/intree/out-of-tree.names"
	[ -s "$work/intree/in-tree.names" ] || failed 'no sub-tests'
	diff "$work/intree/in-tree.names" "$work/intree/out-of-tree.names" || failed 'the sub-tests differ'
}

ungraft()
{
	KDIR=$tree "$top/tools/ungraft.sh" || failed 'ungraft.sh: failed'
	check_clean
	own_git diff --exit-code base
	[ -z "$(cd "$tree" && find tools -path '*lpage*' | tee /dev/stderr)" ] || failed 'something is left'
	[ -z "$(grep -rl --exclude-dir=.git private_mem_lpage_ "$selftests" | tee /dev/stderr)" ] ||
		failed 'something is left in these files'
}

# A graft of what the patches have made changes nothing: they are the whole of it.
patch()
{
	local file

	rm -rf "$work/intree/patches"
	KDIR=$tree OUT=$work/intree/patches "$top/tools/patch.sh" || failed 'patch.sh: failed'
	for file in "$work"/intree/patches/*.patch; do
		KSRC=$tree "$top/tools/checkpatch.sh" "$file" || failed 'checkpatch.pl dislikes this'
	done
	own_git am -q "$work"/intree/patches/*.patch
	own_git tag patched
	graft_tree
	check_clean
}

patch_build()
{
	local commit file program

	own_git checkout -q base
	for commit in $(own_git rev-list --reverse base..patched); do
		own_git checkout -q "$commit"
		own_git log -n 1 --format=%s
		# No test needs them as yet when the first patches come.
		# shellcheck disable=SC2046 # names without blanks
		own_make -C "$kvm" $(printf '%s\n' "$kvm"/lib/lpage/*/*.c | sed 's/c$/o/')
		check_registered
		make_tests "$(programs) $upstream"
		for program in $(programs); do
			[ -x "$kvm/$arch/$program" ] || failed "$program was not built"
		done
	done
}

export GIT_AUTHOR_NAME=intree GIT_AUTHOR_EMAIL=intree@localhost
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
locate
origin=$KDIR
tree=$work/intree/tree
out=$work/intree/out
selftests=$tree/tools/testing/selftests
kvm=$selftests/kvm
[ "$1" = copy ] || find_layout
"$1"
