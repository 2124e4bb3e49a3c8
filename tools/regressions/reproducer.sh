# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the scripts that source this
# What programs said of a faulty kernel: verdicts, and the smallest scenario that shows the fault.
# Sourced after lib.sh, by scripts that have tried the module $name, and perhaps others, into $results.

# The verdicts of all sub-tests of a kernel's run: program, ok, not ok, skip, xfail or xpass, and sub-test,
# separated by tabs.
verdicts()
{
	local log program

	for log in "$results/$1"/*.log; do
		program=$(basename "$log" .log)
		# It reduced the scenario of another program.
		[[ $program != *_-m_* ]] || continue
		awk -v program="$program" '
			/^(not )?ok [0-9]+ / {
				verdict = /^not/ ? "not ok" : "ok"
				if (match($0, / # (SKIP|XFAIL|XPASS)/)) {
					verdict = tolower(substr($0, RSTART + 3, RLENGTH - 3))
					$0 = substr($0, 1, RSTART - 1)
				}
				sub(/^(not )?ok [0-9]+ /, "")
				print program "\t" verdict "\t" $0
			}' "$log"
	done
	awk -F '\t' -v name="$1" '$1 == name && $2 !~ / -m / { print $2 "\t" ($3 == "passed" ? "ok" : $3) "\tthe whole program: " $6 }' \
		"$results/events.tsv"
}

# The first failure that a log explains: what was wanted, the level map, the steps.
first_failure()
{
	local log

	for log; do
		[ -f "$log" ] || continue
		awk '
			/Wanted/ && !found { found = NR }
			found && !/^#/ { exit }
			found { print "  " substr($0, 3) }
			END { exit !found }' "$log" && return
	done
}

# How a saved scenario fails: what its program says just before the line about its replay.
how_it_fails()
{
	local scenario=$1
	shift

	cat "$@" | awk -v replay="/$(basename "$scenario")" '
		/^# Wanted/ { text = "" }
		{ text = text "  " substr($0, 3) "\n" }
		/^# Replay/ && index($0, replay) { printf "%s", text; exit }'
}

# Lines of program, sub-test and its verdicts without and with the bug, but for what is just not skipped
# any more.
show_differences()
{
	awk -F '\t' '
		$3 == "skip" && $4 == "ok" { n++; next }
		{ printf "  %-40s %s: %s -> %s\n", $1, $2, $3, $4 }
		END { if (n) printf "  %d sub-tests that were skipped run and pass\n", n }' "$1"
}

show_reproducer()
{
	local scenario

	scenario=$(smallest_scenario "$name")
	if [ -z "$scenario" ]; then
		echo "No scenario shows it; the first failure:"
		first_failure "$results/$name"/*.log
		return
	fi
	echo "Smallest scenario that tells them apart, $(steps "$scenario") steps (${scenario#"$top/"}):"
	grep -v '^#' "$scenario" | sed 's/^/  /'
	echo "Where it ends:"
	how_it_fails "$scenario" "$results/$name"/*.log
}
