# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this, and theirs
# Checks that have passed are not done again until what they look at changes, or what looks at it:
# each is a line of one list, which says all that its outcome depends on.

passed_list=$cache/checks.passed
declare -A passed

# That of checkpatch: a kernel tree in a folder of the same name may have another one.
checkpatch_sum=$(cat "$top/tools/checkpatch.sh" "$KSRC"/scripts/{checkpatch.pl,spelling.txt} | sha256sum)
checkpatch_sum=${checkpatch_sum%% *}

read_passed()
{
	local line

	[ -f "$passed_list" ] || return 0
	while IFS= read -r line; do
		passed[$line]=1
	done <"$passed_list"
}

# add_passed FILE: its lines have passed. There is room for several checkouts and kernels; what is not
# met again comes to its end.
add_passed()
{
	[ -s "$1" ] || return 0
	cat "$passed_list" "$1" 2>/dev/null | tail -n 20000 >"$passed_list.$$" &&
		mv "$passed_list.$$" "$passed_list"
}
