# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# What `make regressions` and `make reproduce` share: building faulty modules and running them in
# VMs. Sourced by scripts in tools/, after lib.sh.

# Upstream's own tests of private memory, for comparison. (set_memory_region_test also binds some;
# it spends half a minute on 32,000 memslots.)
upstream_programs=(
	private_mem_kvm_exits_test
	pre_fault_memory_test
	private_mem_conversions_test
	'private_mem_conversions_test -s anonymous_hugetlb_2mb'
	guest_memfd_test
)

# The one test of tools/upstream, whose file spares it the clearing of a 1G page each time.
upstream_series_programs=('private_mem_hugepage_test -f /dev/hugepages-1G/lpage')

# Ours, those first that notice most in the least time.
suite_programs=(
	private_mem_lpage_memslot_test
	private_mem_lpage_exits_test
	private_mem_lpage_race_test
	private_mem_lpage_memslot_race_test
	private_mem_lpage_concurrency_test
	private_mem_lpage_binding_test
	private_mem_lpage_host_change_test
	private_mem_lpage_page_table_test
	private_mem_lpage_backing_test
	private_mem_lpage_attributes_test
	private_mem_lpage_tlb_flush_test
	private_mem_lpage_aging_test
	private_mem_lpage_memory_failure_test
	private_mem_lpage_pvclock_test
	private_mem_lpage_async_fault_test
	private_mem_lpage_refusal_test
	private_mem_lpage_capability_test
	private_mem_lpage_emulator_test
	private_mem_lpage_hypercall_test
	private_mem_lpage_host_access_test
	private_mem_lpage_zap_all_test
	private_mem_lpage_pressure_test
	private_mem_lpage_random_test
	private_mem_lpage_boundary_test
	private_mem_lpage_huge_private_test
	private_mem_lpage_in_place_test
	private_mem_lpage_known_faults_test
	private_mem_lpage_dirty_log_test
	private_mem_lpage_dirty_ring_test
	private_mem_lpage_nx_hugepage_test
	private_mem_lpage_lifetime_test
	private_mem_lpage_signal_test
	private_mem_lpage_smm_test
	private_mem_lpage_nested_test
	private_mem_lpage_nested_table_test
	private_mem_lpage_nested_protect_test
	private_mem_lpage_nested_mark_test
	private_mem_lpage_nested_hugepage_test
	private_mem_lpage_memory_back_test
	private_mem_lpage_numa_test
)

declare -A noticed=() unloadable=()
events=

stop()
{
	trap '' INT TERM HUP
	[ -z "$child" ] || kill "$child" 2>/dev/null
	kill 0
	die 'interrupted'
}

# Those of the suite's programs whose names match TEST, into the array named.
name_programs()
{
	local program

	named=()
	for program in "${suite_programs[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $program != ${TEST:-*} ]] || named+=("$program")
	done
	[ ${#named[@]} != 0 ] || die "none of the suite's programs is called $TEST"
}

# prepare PACKAGE...: what it takes, and those packages.
prepare()
{
	check_vm_options
	name_programs
	get_source "$@"
	locate
	build_all
	release=$(cat "$work/kernel/include/config/kernel.release") || die "$work has no kernel"
	step "$top/tools/vm/initrd.sh"
	ACCEL=$("$top/tools/vm/accel.sh") || exit
	export ACCEL
}

# Those of them that this kernel has.
select_suite_programs()
{
	local program

	for program in "${named[@]}"; do
		[ ! -e "$work/install/kvm/$program" ] || programs+=("$program")
	done
	[ ${#programs[@]} != 0 ] || die "$work/install/kvm has none of the suite's programs ${TEST:-}"
}

# Is the kernel under test, or what it goes onto, the KERNEL of that name?
is_on()
{
	[ -n "$KERNEL" ] && kernel_patches "$kernel_patch" | grep -q "/$1\.patch$"
}

# The class of a rule on the kernel under test, where another one may not show the bug.
class()
{
	local from without
	from=$(sed -n 's,^// Equivalent before: ,,p' "$1")
	without=$(sed -n 's,^// Equivalent without: ,,p' "$1")

	if [ -n "$from" ] && ! printf '%s\n' "$from" "$release" | sort -VC; then
		echo EQUIVALENT
	elif [ -n "$without" ] && ! is_on "$without"; then
		echo EQUIVALENT
	else
		sed -n 's,^// Class: ,,p' "$1" | grep . || echo UNKNOWN
	fi
}

needs()
{
	sed -n 's,^// Needs: ,,p' "$1"
}

# lacks RULE: what the rule needs and the kernel under test, or this machine, does not have.
lacks()
{
	local need

	for need in $(needs "$1"); do
		case $need in
		failslab) grep -qx CONFIG_FAILSLAB=y "$work/kernel/.config" || echo "$need" ;;
		hardware) [ "$ACCEL" = kvm ] || echo "$need" ;;
		huge_guest_memfd | gmem_attributes) is_on "$need" || echo "KERNEL=$need" ;;
		intel) [ "$VENDOR" = intel ] || echo "VENDOR=$need" ;;
		amd) [ "$VENDOR" != intel ] || echo "VENDOR=$need" ;;
		cost) echo "make $need" ;;
		*) echo "$need" ;;
		esac
	done | head -n 1
}

# build_some FARM FIRST: every n-th rule, n being the number of farms.
build_some()
{
	local i clean key

	clean=$(sha256sum "$1"/clean/*.ko "$top/tools/regressions/build.sh" | cut -d ' ' -f 1 | tr '\n' ' ')
	for ((i = $2; i < ${#rules[@]}; i += jobs)); do
		# What a rule only tells about itself does not change its module.
		key="$(sed -e '/^\/\/ File: /b' -e '/^\/\/ /d' "${rules[i]}" | sha256sum) $clean"
		[ -z "$(lacks "${rules[i]}")" ] || continue
		! stamped "$modules/$(basename "${rules[i]}" .cocci).stamp" "$key" || continue
		leashed "$top/tools/regressions/build.sh" "$src" "$1" "${rules[i]}" "$modules" "$key" || exit
		say "built $((i + 1))/${#rules[@]} $(basename "${rules[i]}" .cocci)"
	done
}

# Build a module for each of the rules into the folder $modules, on all CPUs.
build_modules()
{
	local i pids=()

	jobs=$(nproc)
	[ "$jobs" -le ${#rules[@]} ] || jobs=${#rules[@]}
	lock "$work/regressions"
	modules=$work/regressions/modules
	mkdir -p "$modules" || die "cannot create $modules"
	for ((i = 0; i < jobs; i++)); do
		start "$top/tools/regressions/farm.sh" "$work/regressions/farm$i" $((($(nproc) + jobs - 1) / jobs)) 9>&-
		pids+=($!)
	done
	wait_for "${pids[@]}"
	pids=()
	for ((i = 0; i < jobs; i++)); do
		build_some "$work/regressions/farm$i" "$i" &
		pids+=($!)
	done
	wait_for "${pids[@]}"
	cp "$work/regressions/farm0/clean/kvm.ko" "$modules/base.ko" &&
		cp "$modules/base.ko" "$modules/base_again.ko" || die "cannot write in $modules"
}

# What is the same in every job, the programs and what runs them, into the folder $common_job; after
# build_modules(), which holds the lock of the place where that is.
prepare_jobs()
{
	local program file files=()

	for program in "${programs[@]}" ${REPRODUCER:+private_mem_lpage_scenario_test}; do
		file=$work/install/kvm/${program%% *}
		[ -e "$file" ] || die "there is no program ${program%% *}"
		[[ " ${files[*]} " == *" $file "* ]] || files+=("$file")
	done
	common_job=$work/regressions/job
	rm -rf "$common_job"
	"$top/tools/vm/copy-programs.sh" "$common_job" /kselftest/kvm "${files[@]}" &&
		strip -g "$common_job"/kselftest/kvm/* && mkdir -p "$common_job/job/ko" &&
		cp "$top/tools/regressions/vm-run" "$common_job/job/run" || die "cannot write $common_job"
}

# Which programs are the most likely to notice a bug, so that they are tried first; commas between.
# A rule may name one, without what all names have in common, and a case of it.
likely()
{
	if [ -n "${firsts[$1]}" ]; then
		echo "private_mem_lpage_${firsts[$1]%% *}_test"
		return
	fi
	if [ "${needed[$1]}" = failslab ]; then
		echo private_mem_lpage_pressure_test
		return
	fi
	case ${classes[$1]} in
	RACE) echo private_mem_lpage_race_test,private_mem_lpage_memslot_race_test,private_mem_lpage_concurrency_test ;;
	ERR) echo private_mem_lpage_attributes_test ;;
	*)
		if grep -q '^--- a/virt/kvm/guest_memfd.c' "$modules/$1.diff" 2>/dev/null; then
			echo private_mem_lpage_binding_test
		else
			echo any
		fi
		;;
	esac
}

# copy_modules NAME FOLDER: kvm.ko with that bug, and what else of KVM's it changes.
copy_modules()
{
	local file

	for file in "$modules/$1".{ko,kvm-amd.ko,kvm-intel.ko}; do
		[ ! -e "$file" ] || cp "$file" "$2/" || die "cannot write in $2"
	done
}

# job_on NAME JOB: the one program that this job runs is to run on those modules.
job_on()
{
	mkdir -p "$2/ko" && echo "$1" >"$2/module" || die "cannot write in $2"
	copy_modules "$1" "$2/ko"
}

# The job of trying the modules named in queue, up to one that costs a reboot; programs holds what to
# run, whole whether beyond its first failure.
make_job()
{
	local job=$lane/job/job name silence case

	rm -rf "$lane/job"
	cp -a "$common_job" "$lane/job" || die "cannot write in $results"
	for name in "${queue[@]}"; do
		case=${firsts[$name]#"${firsts[$name]%% *}"}
		[[ " ${programs[*]} " == *" $(likely "$name") "* ]] || case=
		echo "$name ${seconds[$name]} $(likely "$name") ${classes[$name]} ${afterwards[$name]:--}$case"
		copy_modules "$name" "$job/ko"
		[ "${afterwards[$name]}" != reboot ] || break
	done >"$job/rules"
	cp "$modules/base.ko" "$job/ko/" || die "cannot write in $results"
	# The first one has run already: all that is left is to see whether it was the bug that hung.
	if [ -n "$hung" ]; then
		printf '%s\n' "$hung" >"$job/hung" && sed -i 1d "$job/rules" || die "cannot write in $results"
	fi
	for name in "${programs[@]}"; do
		case $name in private_mem_lpage_*) echo "ours $name" ;; *) echo "upstream $name" ;; esac
	done >"$job/programs"
	findings >"$job/findings" || exit
	# The longest between two lines is about 3 s, where a 1G page is cleared, or a fault that 6.12 has is
	# waited out; a reduction takes its time without a word.
	# Upstream's tests say little.
	[ -z "$SUITE" ] || : "${quiet_seconds:=30}"
	[ -n "$REPRODUCER" ] && silence=150 || silence=${quiet_seconds:-6}
	echo $((silence * slow_machine_factor)) >"$job/silence"
	echo "$KSFT_MACHINE_SLOW" >"$job/slow"
	echo "${REPRODUCER:+yes}" >"$job/reproducer"
	echo "$whole" >"$job/whole"
	# Most of the VMs end after a few rules, of which none may look at 1G hugepages.
	: >"$job/lazy_1g"
}

steps()
{
	grep -cv '^#' "$1"
}

# smallest_scenario NAME: the file of the bug's saved scenario with the fewest steps, or nothing.
smallest_scenario()
{
	local file best=

	for file in "$results/$1"/*.scenario; do
		[ -f "$file" ] || continue
		if [ -z "$best" ] || [ "$(steps "$file")" -lt "$(steps "$best")" ]; then
			best=$file
		fi
	done
	echo "$best"
}

show_event()
{
	local kind=$1 name=$2 program=$3 verdict=$4 hundredths=$5 text=$6

	case $kind in
	ready) wait_turn && tell_vm go ;;
	rule) running=$name running_program='' running_since=$SECONDS ;;
	hang) hung=$name$'\t'$program$'\t'$verdict$'\t'$hundredths ;;
	program) running_program=$program running_since=$SECONDS ;;
	result)
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$program" "$verdict" "$((hundredths / 100)).$((hundredths / 10 % 10))" \
			"${classes[$name]}" "$text" >>"$lane/events.tsv"
		case $verdict in caught | failed)
			printf '%s\t%s\t%s\t%.500s\n' "$verdict" "$name" "$program" "$text" >&"$events"
			;;
		esac
		;;
	end)
		queue=("${queue[@]:1}")
		running='' hung=
		printf 'end\t%s\n' "$name" >&"$events"
		;;
	reboot | finished) orderly=yes ;;
	esac
}

# One VM more than may run boots and waits for its turn: a boot takes about as long as a module does,
# but little of two CPUs. The turns are bytes in a pipe, and one lane at a time looks for one: of two
# that see the same byte, the other would go on reading without an end, and when its time is over
# lose the next byte that comes.
wait_turn()
{
	local byte='' lock

	exec {lock}>"$results/turns.lock" || die "cannot write in $results"
	until flock -w 5 "$lock" && { IFS= read -r -N 1 -t 5 -u "$turns" byte || [ -n "$byte" ]; }; do
		outlive_nobody
	done
	exec {lock}>&-
	has_turn=yes
	kill -0 $$ 2>/dev/null && return
	# Another lane that waits is to see it, too.
	end_turn
	exit
}

end_turn()
{
	[ -z "$has_turn" ] || printf t >&"$turns"
	has_turn=
}

on_line()
{
	local fields

	IFS=$'\t' read -r -a fields <<<"$1"
	show_event "${fields[@]}"
	vm_over=$orderly
}

# Boot a VM for the modules in the queue; it ends with an orderly word, or the module it was trying
# has brought it down.
boot()
{
	local silence=$((200 * slow_machine_factor * vm_second)) has_turn='' running='' running_since running_program='' orderly=''

	make_job
	run_vm "$lane/job" on_line
	end_turn
	rm -rf "$lane/job"
	[ -n "$orderly" ] || lost_vm
}

# What ran must be what did it, if it was the guest; without any, the VM cannot work at all.
lost_vm()
{
	local why='VM reset' text verdict=caught

	check_emulator
	[ -n "$running" ] || {
		vm_console | tail -n 15 >&2
		die "the VM did not boot, see $lane/emulator.log and console.log"
	}
	running_program=${running_program:-${programs[0]}}
	if [ -n "$vm_hung" ] && [ -z "$hung" ]; then
		hung=$running$'\t'$running_program$'\t'$running_program$'\t'"VM hang"
		return
	fi
	[ -z "$vm_hung" ] || why='VM hang'
	[ -z "$hung" ] || why+=', with the kernel as it is' verdict=late
	text=$(vm_console | grep -m 1 -E 'Kernel panic|BUG:|Oops|general protection' | sed 's/^\[[^]]*\] *//')
	show_event result "$running" "$running_program" $verdict \
		$(((SECONDS - running_since) * 100)) "$why${text:+: $text}"
	show_event end "$running"
}

# Take modules from the queue: fewer the fewer are left, so that all lanes end at about the same time,
# and never many: the initrd holds the modules up to one that costs a reboot.
take_some()
{
	local some=$(($(left_in_queue) / lanes / 2))

	[ "$some" -le 40 ] || some=40
	[ "$some" -ge 8 ] || some=8
	take "$some" || return
	queue=("${taken[@]}")
}

# Try modules as long as there are any, in one VM after the other.
run_lane()
{
	local hung=''

	while take_some; do
		while [ ${#queue[@]} != 0 ]; do
			boot
		done
	done
}

# As many VMs as there are CPUs and memory for, of which one waits for its turn; one that has to share
# its CPUs gains nothing.
count_lanes()
{
	local fit running_at_once cpus=$SMP

	[ "$TCG_THREAD" != single ] || cpus=1
	fit=$(vms_that_fit)
	running_at_once=$(($(nproc) / cpus))
	[ "$running_at_once" -ge 1 ] || running_at_once=1
	lanes=$((running_at_once + 1))
	[ "$lanes" -le "$fit" ] || lanes=$fit
	[ "$lanes" -le $(((total + 7) / 8)) ] || lanes=$(((total + 7) / 8))
	[ "$lanes" -ge 1 ] || lanes=1
	[ "$running_at_once" -le "$lanes" ] || running_at_once=$lanes
	[ -z "$turns" ] || exec {turns}>&-
	pipe turns
	printf '%*s' "$running_at_once" '' >&"$turns"
}

# What the lanes have found, for all.
gather()
{
	local lane

	for lane in "$results"/vm*; do
		[ ! -s "$lane/events.tsv" ] || cat "$lane/events.tsv" >>"$results/events.tsv"
		rm -f "$lane/events.tsv"
	done
	unpack_files
	rm -f "$results"/{queue,queue.lock,turns.lock,ended}
}

# Names, and perhaps "reboot", to names: those that cost a reboot one by one among the others, so that
# another VM can boot meanwhile. What was first and last stays so.
spread()
{
	awk '
		NR > 1 && last != "" { keep(last) }
		NR == 1 { print $1; next }
		{ last = $0 }
		function keep(line,    field) {
			split(line, field)
			if (field[2] == "reboot")
				reboot[++nr_reboot] = field[1]
			else
				other[++nr_other] = field[1]
		}
		END {
			for (i = 1; i <= nr_other; i++) {
				print other[i]
				while ((printed + 1) * nr_other <= i * nr_reboot)
					print reboot[++printed]
			}
			while (printed < nr_reboot)
				print reboot[++printed]
			if (last != "") {
				split(last, field)
				print field[1]
			}
		}'
}

# show_outcome EVENT: of a bug, a line when it has been dealt with: who noticed it, and what was seen.
show_outcome()
{
	local what name program text

	IFS=$'\t' read -r what name program text <<<"$1"
	if [ "$what" = caught ]; then
		# Where in the program it was said, the logs tell.
		case $text in *': # '*Wanted*) text="${text%%: *}: Wanted${text#*Wanted}" ;; esac
		: "${noticed[$name]:=${program#private_mem_lpage_}: $text}"
		return
	fi
	if [ "$what" = failed ]; then
		unloadable[$name]=yes
		return
	fi
	nr_ended=$((nr_ended + 1))
	[ -z "${noticed[$name]}" ] || nr_caught=$((nr_caught + 1))
	clear_status
	case ${noticed[$name]:+noticed} in
	noticed) printf >&2 '%4d/%d %s%s%s\n         %s\n' $nr_ended "$total" "$(colour "$name" noticed)" "$name" "$plain" \
		"${noticed[$name]}" ;;
	*) printf >&2 '%4d/%d %s%s%s: %s\n' $nr_ended "$total" "$(colour "$name" missed)" "$name" "$plain" \
		"$([ -n "${unloadable[$name]}" ] && echo 'cannot be loaded' || echo 'nobody noticed')" ;;
	esac
}

# colour NAME noticed|missed: green if that is as it should be.
colour()
{
	local wanted=noticed

	case ${classes[$1]} in BASE | EQUIVALENT) wanted=missed ;; esac
	[ "$2" = $wanted ] && printf %s "$green" || printf %s "$red"
}

show_progress()
{
	local spent=$((SECONDS - begun))

	put_status "$nr_ended of $total, $nr_caught noticed; $spent s$([ "$nr_ended" = 0 ] ||
		echo " of about $((spent * total / nr_ended)) s")"
}

run_queue()
{
	local name

	total=${#queue[@]}
	for name in "${queue[@]}"; do
		echo "$name ${afterwards[$name]}"
	done | spread | fill_queue
	count_lanes
	start_lanes "$lanes" run_lane
	begun=$SECONDS nr_ended=0 nr_caught=0 noticed=() unloadable=()
	follow_lanes show_outcome show_progress
	clear_status
	gather
}
