#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC2034,SC2317 # variables that tree.sh reads; functions that check() calls
# Tests, as TAP, of what `make bisect` does with git, on a small repository: no kernel is built.

. "$(dirname "$0")/../lib.sh"
. "$top/tools/regressions/lib.sh"
. "$top/tools/bisect/tree.sh"
. "$top/tools/bisect/releases.sh"
. "$top/tools/bisect/try.sh"
. "$top/tools/bisect/cost.sh"
. "$top/tools/tap.sh"
# Who runs this may sign what is committed, or have hooks.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

# commit_file FILE SUBJECT
commit_file()
{
	mkdir -p "$KDIR/$(dirname "$1")" && echo "$2" >>"$KDIR/$1" && git -C "$KDIR" add -A &&
		git -C "$KDIR" -c user.name=Tester -c user.email=tester@example.com commit -q -m "$2"
}

# What a clone of the user's repository must not change in it.
state()
{
	git -C "$KDIR" for-each-ref
	git -C "$KDIR" status --porcelain
	git -C "$KDIR" worktree list
	ls "$KDIR/.git"
	cat "$KDIR/.git/HEAD"
}

make_repository()
{
	local i

	git init -q "$KDIR"
	commit_file Makefile start
	for i in 1 2 3 4 5 6; do
		commit_file arch/x86/kvm/x86.c "kvm $i"
		commit_file Documentation/text "text $i"
	done
	git -C "$KDIR" tag before-driver
	commit_file drivers/driver.c driver
	commit_file arch/x86/kvm/Kconfig option
}

# A verdict is kept for who goes on; what could not be tried is not.
keeps_verdicts()
{
	local unit=a_test verdicts=$tmp/verdicts verdict counted='fails 3 of 3'

	: >"$verdicts"
	verdict=skip
	remember r1
	verdict=bad
	remember r2
	verdict=
	! recall r1 && recall r2 && [ "$verdict" = bad ]
}

# refuses WORDS COMMAND...: it ends the shell with one line that has the words.
refuses()
{
	local words=$1 said
	shift

	said=$("$@" 2>&1) && return 1
	[ "$(wc -l <<<"$said")" = 1 ] && grep -qF "$words" <<<"$said"
}

# with NAME=VALUE... COMMAND...: in a shell of its own, which may end.
with()
(
	while [[ $1 == *=* ]]; do
		declare -g "$1"
		shift
	done
	"$@"
)

of_subject()
{
	tree_git log --format=%H --grep="^$1\$" "$bad"
}

# search BROKEN [UNTESTABLE...]: bisect with answers that are known.
search()
{
	local revision untestable broken
	broken=$(of_subject "$1")
	shift
	untestable=$(for subject; do of_subject "$subject"; done)

	begin_search
	while is_to_go_on; do
		revision=$(tree_git rev-parse BISECT_HEAD)
		asked+=("$(subject "$revision")")
		if [[ $untestable == *$revision* ]]; then
			answer skip "$revision"
		elif tree_git merge-base --is-ancestor "$broken" "$revision"; then
			answer bad "$revision"
		else
			answer good "$revision"
		fi
	done
}

finds()
{
	asked=()
	search "$1"
	[ "$(culprits)" = "$(of_subject "$1")" ]
}

finds_all()
{
	local i

	for i in 1 2 3 4 5 6; do
		finds "kvm $i" || return
	done
}

asks_only_kvm()
{
	finds 'kvm 3' && [[ " ${asked[*]} " != *text* ]]
}

names_those_that_it_may_be()
{
	asked=()
	search 'kvm 4' 'kvm 3' 'kvm 4'
	[ "$(culprits | sort)" = "$(for i in 3 4 5; do of_subject "kvm $i"; done | sort)" ]
}

is_module_only_between()
{
	is_module_only "$(commit A "$1")" "$(commit B "$2")"
}

touches_more_than_the_module()
{
	! is_module_only_between "$@"
}

# Two folders that are as sources of releases are.
make_releases()
{
	local i

	for i in 2 3; do
		mkdir -p "$cache/sources/linux-$i/arch" && ln -s "linux-$i" "$cache/sources/7.$i" &&
			printf 'VERSION = 7\nPATCHLEVEL = %s\nSUBLEVEL = 1\n' $i >"$cache/sources/7.$i/Makefile" &&
			echo $i >"$cache/sources/linux-$i/arch/file"
	done
}

# Fetched they are already.
step()
{
	:
}

releases_are_commits()
(
	KVERS='7.2 7.3' KDIR='' GOOD='' BAD=''
	check_releases
	import_releases
	check_repository
	make_tree
	begin_search
	[ "$(release_of "$good") $(release_of "$bad")" = 'v7.2.1 v7.3.1' ] &&
		[ "$(tree_git show "$bad:arch/file")" = 3 ] && [ "$(culprits)" = "$bad" ] &&
		newest=$bad && GOOD='' BAD='' && import_releases && [ "$BAD" = "$newest" ]
)

leaves_all_as_it_was()
{
	[ "$(state)" = "$before" ]
}

tmp=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$tmp"' EXIT
cache=$tmp/cache KDIR=$tmp/linux GOOD=HEAD~14 BAD=
search=$tmp/search
make_repository
KDIR=$(realpath "$KDIR")
before=$(state)

echo 'TAP version 13'
check 'bisect: KDIR must be said' refuses 'say KDIR=tree' with KDIR= check_repository
check 'bisect: KDIR must be a repository' refuses 'is not a git repository' with KDIR="$tmp" check_repository
check 'bisect: its top, not a folder in it' refuses 'is not a git repository' with KDIR="$KDIR/arch" check_repository
check 'bisect: GOOD must be said' refuses 'GOOD= is missing' with GOOD= check_repository
check 'bisect: GOOD must be there' refuses 'GOOD=v1: no such revision' with GOOD=v1 check_repository
check 'bisect: BAD must be there' refuses 'BAD=v2: no such revision' with BAD=v2 check_repository
check 'bisect: GOOD comes before BAD' refuses 'is not among the commits' with GOOD=HEAD BAD=HEAD~1 check_repository
check 'bisect: they are not the same' refuses 'the same commit' with GOOD=HEAD check_repository
check 'bisect: KVERS takes the place of KDIR' refuses 'KVERS= takes the place of' with KVERS='7.2 7.3' check_releases
check 'bisect: one release is no range' refuses 'two releases at least' with KVERS=7.3 KDIR= GOOD= check_releases
check 'bisect: releases begin with the oldest' refuses 'from the oldest' with KVERS='7.3 6.12' KDIR= GOOD= check_releases
check 'bisect: verdicts are kept, skips are not' keeps_verdicts
check 'bisect: TEST names a program' refuses "none of the suite's programs is called a b" with TEST='a b' name_programs
check 'bisect: COST has a size' refuses 'is not a case, a size and a figure' with COST='recount to_private' check_cost
check 'bisect: COST and TEST exclude each other' refuses 'takes the place of' with COST='recount 1G to_private' TEST=x check_cost
check_repository
make_tree
check 'bisect: each commit is found' finds_all
check 'bisect: commits that are not about KVM are not tried' asks_only_kvm
check 'bisect: what cannot be tried is skipped, and then it may be several' names_those_that_it_may_be
check 'bisect: a driver is found with ALL=1' with ALL=1 finds driver
check 'bisect: documentation is not built' is_module_only_between HEAD~14 before-driver
check 'bisect: a driver is' touches_more_than_the_module before-driver HEAD~1
check 'bisect: options are for the whole kernel' touches_more_than_the_module HEAD~1 HEAD
make_releases
check 'bisect: of releases a repository is made, always the same' releases_are_commits
check 'bisect: the repository is as it was' leaves_all_as_it_was
echo "1..$number"
[ -z "$failed" ]
