#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What verification costs: steps per second in the CI VM (or with ON=host here), verified and not;
# then what the trackers of the patch thread cost. Results go to the folder OUT, else to that of
# the run. Speed is shown, never judged.

. "$(dirname "$0")/lib.sh"

rounds=3

end_with_parent "$@"
# Under emulation a round takes half a minute, more on a busy machine.
export TIMEOUT=${TIMEOUT:-900}
TEST=private_mem_lpage_scenario_test ARGS="-b $rounds" leashed "$top/tools/run.sh" || exit

out=${OUT:-$top/results/latest}
mkdir -p "$out" || die "cannot create $out"
sed -n '/^# # [0-9]* steps/,/^# ok/ { /^# # /s///p }' "$top/results/latest/ktap.log" >"$out/steps.txt" ||
	die "cannot write $out/steps.txt"
locate
leashed make -s -C "$top/tools/lpage" KSRC="$src" bench OUT="$(realpath "$out")" ||
	die "the bench of the trackers failed"
echo
cat "$out/steps.txt"
