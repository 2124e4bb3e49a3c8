#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: job.sh NAME
# What the Makefile does for `make NAME`. Exit status: 0 all passed, 1 something failed, 2 could not run.

. "$(dirname "$0")/lib.sh"

# Not started by a script of ours, but by make: start again as one that ends with it.
[ "$LEASHED_TO" = $PPID ] || LEASHED_TO=$PPID exec setpriv --pdeathsig TERM -- "$0" "$@"

# Most jobs are a script of their name.
case $1 in
unit | style) job=(check "$1") ;;
check) job=(check unit style graft suite ${BARE:+bare}) ;;
*) job=("$1") ;;
esac

# A process group of its own keeps Ctrl-C from make, which would exit with 130 instead of 2. What bash
# itself says of a job that was killed nobody needs.
set -m
exec {stderr}>&2 2>/dev/null
setpriv --pdeathsig TERM -- "$top/tools/${job[0]}.sh" "${job[@]:1}" 2>&"$stderr"
status=$?
[ $status -gt 2 ] || exit $status
echo "tools/${job[0]}.sh was killed (status $status)" >&"$stderr"
exit 2
