# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # variables of the scripts that source this
# Checks by commands, as lines of TAP.

number=0
failed=

# result WHAT COMMAND...: what the command prints says why it fails. It runs in a shell of its own.
# $number counts the results; $failed is yes once one has failed.
result()
{
	local what=$1 output
	shift

	number=$((number + 1))
	if output=$("$@" 2>&1); then
		echo "ok $number $what"
	else
		printf '%s\n' "$output" | tail -n 20 | sed 's/^/# /'
		echo "not ok $number $what"
		failed=yes
	fi
}

# check WHAT COMMAND...: the same in this shell; what the command prints comes as it is printed.
check()
{
	local what=$1
	shift

	number=$((number + 1))
	if "$@"; then
		echo "ok $number $what"
	else
		echo "not ok $number $what"
		failed=yes
	fi
}
