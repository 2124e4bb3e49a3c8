#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prove that a graft is a native part of a kernel tree: in a copy of the tree KDIR, or of Debian's
# source of KVER, build, install, pack and run the tests with kselftest's own means; take the graft
# out again; apply the patches and build after each. Prints a line of TAP for each stage.
# Exit status: 0 all passed, 1 something failed, 2 could not run.

. "$(dirname "$0")/lib.sh"

# stage NAME WHAT: what follows builds on it, so that a failure is the end.
stage()
{
	local log begin=$SECONDS status

	number=$((number + 1))
	log=$work/intree/$number-$1.log
	leashed "$top/tools/graft/stage.sh" "$1" >"$log" 2>&1 </dev/null
	status=$?
	if [ $status = 0 ]; then
		echo "ok $number $2 # $((SECONDS - begin)) s"
		return
	fi
	tail -n 15 "$log" | sed 's/^/# /'
	echo "not ok $number $2 # see $log"
	echo "Bail out! the other stages build on this one"
	exit $status
}

number=0
leashed "$top/tools/deps.sh" git || exit
leashed "$top/tools/source.sh" || exit
locate
mkdir -p "$work/intree" || die "cannot create $work/intree"
echo 'TAP version 13'
echo "# kernel tree: $src"
stage copy 'copy the tree'
stage graft 'graft, twice the same, and git sees every file'
stage build_elsewhere 'build with O=, the tree stays clean'
stage run_elsewhere 'run_tests with O= on this machine'
stage build 'build in the tree'
stage pack 'install and gen_tar'
stage run 'run_kselftest.sh in the VM, with upstream'\''s tests of private memory'
stage arguments 'arguments by KSELFTEST_..._ARGS'
stage names 'the same sub-tests as make run'
stage ungraft 'ungraft, nothing of ours is left and git status is clean'
stage patch 'git am and checkpatch take the patches, they are the graft'
stage patch_build 'the tree builds after each patch'
echo "1..$number"
