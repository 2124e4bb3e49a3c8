#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the suite's fixed programs, all but the one with fresh random input, TIMES times, in as many VMs
# as there are CPUs; TEST selects others. Failures do not end it. Exit status: 0 all passed, 1 something
# failed, 2 could not run.

. "$(dirname "$0")/lib.sh"

end_with_parent "$@"

# The VM that runs first prepares everything; the next must not change what it boots from.
wait_for_boot()
{
	until [ -s "$1/ktap.log" ]; do
		kill -0 "$2" 2>/dev/null || {
			wait "$2"
			status=$?
			tail -n 5 "$1/run.log" >&2
			exit $((status == 1 ? 2 : status))
		}
		sleep 1
	done
}

start_lanes()
{
	local i share

	for ((i = 0; i < lanes; i++)); do
		share=$(((TIMES + i) / lanes))
		[ $share != 0 ] || continue
		mkdir "$results/vm$i" || die "cannot create $results/vm$i"
		RESULTS=$results/vm$i REPEAT=$share start "$top/tools/run.sh" >"$results/vm$i/run.log" 2>&1
		pids+=($!)
		wait_for_boot "$results/vm$i" $!
	done
}

# A lane may end with status 1: something failed.
wait_for_lanes()
{
	local pid status ended failed

	for pid in "${pids[@]}"; do
		while kill -0 "$pid" 2>/dev/null; do
			ended=$(cat "$results"/vm*/ktap.log | grep -cE '^(not )?ok ')
			failed=$(cat "$results"/vm*/ktap.log | grep -c '^not ok ')
			say "$ended programs have ended, $failed of them failed"
			sleep 60 &
			wait -n "$pid" $!
		done
		wait "$pid"
		status=$?
		[ $status -lt 2 ] || die "a run ended with status $status, see ${results#"$top/"}"
	done
}

# For each program: how often it ran, how often it failed, sub-tests, the least and the most seconds.
show_table()
{
	cat "$results"/vm*/summary.tsv | awk -F '\t' '
		!($1 in runs) { program[++n] = $1; least[$1] = $6 }
		{
			runs[$1]++
			failed[$1] += $2 == "failed"
			passed[$1] += $3; bad[$1] += $4; skipped[$1] += $5
			if ($6 < least[$1]) least[$1] = $6
			if ($6 > most[$1]) most[$1] = $6
		}
		END {
			printf "%-40s %6s %6s %8s %6s %7s %12s\n", "program", "times", "failed", "passed", "failed",
				"skipped", "seconds"
			for (i = 1; i <= n; i++) {
				p = program[i]
				printf "%-40s %6d %6d %8d %6d %7d %5.1f-%.1f\n", p, runs[p], failed[p], passed[p],
					bad[p], skipped[p], least[p], most[p]
				all += runs[p]; wrong += failed[p]
				if (!times || runs[p] < times)
					times = runs[p]
			}
			printf "\n%s: %d programs run %d times, %d failures\n", wrong ? "FAIL" : "PASS", n, times, wrong
			exit wrong != 0
		}'
}

case ${TIMES:=10} in *[!0-9]* | 0* | ??????*) die "TIMES=$TIMES is not a number from 1 to 99999" ;; esac
TEST=${TEST:-'private_mem_lpage_!(random_test)'}
export TEST
lanes=$(nproc)
[ "$ON" != host ] || lanes=1
pids=()
results=$top/results/$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$top/results" && mkdir "$results" && ln -sfn "$(basename "$results")" "$top/results/latest" ||
	die "cannot create $results"
start_lanes
wait_for_lanes
show_table
status=$?
grep -h '^not ok' "$results"/vm*/ktap.log | sort | uniq -c
say "logs in ${results#"$top/"}"
exit $status
