#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: recipe.sh FILE COMMAND...
# Run a job for the Makefile: leave FILE behind if it ends with status 1 (see the Makefile).

. "$(dirname "$0")/lib.sh"

end_with_parent "$@"
failed=$1
shift

# A process group of its own keeps Ctrl-C from make, which would exit with 130 instead of 2.
set -m
leashed "$@"
status=$?

case $status in
0) ;;
1) : >"$failed" || die "cannot write $failed" ;;
2) exit 2 ;;
*) die "$1 was killed (status $status)" ;;
esac
