#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: job.sh FAILED NAME
# What the Makefile does for `make NAME`. Status 0: all passed; 2: could not run. For "a test failed",
# status 1, which make would turn into 2, the file FAILED is left behind instead.

. "$(dirname "$0")/lib.sh"

end_with_parent "$@"
failed=$1

# Most jobs are a script of their name.
case $2 in
unit | style) job=(check "$2") ;;
check) job=(check unit style graft suite ${BARE:+bare}) ;;
*) job=("$2") ;;
esac

# A process group of its own keeps Ctrl-C from make, which would exit with 130 instead of 2. What bash
# itself says of a job that was killed nobody needs, so another one waits for it.
exec {stdout}>&1 {stderr}>&2
status=$(
	exec 2>/dev/null
	set -m
	leashed "$top/tools/${job[0]}.sh" "${job[@]:1}" 1>&"$stdout" 2>&"$stderr"
	echo $?
)

case ${status:-137} in
0) ;;
1) : >"$failed" || die "cannot write $failed" ;;
2) exit 2 ;;
*) die "tools/${job[0]}.sh was killed (status ${status:-137})" ;;
esac
