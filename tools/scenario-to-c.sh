#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Print a KVM selftest in C that does what the scenario in the file SCENARIO says; to OUT, if set.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scenario.sh"

check_scenario
if [ -z "$OUT" ]; then
	"$lpage" to-c "$SCENARIO" || die "cannot write the program"
	exit
fi
tmp=$(mktemp) || die "no room for temporary files"
trap 'rm -f "$tmp"' EXIT
"$lpage" to-c "$SCENARIO" >"$tmp" && cat "$tmp" >"$OUT" || die "cannot write $OUT"
