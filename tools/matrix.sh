#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the suite on each release in KVERS, without and with DEBUG=1 (or only as DEBUG says), for each of
# the VENDORs (intel without DEBUG=1, unless that is asked for), and print one table. What cannot be
# built or booted is named, and the rest still runs. Exit status: 0 all passed, 1 something failed, or
# the sub-tests are not the same everywhere, 2 something could not run.

. "$(dirname "$0")/lib.sh"

# Empty is no release, which check_options() refuses.
KVERS=${KVERS-6.12 7.2 7.3}
modes=${DEBUG_ASKED:-0 1}
vendors=${VENDOR:-amd}

check_options()
{
	local vendor

	[ -z "$KDIR" ] || die "KDIR= names one kernel; the matrix takes the releases in KVERS"
	[ "${ON:-vm}" = vm ] || die "ON=$ON: the matrix runs in VMs, with kernels of its own"
	read_releases
	for vendor in $vendors; do
		case $vendor in amd | intel) ;; *) die "VENDOR: $vendor is neither amd nor intel" ;; esac
	done
	case $modes in '0 1' | 0 | 1) ;; *) die "DEBUG=$modes is neither 0 nor 1" ;; esac
}

# Of what a run prints, what shows that it goes on.
progress()
{
	local line

	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '* | *' ...' | *': '*' s' | VM:* | PASS:* | FAIL:* | *.sh:\ *) say "$1: $line" ;;
		esac
		printf '%s\n' "$line"
	done
}

# A cell runs in the background, so that a signal ends the wait for it, and with it the VM.
# shellcheck disable=SC2317 # a trap
stop()
{
	trap '' INT TERM HUP
	[ -z "$child" ] || kill "$child" 2>/dev/null
	wait
	die 'interrupted'
}

# run_cell NAME KVER DEBUG VENDOR
run_cell()
{
	local folder=$results/$1 status out reader

	mkdir "$folder" || die "cannot create $folder"
	exec {out}> >(progress "$1" >"$folder/run.log")
	reader=$!
	RESULTS=$folder KVER=$2 DEBUG=$3 VENDOR=$4 start "$top/tools/run.sh" >&"$out" 2>&1 </dev/null {out}>&-
	child=$!
	exec {out}>&-
	wait "$child"
	status=$?
	child=
	wait "$reader"
	# It may be nobody's failure in particular, so that the table has none.
	[ "$status" != 1 ] || worse 1
	if [ "$status" -gt 1 ]; then
		say "$1: could not run, see ${folder#"$top/"}/run.log"
		grep '\.sh: ' "$folder/run.log" | tail -n 1 | grep . >"$folder/why" ||
			echo "ended with status $status" >"$folder/why"
	fi
}

# Everything in one file: release, DEBUG, program, status, passed, failed, skipped, seconds.
collect()
{
	local name

	for name in "${cells[@]}"; do
		if [ -f "$results/$name/why" ]; then
			printf '%s\t%s\t-\tnot run\t0\t0\t0\t0\t%s\n' "${name%-debug}" "$(debug "$name")" \
				"$(cat "$results/$name/why")"
		else
			awk -v release="${name%-debug}" -v debug="$(debug "$name")" \
				'{ print release "\t" debug "\t" $0 }' "$results/$name/summary.tsv"
		fi
	done >"$results/matrix.tsv" || die "cannot write $results/matrix.tsv"
}

debug()
{
	case $1 in *-debug) echo 1 ;; *) echo 0 ;; esac
}

# The names of a cell's sub-tests, where it ran.
names()
{
	[ ! -f "$results/$1/why" ] &&
		awk -f "$top/tools/results/verdicts.awk" "$results/$1/ktap.log" | cut -f 1,2 | sort
}

# Print the names that are not in all of the cells that ran; true if there are none.
same_names()
{
	local name nr=0 status

	for name in "${cells[@]}"; do
		if names "$name" >"$results/names"; then
			nr=$((nr + 1))
			sed "s/\$/\t$name/" "$results/names"
		fi
	done >"$results/all_names"
	awk -F '\t' -v nr="$nr" '
		{ key = $1 " " $2; n[key]++; where[key] = where[key] " " $3 }
		END {
			for (key in n) {
				if (n[key] != nr) {
					print "only in" where[key] ": " key
					differ = 1
				}
			}
			exit differ
		}' "$results/all_names"
	status=$?
	rm -f "$results"/{names,all_names}
	return $status
}

# What was skipped or failed, and why: one line for each reason.
reasons()
{
	local name

	for name in "${cells[@]}"; do
		[ -f "$results/$name/why" ] ||
			awk -f "$top/tools/results/verdicts.awk" "$results/$name/ktap.log" | awk -F '\t' -v name="$name" '
				$3 == "failed" { print name ": " $1 " " $2 " failed" ($4 ? " (" $4 ")" : "") }
				$3 == "skipped" || $3 == "xfail" { n[$3 ": " $4]++ }
				END { for (r in n) print name ": " n[r] " " r }'
	done
	true
}

# The results of one cell that count: its own verdict, not the programs'.
worst=0
worse()
{
	[ "$1" -le "$worst" ] || worst=$1
}

releases=()
child=
trap stop INT TERM HUP
check_options
new_results -matrix
begin=$SECONDS
cells=()
for kver in "${releases[@]}"; do
	for vendor in $vendors; do
		for mode in $modes; do
			[ "$vendor $mode $modes" != 'intel 1 0 1' ] || continue
			name=$kver
			[ "$vendor" = amd ] || name+=-$vendor
			[ "$mode" = 0 ] || name+=-debug
			cells+=("$name")
			say "$name: begins"
			run_cell "$name" "$kver" "$mode" "${VENDOR:+$vendor}"
		done
	done
done
[ -z "$KERNEL" ] || echo "with $KERNEL:"
collect
awk -f "$top/tools/results/matrix.awk" "$results/matrix.tsv"
worse $?
echo
{ reasons && same_names; } >"$results/notes" || worse 1
cat "$results/notes"
words=(PASS FAIL INCOMPLETE)
make_report "${words[worst]}: the suite on ${cells[*]}, in $((SECONDS - begin)) s"
say "$((SECONDS - begin)) s; logs in ${results#"$top/"}, a folder each; the table in matrix.tsv"
exit "$worst"
