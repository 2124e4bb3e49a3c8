#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: check.sh PROGRAM
# The commands of lpage, each with an ending that it must come to. Prints TAP.

# All functions are called through check().
# shellcheck disable=SC2317

lpage=$1
scenarios=$(dirname "$0")/../../x86_64/scenarios
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT

. "$(dirname "$0")/../tap.sh"

# ends STATUS ARGUMENTS...: lpage ends with STATUS, its output is in $work/out.
ends()
{
	local want=$1 status
	shift

	"$lpage" "$@" > "$work/out" 2> "$work/err"
	status=$?
	[ "$status" = "$want" ] && return
	echo "# lpage $*: status $status, not $want"
	sed 's/^/# /' "$work/err"
	return 1
}

says()
{
	grep -q -- "$1" "$work/out" "$work/err"
}

# says_after TEXT STATUS ARGUMENTS...: lpage ends like that, with TEXT in what it prints.
says_after()
{
	local text=$1
	shift

	ends "$@" && says "$text"
}

# counts NUMBER PATTERN FILE: so many lines match.
counts()
{
	[ "$(grep -c -- "$2" "$3")" = "$1" ]
}

# differ_by_z FILE: to-c writes other numbers with -z.
differ_by_z()
{
	ends 0 to-c "$1" && grep '^	expect' "$work/out" > "$work/first" &&
		ends 0 to-c -z "$1" && ! grep '^	expect' "$work/out" | cmp -s - "$work/first"
}

# finds OPTIONS...: a search finds a difference, and the shrinker makes at most 4 steps of it.
finds()
{
	ends 1 random "$@" && cp "$work/out" "$work/found" &&
		ends 0 shrink "$@" "$work/found" && [ "$(grep -vc '^#' "$work/out")" -le 4 ]
}

# repeats OPTIONS...: the same search gives the same result.
repeats()
{
	ends 1 random "$@" && cp "$work/out" "$work/first" &&
		ends 1 random "$@" && cmp -s "$work/out" "$work/first"
}

cat > "$work/mixed" << 'TEXT'
memslot 1 gpa 4G size 1G backing hugetlb_1gb
convert private 4G+6M+4K 4K
TEXT
echo 'memslot 1 gpa 4G size' > "$work/unreadable"
echo 'delete 1' > "$work/impossible"
echo 'nx_recover' > "$work/mode"

echo 'TAP version 13'
check 'help says what there is' says_after 'lpage explain' 0 help
check 'no command is refused' says_after usage 2
check 'an unknown command is refused' says_after usage 2 guess
check 'an unknown tracker is refused' says_after 'cannot be v9' 2 explain -t v9 "$work/mixed"
check 'a number must be one' says_after 'cannot be 1x' 2 random -t merged -n 1x
check 'a search needs a tracker' says_after 'which tracker' 2 random
check 'a missing file is named' says_after "$work/none: No such file" 2 explain "$work/none"
check 'a syntax error is located' says_after 'unreadable:1:' 2 draw "$work/unreadable"
check 'an impossible step is located' says_after 'impossible:1:' 2 explain "$work/impossible"
check 'every tracker is listed' says_after example 0 list
check 'a good scenario is found to be good' ends 0 check "$work/mixed"
check 'a bad one among good ones is found' \
	says_after 'impossible:1:' 2 check "$work/mixed" "$work/impossible"
check 'every step can be turned into C' ends 0 to-c "$scenarios/every-step.scenario"
check 'the C has a check for every step' counts 50 '^	expect_leaves(' "$work/out"
check 'the C says what is expected' says 'expect_leaves("prefault 16G 8M", 512, 3, 0);'
check 'the end of logging differs up to 6.12' differ_by_z "$scenarios/every-step.scenario"
check 'an impossible scenario is not turned into C' ends 2 to-c "$work/impossible"
check 'a step that C cannot have is named' says_after 'nx_recover cannot be written' 2 to-c "$work/mode"
check 'memory that C cannot have is named' \
	says_after 'memfd cannot be written' 2 to-c "$scenarios/guest-memfd-only.scenario"
check 'a film has every step' \
	says_after '"text": "expect 4K x1"' 0 film "$scenarios/clobbered-range.scenario"
check 'a film has the attributes and leaves at the end' \
	says_after '"leaves": {"4K": \[\[4297068544, 1\]\], .*"private": \[\[4297060352, 8192\]\]}\]$' \
	0 film "$scenarios/clobbered-range.scenario"
check 'an impossible scenario has no film' says_after 'impossible:1:' 2 film "$work/impossible"
check 'explain marks who is wrong' \
	says_after 'v8-posted .* <-- takes the 1G hugepage at 4G' 1 explain "$work/mixed"
check 'explain agrees with who is right' says_after '1G: 4G$' 0 explain -t merged "$work/mixed"
check 'draw marks what is wrong' says_after '1G  <--' 1 draw -t v8-posted "$work/mixed"
check 'draw agrees with the merged tracker' ends 0 draw "$work/mixed"
check 'a right tracker cannot be shrunk' \
	says_after 'nothing is wrong' 2 shrink -t merged "$work/mixed"
check 'a file that is no bug is refused' says_after 'not named after' 2 verify "$work/mixed"

for tracker in v8-posted refined-posted updated-posted; do
	check "random and shrink find $tracker" finds -t $tracker
done
for bug in early-return no-bounds clobbered-range past-end tail-unseen no-init; do
	check "random and shrink find $bug" finds -f $bug
done
check 'a seed gives the same scenario' repeats -t v8-posted -s 5
for tracker in v8-corrected refined-corrected updated-corrected merged example; do
	check "random finds nothing against $tracker" ends 0 random -t $tracker -n 20 -c 20
done
check 'a soak of all of them' says_after 'no difference' 0 soak -n 20000
echo "1..$number"
[ -z "$failed" ]
