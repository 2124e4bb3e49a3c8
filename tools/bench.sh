#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What verification costs: steps per second in the CI VM (or with ON=host here), verified and not; what
# a program and a sub-test cost that do nothing; then what the trackers of the patch thread cost.
# Results go to the folder OUT, else to that of the run. Speed is shown, never judged.

. "$(dirname "$0")/lib.sh"

rounds=3

# Under emulation a round takes half a minute, more on a busy machine.
export TIMEOUT=${TIMEOUT:-$((900 * slow_machine_factor))}
# seconds_of ARGS: how many sub-tests, and how long they take, of the program whose sub-tests do least: an
# ioctl that is refused.
seconds_of()
{
	TEST=private_mem_lpage_attributes_test ARGS=$1 LANES=1 V='' RESULTS=$results \
		leashed "$top/tools/run.sh" >/dev/null || die "cannot time the program"
	awk -F '\t' '{ print $3 + $5, $6 }' "$results/summary.tsv"
	rm -rf "$results"
}

show_fixed_costs()
{
	local results=$out/timed one all

	one=$(seconds_of '-r attributes.zero_size.errno_and_no_change') && all=$(seconds_of '') || exit 2
	printf '%s\n' "$one" "$all" | awk '
		{ n[NR] = $1; seconds[NR] = $2 }
		END {
			each = (seconds[2] - seconds[1]) / (n[2] - n[1])
			printf "a program that does nothing    %6.2f s\n", seconds[1] - n[1] * each
			printf "a sub-test that does nothing   %6.3f s\n", each
		}' >"$out/fixed.txt" || die "cannot write in $out"
}

log=$(mktemp) || die "no room for temporary files"
trap 'rm -f "$log"' EXIT
leashed "$top/tools/deps.sh" gnuplot-nox || exit
V=1 TEST=private_mem_lpage_scenario_test ARGS="-b $rounds" leashed "$top/tools/run.sh" | tee "$log"
status=${PIPESTATUS[0]}
[ "$status" = 0 ] || exit "$status"

out=${OUT:-$top/$(sed -n 's/^PASS: .*; logs in //p' "$log")}
mkdir -p "$out" || die "cannot create $out"
sed -n '/^# # [0-9]* steps/,/^# ok/s/^# # //p' "$log" >"$out/steps.txt" || die "cannot write in $out"
show_fixed_costs
locate
leashed make -s -C "$top/tools/lpage" KSRC="$src" bench OUT="$(realpath "$out")" ||
	die "the bench of the trackers failed"
echo
cat "$out/steps.txt" "$out/fixed.txt"
