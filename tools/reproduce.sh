#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What does a bug change that the suite can see? BUG names a semantic patch of tools/regressions/
# (or RULES), PATCH is a file with any patch to KVM. The suite runs on the kernel without and with
# it; shown are the sub-tests whose verdicts differ, the smallest scenario that tells the two
# kernels apart, and the mapping levels there. Exit status: 0 no difference, 1 some, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vm/scheduler.sh"
. "$(dirname "$0")/regressions/lib.sh"

check_options()
{
	[ -n "$BUG$PATCH" ] || die "say BUG=name (of a rule in tools/regressions/) or PATCH=file"
	[ -z "$BUG" ] || [ -z "$PATCH" ] || die "BUG= and PATCH= exclude each other"
	if [ -n "$BUG" ]; then
		name=$BUG
		patch=${RULES:-$top/tools/regressions}/$BUG.cocci
		[ -f "$patch" ] || die "there is no rule $patch"
	else
		[ -f "$PATCH" ] || die "PATCH=$PATCH: no such file"
		name=$(basename "$PATCH" .cocci | tr -c 'A-Za-z0-9_.\n-' _)
		patch=$(realpath "$PATCH")
	fi
	case $name in base | base_again) die "not a good name: $name" ;; esac
}

# A copy whose name can be part of others' names, whatever the user's file is called.
copy_patch()
{
	local copy=$results/patch/$name

	[[ $patch != *.cocci ]] || copy+=.cocci
	mkdir "$results/patch" && cp "$patch" "$copy" || die "cannot write in $results"
	patch=$copy
}

# The verdicts of all sub-tests of a kernel's run: "program: ok|not ok: sub-test".
verdicts()
{
	local log program

	for log in "$results/$1"/*.log; do
		program=$(basename "$log" .log)
		# It reduced the scenario of another program.
		[[ $program != *_-m_* ]] || continue
		sed -n "s/^\(ok\|not ok\) [0-9]* \(.*\)/$program\t\1\t\2/p" "$log"
	done
	awk -F '\t' -v name="$1" '$1 == name && $2 !~ / -m / { print $2 "\t" ($3 == "passed" ? "ok" : $3) "\tthe whole program: " $6 }' \
		"$results/events.tsv"
}

# Program, sub-test and its verdict without and with the bug for each that differs, separated by tabs.
differences()
{
	verdicts base >"$results/base.verdicts"
	verdicts "$name" >"$results/$name.verdicts"
	awk -F '\t' '
		$3 ~ /^the whole program/ { test = $1 "\tthe whole program" }
		$3 !~ /^the whole program/ { test = $1 "\t" $3 }
		FILENAME == ARGV[1] { before[test] = $2; next }
		before[test] != $2 {
			printf "%s\t%s\t%s\t%s\n", $1, $3, before[test] ? before[test] : "not run", $2
		}' "$results/base.verdicts" "$results/$name.verdicts"
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

show_reproducer()
{
	local scenario

	scenario=$(smallest_scenario "$name")
	if [ -z "$scenario" ]; then
		echo "No scenario tells the two kernels apart; the first failure:"
		first_failure "$results/$name"/*.log
		return
	fi
	echo "Smallest scenario that tells them apart, $(steps "$scenario") steps (${scenario#"$top/"}):"
	grep -v '^#' "$scenario" | sed 's/^/  /'
	echo "Where it ends:"
	how_it_fails "$scenario" "$results/$name"/*.log
}

child='' whole=yes turns=''
rules=() programs=() queue=()
declare -A classes needed seconds afterwards firsts
trap stop INT TERM HUP
check_options
REPRODUCER=yes
prepare
[ -z "$(lacks "$patch")" ] || die "$name needs $(lacks "$patch"), which this kernel or machine lacks"
for program in "${suite_programs[@]}"; do
	[ ! -e "$work/install/kvm/$program" ] || programs+=("$program")
done
new_results ''
copy_patch
rules=("$patch")
build_modules
[ ! -e "$modules/$name.why" ] || die "$name $(cat "$modules/$name.why")"
prepare_jobs
classes[base]=BASE classes[$name]=$(class "$patch") needed[$name]=$(needs "$patch")
seconds[base]=0 seconds[$name]=0
queue=(base "$name")
run_queue
echo
cp "$modules/$name.diff" "$results/kernel.diff" && differences >"$results/differences.tsv" ||
	die "cannot write in $results"
echo "$name: what it changes in the kernel:"
sed 's/^/  /' "$results/kernel.diff"
echo
echo "Verdicts without and with it:"
if [ ! -s "$results/differences.tsv" ]; then
	echo "  no difference"
	make_report "SAME: kernel $release: the suite does not notice $name"
	exit 0
fi
awk -F '\t' '{ printf "  %-40s %s: %s -> %s\n", $1, $2, $3, $4 }' "$results/differences.tsv"
echo
show_reproducer | tee "$results/reproducer"
make_report "DIFFERS: kernel $release: $name changes $(wc -l <"$results/differences.tsv") verdicts"
say "logs in results/${results##*/}"
exit 1
