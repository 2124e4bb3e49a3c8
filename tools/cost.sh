#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What conversions cost in KVM, in instructions of the kernel, which QEMU counts; with A= and B=, each
# words such as KVER=6.12 KERNEL=tracker_v8 RULE=name, of two kernels, with ratios. THRESHOLD= is the
# largest ratio that is taken. Exit status: 0, 1 if some ratio is above it, 2 could not run.

. "$(dirname "$0")/lib.sh"

check_options()
{
	case ${ON:-vm} in vm | host) ;; *) die "ON=$ON is neither vm nor host" ;; esac
	check_cost_options
	sides=(a)
	[ -z "$A$B" ] || sides+=(b)
	[ "$ON" != host ] || [ -z "$A$B$KERNEL$RULE$PATCH" ] || die 'ON=host takes the one kernel that runs'
	[ -z "$THRESHOLD" ] || [ ${#sides[@]} = 2 ] || die 'THRESHOLD= is for the ratio of two kernels: say B='
	read_side A "$A"
	read_side B "$B"
}

# read_side NAME WORDS: what one side has of its own, into the array of that name.
read_side()
{
	local word
	local -n words=side_${1,}

	words=()
	for word in $2; do
		case $word in
		KVER=* | KDIR=* | KERNEL=* | PATCH=* | RULE=*) words+=("$word") ;;
		*) die "$1=$2: $word is none of KVER=, KDIR=, KERNEL=, PATCH=, RULE=" ;;
		esac
	done
}

# in_side SIDE COMMAND: of side.sh, in the background.
in_side()
{
	local -n own=side_$1

	start env "${own[@]}" "$top/tools/cost/side.sh" "$2" "$1" "$results"
}

# shellcheck disable=SC2317 # a trap
stop()
{
	trap '' INT TERM HUP
	mapfile -t children < <(jobs -p)
	kill "${children[@]}" 2>/dev/null
	wait
	die 'interrupted'
}

each_side()
{
	local side

	for side in "${sides[@]}"; do
		in_side "$side" "$1"
		wait_for $!
	done
}

# Each build has all CPUs; the programs run side by side.
run_sides()
{
	local side pids=()

	each_side build
	for side in "${sides[@]}"; do
		in_side "$side" run
		pids+=($!)
	done
	wait_for "${pids[@]}"
}

show()
{
	local side word=MEASURED names=()

	for side in "${sides[@]}"; do
		names+=("$(cat "$results/$side.kernel")")
	done
	awk -v a="${names[0]}" -v b="${names[1]}" -v threshold="$THRESHOLD" -v tsv="$results/cost.tsv" \
		-f "$top/tools/cost/table.awk" "${sides[@]/#/"$results/"}" | tee "$results/cost.txt"
	status=${PIPESTATUS[0]}
	plot "${names[@]}"
	[ -z "$THRESHOLD" ] || word=PASS
	[ "$status" = 0 ] || word=FAIL
	make_report "$word: what conversions cost on ${names[0]}${names[1]:+ and on ${names[1]}}"
	say "figures and plot in ${results#"$top/"}: cost.tsv, cost.txt, cost.svg, cost.png"
}

plot()
{
	local terminal

	for terminal in svg png; do
		gnuplot -e "format='$terminal'; plot_file='$results/cost.$terminal'; results='$results/cost.tsv';" \
			-e "a='$1'; b='$2'" "$top/tools/cost/cost.gnuplot" >"$results/gnuplot.log" 2>&1 ||
			die "no plot, see $results/gnuplot.log"
	done
	rm -f "$results/gnuplot.log"
}

status=0
trap stop INT TERM HUP
check_options
each_side check
step "$top/tools/deps.sh" gnuplot-nox
new_results -cost
run_sides
show
exit "$status"
