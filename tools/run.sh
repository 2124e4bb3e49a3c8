#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Run the suite: build what is missing, boot the VM (or use this machine), show the verdict.
# Exit status: 0 all passed, 1 something failed, 2 could not run.

. "$(dirname "$0")/lib.sh"

max_boots=5

end_with_parent "$@"

check_options()
{
	case $DEBUG in '' | 1) ;; *) die "DEBUG=$DEBUG is neither 0 nor 1" ;; esac
	case ${ON:-vm} in vm | host) ;; *) die "ON=$ON is neither vm nor host" ;; esac
	case ${TIMEOUT:-1} in *[!0-9]* | 0*) die "TIMEOUT=$TIMEOUT is not a number of seconds" ;; esac
	[ -z "$DEBUG" ] || [ "$ON" != host ] || die 'DEBUG=1 builds a kernel, ON=host takes the one that runs'
	check_vm_options
}

stop()
{
	trap '' INT TERM HUP
	[ -z "$child" ] || kill "$child" 2>/dev/null
	[ -z "$vm" ] || kill -9 "$vm" 2>/dev/null
	wait
	[ -z "$results" ] || rm -rf "$results/job" "$results/initrd"
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

# REPEAT says how often, for tools/repeat.sh.
repeat_tests()
{
	local once=("${tests[@]}") i

	for ((i = 1; i < ${REPEAT:-1}; i++)); do
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

# Into RESULTS, an empty folder, if that is set; else into a new one named by the time.
make_results()
{
	local folder

	if [ -n "$RESULTS" ]; then
		results=$RESULTS
		: >"$results/ktap.log" || die "cannot write in $results"
		return
	fi
	mkdir -p "$top/results" || die "cannot create $top/results"
	while folder=$top/results/$(date -u +%Y%m%dT%H%M%SZ) && ! mkdir "$folder" 2>/dev/null; do
		[ -d "$folder" ] || die "cannot create $folder"
		sleep 1
	done
	results=$folder
	: >"$results/ktap.log" && ln -sfn "$(basename "$results")" "$top/results/latest" ||
		die "cannot write in $results"
}

# JOB_FILES names a folder whose files the programs find in /job/files of the VM.
add_files()
{
	[ -z "$JOB_FILES" ] || cp -r "$JOB_FILES" "$1/files" || die "cannot copy $JOB_FILES to $1"
}

# make_job FIRST: the job of running the programs from number FIRST on, for tools/vm/suite.
make_job()
{
	local job=$results/job/job i name

	rm -rf "$results/job"
	mkdir -p "$job" && cp "$top/tools/vm/suite" "$job/run" || die "cannot write in $results"
	add_files "$job"
	{
		[ -z "$FULL" ] || echo 'export KVM_LPAGE_FULL=1'
		[ -z "$KSFT_MACHINE_SLOW" ] || echo 'export KSFT_MACHINE_SLOW=yes'
		for name in "${tests[@]}"; do
			name=${name^^}
			printf "export KSELFTEST_%s_ARGS='%s'\n" "${name//[^A-Z0-9_]/_}" "${ARGS//\'/\'\\\'\'}"
		done
	} >"$job/env"
	echo "${#tests[@]}" >"$job/total"
	echo "$TIMEOUT" >"$job/timeout"
	findings >"$job/findings" || exit
	for ((i = $1; i <= ${#tests[@]}; i++)); do
		echo "$i $limit ${tests[i - 1]}"
	done >"$job/tests" || die "cannot write in $results"
}

# The VM needs the job's programs as well.
add_programs()
{
	local name

	for name in "${tests[@]:done_}"; do
		"$top/tools/vm/copy-programs.sh" "$results/job" /kselftest/kvm "$work/install/kvm/$name" ||
			die "cannot write in $results"
	done
}

emit()
{
	printf '%s\n' "$1"
	printf '%s\n' "$1" >>"$results/ktap.log" || die "cannot write $results/ktap.log"
}

# Follow a VM's results until it ends; done_ is the number of programs that have ended. Silence for
# longer than any program may take means that the VM hangs.
follow()
{
	local line status

	hung=
	while
		IFS= read -r -t $((limit + 30)) line <&"$ktap"
		status=$?
		[ $status = 0 ]
	do
		case $line in 'ok '* | 'not ok '*) done_=$((done_ + 1)) ;; esac
		emit "$line"
	done
	if [ $status -gt 128 ]; then
		hung=yes
		kill -9 "$vm" 2>/dev/null
	fi
}

# What this VM, not the one before, wrote to its console.
console()
{
	tail -c +$((console_start + 1)) "$results/console.log"
}

# Boot a VM for the programs that are left.
boot()
{
	local before=$done_ status

	console_start=$(stat -c %s "$results/console.log" 2>/dev/null || echo 0)
	make_job $((done_ + 1))
	add_programs
	exec {ktap}< <(exec "$top/tools/vm/boot.sh" "$results/job" "$results" </dev/null 2>"$results/qemu.log")
	vm=$!
	follow
	exec {ktap}<&-
	wait "$vm"
	status=$?
	vm=
	rm -rf "$results/job" "$results/initrd"
	[ $done_ -lt ${#tests[@]} ] || return 0
	if [ -z "$hung" ]; then
		[ $status -le 128 ] || die "QEMU was killed (signal $((status - 128)))"
		[ $status = 0 ] || die "QEMU cannot run:" \
			"$(tail -n 1 "$results/qemu.log" | grep . || echo "no space left in $results?")"
	fi
	[ "$done_" != "$before" ] || console | grep -q "lpage: $((done_ + 1)) " || {
		console | tail -n 15 >&2
		die "the VM did not boot, see $results/console.log"
	}
	lost_program
}

# The VM is gone: the program that was running has failed, with the end of the kernel's log.
lost_program()
{
	local why='kernel panic' line

	console | grep -q 'Kernel panic' || why='VM reset'
	[ -z "$hung" ] || why='VM hang'
	while IFS= read -r line; do
		emit "# ${line%$'\r'}"
	done < <(console | tail -n 25)
	emit "not ok $((done_ + 1)) selftests: kvm: ${tests[done_]} # $why"
	done_=$((done_ + 1))
}

run_in_vm()
{
	local boots

	ACCEL=$("$top/tools/vm/accel.sh") || exit
	export ACCEL
	for ((boots = 0; done_ < ${#tests[@]}; boots++)); do
		[ $boots -lt $max_boots ] || break
		boot
	done
	while [ $done_ -lt ${#tests[@]} ]; do
		emit "not ok $((done_ + 1)) selftests: kvm: ${tests[done_]} # not run, the VM died $max_boots times"
		done_=$((done_ + 1))
	done
}

run_on_host()
{
	make_job 1
	{
		printf 'export KVM_LPAGE_RESULTS=%q\n' "$results/job/files"
		printf 'kselftest=%q\ntools=%q\n' "$work/install" "$top/tools/vm"
	} >>"$results/job/job/env" || die "cannot write in $results"
	exec {ktap}< <(exec setpriv --pdeathsig TERM "$top/tools/host.sh" "$results/job/job" "$results")
	vm=$!
	follow
	exec {ktap}<&-
	vm=
	[ $done_ = ${#tests[@]} ] || die "the run ended after $done_ of ${#tests[@]} programs"
	rm -rf "$results/job"
}

unpack_files()
{
	[ ! -s "$results/files.tar" ] || tar -xf "$results/files.tar" --ignore-zeros -C "$results" ||
		say "cannot unpack $results/files.tar"
	rm -f "$results/files.tar"
}

show_table()
{
	awk -f "$top/tools/table.awk" "$results/ktap.log" >"$results/summary.tsv" ||
		die "cannot write $results/summary.tsv"
	awk -F '\t' 'BEGIN { printf "\n%-45s %7s %7s %7s %8s\n", "program", "passed", "failed", "skipped", "seconds" }
		{ printf "%-45s %7d %7d %7d %8.1f\n", $1, $3, $4, $5, $6 }' "$results/summary.tsv"
}

# The last line; sets the exit status.
verdict()
{
	local passed failed skipped kernel

	read -r passed failed skipped < <(awk -F '\t' '{ p += $3; f += $4; s += $5 }
		END { print p + 0, f + 0, s + 0 }' "$results/summary.tsv")
	if [ "$ON" = host ]; then
		kernel="$(uname -r) of this machine"
	else
		kernel=$(cat "$work/kernel/include/config/kernel.release")
		[ -z "$DEBUG" ] || kernel+=" with DEBUG=1"
	fi
	echo
	if [ "$failed" != 0 ]; then
		echo "FAIL: kernel $kernel: $failed of $((passed + failed + skipped)) sub-tests failed;" \
			"logs in ${results#"$top/"}"
		exit 1
	fi
	[ "$passed" != 0 ] || die "all $skipped sub-tests were skipped, so nothing was tested"
	echo "PASS: kernel $kernel: $passed sub-tests passed, $skipped skipped;" \
		"logs in ${results#"$top/"}"
}

tests=()
done_=0
child=
vm=
results=
trap stop INT TERM HUP
check_options
step "$top/tools/deps.sh"
[ "$ON" != host ] || step "$top/tools/host-check.sh"
step "$top/tools/source.sh"
locate
step "$top/tools/kernel.sh"
step "$top/tools/tests.sh"
select_tests
set_limit
make_results
if [ "$ON" = host ]; then
	run_on_host
else
	step "$top/tools/vm/initrd.sh"
	run_in_vm
fi
unpack_files
show_table
# Results by name would mix up the repetitions.
[ -n "$REPEAT" ] || step "$top/tools/results/export.sh" "$results" "$src"
verdict
