#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the suite's fixed programs, all but the one with fresh random input, TIMES times, in several VMs;
# TEST selects others. Failures do not end it. Exit status: 0 all passed, 1 something
# failed, 2 could not run.

. "$(dirname "$0")/lib.sh"

# For each program: how often it ran, how often it failed, sub-tests, the least and the most seconds.
show_table()
{
	awk -F '\t' '
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
		}' "$results/summary.tsv"
}

case ${TIMES:=10} in *[!0-9]* | 0* | ??????*) die "TIMES=$TIMES is not a number from 1 to 99999" ;; esac
TEST=${TEST:-'private_mem_lpage_!(random_test)'}
export TEST
new_results ''
RESULTS=$results REPEAT=$TIMES leashed "$top/tools/run.sh"
status=$?
[ $status -le 1 ] || exit $status
show_table || status=1
grep '^not ok' "$results/ktap.log" | sed 's/^not ok [0-9]* //' | sort | uniq -c
exit $status
