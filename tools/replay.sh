#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the scenario in the file SCENARIO on KVM, TIMES times: in the CI VM, or with ON=host here.
# REDUCE=1: one that fails is made as small as possible.
# Exit status: 0 it passes, 1 it fails, 2 it could not be run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scenario.sh"

case ${TIMES:=1} in *[!0-9]* | 0* | ???????*) die "TIMES=$TIMES is not a number from 1 to 999999" ;; esac
check_scenario

# The program's arguments are split at blanks, so that the file gets a name without any.
files=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$files"' EXIT
name=$(basename "$SCENARIO")
name=${name//[^A-Za-z0-9._-]/_}
cp "$SCENARIO" "$files/$name" || die "cannot read $SCENARIO"

place=/job/files
[ "$ON" != host ] || place=$files
# What many repetitions take, or a reduction, beyond the usual limit; a single one that hangs ends
# after 60 s.
seconds=$((120 + TIMES * 5))
[ -z "$REDUCE" ] || seconds=$((seconds + 300))
export TIMEOUT=${TIMEOUT:-$((seconds * slow_machine_factor))}
JOB_FILES=$files TEST=private_mem_lpage_scenario_test ARGS="-n $TIMES ${REDUCE:+-m }$place/$name" \
	leashed "$top/tools/run.sh"
