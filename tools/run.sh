#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the suite: build what is missing, boot VMs (or use this machine), show the verdict.
# Exit status: 0 all passed, 1 something failed, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vm/scheduler.sh"
. "$(dirname "$0")/results/show.sh"

max_boots=5

check_options()
{
	case $DEBUG in '' | 1) ;; *) die "DEBUG=$DEBUG is neither 0 nor 1" ;; esac
	case ${ON:-vm} in vm | host) ;; *) die "ON=$ON is neither vm nor host" ;; esac
	case ${V:-0} in 0 | 1) ;; *) die "V=$V is neither 0 nor 1" ;; esac
	case ${TIMEOUT:-1} in *[!0-9]* | 0*) die "TIMEOUT=$TIMEOUT is not a number of seconds" ;; esac
	case ${LANES:-1} in [1-9] | [1-9][0-9]) ;; *) die "LANES=$LANES is not a number from 1 to 99" ;; esac
	[ -z "$DEBUG" ] || [ "$ON" != host ] || die 'DEBUG=1 builds a kernel, ON=host takes the one that runs'
	[ -z "$KERNEL" ] || [ "$ON" != host ] || die 'KERNEL= is built, ON=host takes the kernel that runs'
	check_vm_options
}

# What is of use only while VMs run.
remove_work()
{
	rm -rf "${results:?}"/{job,boot,programs,queue,queue.*}
}

stop()
{
	trap '' INT TERM HUP
	mapfile -t children < <(jobs -p)
	kill "${children[@]}" 2>/dev/null
	wait
	die 'interrupted'
}

# The programs to run: those whose names match the pattern TEST, else all of ours.
select_tests()
{
	local pattern=${TEST:-private_mem_lpage_*} name

	while IFS=: read -r _ name; do
		# shellcheck disable=SC2053 # a pattern
		[[ $name != $pattern ]] || tests+=("$name")
	done < <(grep '^kvm:' "$work/install/kselftest-list.txt")
	[ ${#tests[@]} != 0 ] || die "no program of the KVM selftests is called $pattern"
	repeat_tests
}

# REPEAT says how often, for tools/repeat.sh; EACH_VM: as often as there are VMs, for so many
# seconds, for tools/soak.sh.
repeat_tests()
{
	local once=("${tests[@]}") often=${REPEAT:-1} i

	[ -z "$EACH_VM" ] || often=$(possible_lanes)
	for ((i = 1; i < often; i++)); do
		tests+=("${once[@]}")
	done
}

# The runner knows the usual time limit of a program itself, another one it must be told.
set_limit()
{
	limit=$(sed -n 's/^timeout=//p' "$work/install/kvm/settings")
	[ "$slow_machine_factor" = 1 ] || : "${TIMEOUT:=$((limit * slow_machine_factor))}"
	limit=${TIMEOUT:-$limit}
}

make_results()
{
	new_results ''
	mkdir -p "$results/programs" && printf 'TAP version 13\n1..%d\n' ${#tests[@]} >"$results/ktap.log" ||
		die "cannot write in $results"
}

# queue_tests FILE NUMBER...: into this queue, number and name of each program of these numbers, those
# that took longest the last time first, so that all lanes end at about the same time.
queue_tests()
{
	local queue_file=$1 n
	shift

	for n; do
		echo "${last_seconds[${tests[n - 1]}]:-$unknown_seconds} $n ${tests[n - 1]}"
	done | sort -s -k 1,1nr | cut -d ' ' -f 2- | fill_queue
}

queue_all_tests()
{
	local n threads=() others=()

	for ((n = 1; n <= ${#tests[@]}; n++)); do
		if needs_threads "${tests[n - 1]}"; then
			threads+=("$n")
		else
			others+=("$n")
		fi
	done
	queue_tests queue.threads "${threads[@]}"
	queue_tests queue "${others[@]}"
}

# With TCG, a VM of two CPUs keeps one of this machine's busy, whose thread runs both.
possible_lanes()
{
	local n=$(($(nproc) * vms_per_cpu / SMP)) fit

	if [ "$ON" = host ]; then
		n=1
	elif [ -n "$LANES" ]; then
		n=$LANES
	else
		fit=$(vms_that_fit)
		[ "$n" -le "$fit" ] || n=$fit
		[ "$n" -le 8 ] || n=8
	fi
	echo $((n > 1 ? n : 1))
}

count_lanes()
{
	lanes=$(possible_lanes)
	[ "$lanes" -le ${#tests[@]} ] || lanes=${#tests[@]}
}

# JOB_FILES names a folder whose files the programs find in /job/files of the VM.
add_files()
{
	[ -z "$JOB_FILES" ] || cp -r "$JOB_FILES" "$1/files" || die "cannot copy $JOB_FILES to $1"
}

# The job of all lanes, for tools/vm/suite, which asks for one program after the other.
make_job()
{
	local job=$results/job/job name

	mkdir -p "$job" && cp "$top/tools/vm/suite" "$job/run" || die "cannot write in $results"
	add_files "$job"
	{
		[ -z "$FULL" ] || echo 'export KVM_LPAGE_FULL=1'
		[ -z "$KSFT_MACHINE_SLOW" ] || echo 'export KSFT_MACHINE_SLOW=yes'
		for name in "${tests[@]}"; do
			name=${name^^}
			printf "export KSELFTEST_%s_ARGS='%s'\n" "${name//[^A-Z0-9_]/_}" "${ARGS//\'/\'\\\'\'}"
		done | sort -u
	} >"$job/env"
	# Where all CPUs have work, a 1G page is cleared by who needs it.
	[ "$lanes" = 1 ] || : >"$job/lazy_1g"
	echo "$TIMEOUT" >"$job/timeout" && findings >"$job/findings" || die "cannot write in $results"
}

# The VM needs the job's programs as well; without what only debuggers read, it boots faster.
add_programs()
{
	local files=()

	mapfile -t files < <(printf "$work/install/kvm/%s\n" "${tests[@]}" | sort -u)
	"$top/tools/vm/copy-programs.sh" "$results/job" /kselftest/kvm "${files[@]}" &&
		strip -g "$results/job/kselftest/kvm"/* || die "cannot write in $results"
}

# What the VMs boot from is this run's own: another one may build another kernel meanwhile.
use_vm()
{
	export BOOT=$results/boot
	timed initrd step "$top/tools/vm/initrd.sh"
	kernel_name >"$results/kernel" || die "cannot write in $results"
	add_programs
	ACCEL=$("$top/tools/vm/accel.sh") || exit
	export ACCEL
}

# Where the programs find their things on this machine.
use_host()
{
	vm_command=$top/tools/host.sh
	echo "$(uname -r) of this machine" >"$results/kernel" || die "cannot write in $results"
	{
		printf 'export KVM_LPAGE_RESULTS=%q\n' "$results/job/job/files"
		printf 'kselftest=%q\ntools=%q\nfeed=0\n' "$work/install" "$top/tools/vm"
	} >>"$results/job/job/env" || die "cannot write in $results"
}

# A line of the running program's KTAP, which begins anew for each: lines is how many there are, shown
# the first one that belongs to the sub-test under way.
keep()
{
	printf '%s\n' "$1" >>"$results/programs/$number" || die "cannot write in $results"
	lines=$((lines + 1))
	case $1 in
	'# ok '* | '# #  RUN '*) shown=$((lines + 1)) ;;
	'# # Memory attributes: '*) echo "attributes ${1#*: }" >&"$events" ;;
	'# not ok '*)
		echo "failure $number $shown $lines" >&"$events"
		shown=$((lines + 1)) failed=yes
		;;
	esac
}

# The VM asks for the next program. The answer has what tells it from another, or from one that is not whole.
feed()
{
	local answer=end

	turn=$((turn + 1))
	number=
	if take 1; then
		read -r number name <<<"${taken[0]}"
		lines=0 shown=1 failed='' program_began=$(milliseconds)
		echo "begin $number" >&"$events"
		answer="$number $limit $name"
	fi
	tell_vm "$turn ${#answer} $answer"
}

# The program's last line, and how long it took; the VM's clock may be emulated. A program that fails
# just because a sub-test did has been told of.
end_program()
{
	keep "# time=$(($(milliseconds) - program_began))ms"
	keep "$1"
	case $1 in
	'not ok'*'# exit='*) [ -n "$failed" ] || echo "failure $number $shown $lines" >&"$events" ;;
	'not ok'*) echo "failure $number $shown $lines" >&"$events" ;;
	esac
	echo "end $number" >&"$events"
	number=
}

on_line()
{
	case $1 in
	'lpage: next')
		[ -n "$booted" ] || echo $(($(milliseconds) - boot_began)) >>"$lane/boot"
		booted=yes
		feed
		;;
	'ok '* | 'not ok '*) end_program "$1" ;;
	'lpage: unloaded '*)
		printf '%s\n' "${1#*: unloaded }" >>"$results/unload.log" || die "cannot write in $results"
		;;
	*) [ -z "$number" ] || keep "$1" ;;
	esac
}

# What a lost VM's kernel complained of, 25 lines from the first of that on; else its last words.
last_words()
{
	vm_console | awk -v findings="$(findings)" '
		$0 ~ findings || /Kernel panic/ { found = 1 }
		found && n++ < 25
		END { exit !found }' || vm_console | tail -n 25
}

# The VM is gone: the program that was running has failed.
lost_program()
{
	local why='kernel panic' line

	vm_console | grep -q 'Kernel panic' || why='VM reset'
	[ -z "$vm_hung" ] || why='VM hang'
	while IFS= read -r line; do
		keep "# $line"
	done < <(last_words)
	end_program "not ok $number selftests: kvm: $name # $why"
}

# The first lane begins with what needs threads, all others with the rest.
run_lane()
{
	[ "$1" != 1 ] || TCG_THREAD=multi run_queue queue.threads
	TCG_THREAD=single run_queue queue
}

# run_queue FILE: boot VMs as long as there are programs in it; silence for longer than any program may
# take means that a VM hangs.
run_queue()
{
	local queue_file=$1 boots boot_began number='' name booted turn program_began lines shown failed
	local silence=$(((limit + 30) * vm_second))

	for ((boots = 0; boots < max_boots && $(left_in_queue) != 0; boots++)); do
		booted='' turn=0
		boot_began=$(milliseconds)
		run_vm "$results/job" on_line
		check_emulator
		[ -n "$booted" ] || {
			vm_console | tail -n 15 >&2
			die "the VM did not boot, see $lane/console.log"
		}
		[ -z "$number" ] || lost_program
	done
}

# What is still in the queue when all lanes have given up.
fail_the_rest()
{
	local number name lines=0 shown=1

	while read -r number name; do
		keep "not ok $number selftests: kvm: $name # not run, the VM died $max_boots times"
		show_event "end $number"
	done < <(cat "$results"/queue{.threads,})
}

run_lanes()
{
	queue_all_tests
	start_lanes "$lanes" run_lane
	follow_lanes show_event show_progress
	fail_the_rest
}

# Why programs have skipped themselves.
missing()
{
	sed -nE 's/^# (1\.\.0|ok .*) # SKIP //p' "$results/ktap.log" | sort -u | paste -s -d ';' | sed 's/;/; /g'
}

# A run in which nothing was tested says nothing about the kernel.
nothing_tested()
{
	! grep -q '^# 1\.\.0$' "$results/ktap.log" || die "no sub-test is called as ARGS='$ARGS' says"
	die "all $skipped sub-tests were skipped, so nothing was tested; missing: $(missing)"
}

# No program is to blame by itself, so that it is told of in none.
not_given_back()
{
	echo 'Wanted no complaint of the kernel when its KVM was unloaded, got'
	sed 's/^/  /' "$results/unload.log"
	conclude "FAIL: kernel $kernel: KVM has not given back all that it had, $passed sub-tests passed;" \
		"logs in ${results#"$top/"}"
	exit 1
}

# The last line; sets the exit status.
verdict()
{
	local passed failed skipped kernel

	read -r passed failed skipped < <(awk -F '\t' '{ p += $3; f += $4; s += $5 }
		END { print p + 0, f + 0, s + 0 }' "$results/summary.tsv")
	kernel=$(cat "$results/kernel")
	echo
	if [ "$failed" != 0 ]; then
		conclude "FAIL: kernel $kernel: $failed of $((passed + failed + skipped)) sub-tests failed;" \
			"logs in ${results#"$top/"}"
		exit 1
	fi
	[ ! -s "$results/unload.log" ] || not_given_back
	[ "$passed" != 0 ] || nothing_tested
	conclude "PASS: kernel $kernel: $passed sub-tests passed, $skipped skipped;" \
		"logs in ${results#"$top/"}"
}

prepare()
{
	timed 'packages, source' get_source
	[ "$ON" != host ] || step "$top/tools/host-check.sh"
	locate
	# Nobody builds anything else here before this run has all that it needs of it.
	lock "$work/run"
	timed 'kernel, tests' build_all
	select_tests
	recall_seconds
	set_limit
	make_results
	count_lanes
	make_job
	if [ "$ON" = host ]; then
		use_host
	else
		use_vm
	fi
	exec 9>&-
}

tests=()
lane_pids=()
child=
results=
trap stop INT TERM HUP
trap '[ -z "$results" ] || remove_work' EXIT
check_options
prepare
begin_showing
timed programs run_lanes
unpack_files
summarize
# Results by name would mix up the repetitions.
[ -n "$REPEAT" ] || timed exports step "$top/tools/results/export.sh" "$results" "$src"
show_times
verdict
