# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this
# What a person sees of a run: a line for each program when it ends, failures in full when they
# happen, on a terminal also what is under way; with V=1 the KTAP stream instead, in the usual order,
# and where the time went. Sourced by tools/run.sh.

milliseconds()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

times=()

# timed WHAT COMMAND...: run it, and remember how long that took.
timed()
{
	local what=$1 timed_from
	shift

	timed_from=$(milliseconds)
	"$@"
	times+=("$what $(($(milliseconds) - timed_from))")
}

# How long each program took the last time it was run without arguments, in seconds.
declare -A last_seconds=()
recall_seconds()
{
	local name seconds

	if [ -n "$EACH_VM" ]; then
		unknown_seconds=$EACH_VM
		return
	fi
	seconds_file=$work/seconds${VENDOR:+-$VENDOR}
	[ -f "$seconds_file" ] || return 0
	while read -r name seconds; do
		last_seconds[$name]=$seconds
	done <"$seconds_file"
}

# A guess for one that has not run yet.
unknown_seconds=9

short()
{
	local name=${1#private_mem_lpage_}

	echo "${name%_test}"
}

# row NAME PASSED FAILED SKIPPED SECONDS
row()
{
	printf '%-40s %7s %7s %7s %8s\n' "$@"
}

declare -A begun=() ended=()
nr_ended=0
next=1
next_line=1
begin_showing()
{
	shown_since=$SECONDS
	expected=0
	[ -z "$V" ] || cat "$results/ktap.log"
}

# Once, before the first program's row; attributes is where the kernel keeps them, by its first program.
attributes=
header_shown=
show_header()
{
	[ -z "$header_shown$V" ] || return 0
	header_shown=yes
	clear_status
	row program passed failed skipped seconds
}

show_attributes()
{
	[ -z "$attributes" ] || return 0
	attributes=$1
	echo "$attributes" >"$results/attributes" || die "cannot write in $results"
	[ -n "$V" ] || {
		clear_status
		echo "Memory attributes: $attributes"
	}
}

# show_event EVENT: what a lane says of a program: begin, failure (its lines from, to) or end.
show_event()
{
	local what number from to

	read -r what number from to <<<"$1"
	case $what in
	begin) begun[$number]=$SECONDS ;;
	attributes) show_attributes "${1#* }" ;;
	failure) [ -n "$V" ] || show_failure "$number" "$from" "$to" ;;
	end)
		ended[$number]=yes
		nr_ended=$((nr_ended + 1))
		[ -n "$V" ] || show_row "$number"
		;;
	esac
	stream
}

show_failure()
{
	show_header
	clear_status
	printf '%s%s%s\n' "$red" "$(short "${tests[$1 - 1]}"):" "$plain"
	sed -n "$2,$3p" "$results/programs/$1" | sed -E 's/^# (# )?//; s/^/    /'
}

show_row()
{
	local name status passed failed skipped seconds colour=$green

	show_header
	IFS=$'\t' read -r name status passed failed skipped seconds \
		< <(awk -f "$top/tools/table.awk" "$results/programs/$1")
	[ "$status" != failed ] || colour=$red
	clear_status
	[ -n "$REPEAT" ] || printf '%s%s%s\n' "$colour" "$(row "$name" "$passed" "$failed" "$skipped" "$seconds")" \
		"$plain"
}

# Into ktap.log, in the order of the numbers, all that has ended; V=1 shows it, and the lines of the
# one under way as they come.
stream()
{
	while [ -n "${ended[$next]}" ]; do
		show_lines
		cat "$results/programs/$next" >>"$results/ktap.log" || die "cannot write $results/ktap.log"
		rm -f "$results/programs/$next"
		next=$((next + 1))
		next_line=1
	done
}

show_lines()
{
	local lines

	[ -n "$V" ] && [ -s "$results/programs/$next" ] || return 0
	lines=$(wc -l <"$results/programs/$next")
	[ "$lines" -ge $next_line ] || return 0
	sed -n "$next_line,${lines}p" "$results/programs/$next"
	next_line=$((lines + 1))
}

show_progress()
{
	local number under_way=''

	if [ -n "$V" ]; then
		show_lines
		return
	fi
	status_is_due || return 0
	for number in "${!begun[@]}"; do
		[ -n "${ended[$number]}" ] ||
			under_way+=", $(short "${tests[number - 1]}") $((SECONDS - begun[$number])) s"
	done
	put_status "$nr_ended of ${#tests[@]}; $((SECONDS - shown_since)) s of about $(expected_total); ${under_way#, }"
}

# How long the lanes will need for what took so long the last time.
expected_total()
{
	local test sum=0

	if [ "$expected" = 0 ]; then
		sum=$(for test in "${tests[@]}"; do echo "${last_seconds[$test]:-$unknown_seconds}"; done | awk '{ s += $1 } END { print s }')
		expected=$(awk -v sum="$sum" -v lanes="$lanes" 'BEGIN { printf "%d", sum / lanes + 5 }')
	fi
	echo "$expected s"
}

# The table of the run, summary.tsv, and how long each program took for the next time.
summarize()
{
	clear_status
	awk -f "$top/tools/table.awk" "$results/ktap.log" >"$results/summary.tsv" ||
		die "cannot write $results/summary.tsv"
	[ "$ON" = host ] || [ -n "$ARGS" ] || remember_seconds
	[ -z "$V" ] || show_table
}

remember_seconds()
{
	awk -F '\t' '
		FILENAME == ARGV[1] { split($0, field, " "); seconds[field[1]] = field[2]; next }
		{ seconds[$1] = $6 }
		END { for (name in seconds) print name, seconds[name] }' \
		<(cat "$seconds_file" 2>/dev/null) "$results/summary.tsv" >"$seconds_file.new.$$" &&
		mv "$seconds_file.new.$$" "$seconds_file"
}

show_table()
{
	local name passed failed skipped seconds

	echo
	row program passed failed skipped seconds
	while IFS=$'\t' read -r name _ passed failed skipped seconds; do
		row "$name" "$passed" "$failed" "$skipped" "$seconds"
	done <"$results/summary.tsv"
}

# Where the time of the run went, with V=1 and in times.tsv.
show_times()
{
	{
		printf '%s\n' "${times[@]}"
		awk '{ print "boot of a VM", $1 }' "$results"/vm*/boot 2>/dev/null
	} | sed 's/ \([0-9]*\)$/\t\1/' >"$results/times.tsv" || die "cannot write in $results"
	[ -n "$V" ] || return 0
	printf '\n%-40s %8s\n' 'where the time went' seconds
	awk -F '\t' '{ printf "%-40s %8.1f\n", $1, $2 / 1000 }' "$results/times.tsv"
}
