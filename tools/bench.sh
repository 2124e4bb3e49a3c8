#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What verification costs: steps per second in the CI VM (or with ON=host here), verified and not;
# then what the trackers of the patch thread cost. Results go to the folder OUT, else to that of
# the run. Speed is shown, never judged.

. "$(dirname "$0")/lib.sh"

rounds=3

# Under emulation a round takes half a minute, more on a busy machine.
export TIMEOUT=${TIMEOUT:-$((900 * slow_machine_factor))}
log=$(mktemp) || die "no room for temporary files"
trap 'rm -f "$log"' EXIT
leashed "$top/tools/deps.sh" gnuplot-nox || exit
V=1 TEST=private_mem_lpage_scenario_test ARGS="-b $rounds" leashed "$top/tools/run.sh" | tee "$log"
status=${PIPESTATUS[0]}
[ "$status" = 0 ] || exit "$status"

out=${OUT:-$top/$(sed -n 's/^PASS: .*; logs in //p' "$log")}
mkdir -p "$out" || die "cannot create $out"
sed -n '/^# # [0-9]* steps/,/^# ok/s/^# # //p' "$log" >"$out/steps.txt" || die "cannot write in $out"
locate
leashed make -s -C "$top/tools/lpage" KSRC="$src" bench OUT="$(realpath "$out")" ||
	die "the bench of the trackers failed"
echo
cat "$out/steps.txt"
