# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# What starts, feeds and ends VMs, several at a time: a queue that lanes take work from, a VM for each
# lane, and its end when whoever has started it is gone. Sourced after lib.sh, by scripts that run
# things in VMs; $results is their folder.

# pipe NAME: a pipe that this shell reads and writes, with no name in the file system; its number into
# the variable NAME.
pipe()
{
	local file=$results/pipe.$BASHPID

	mkfifo "$file" && eval "exec {$1}<>\"\$file\"" && rm "$file" || die "cannot write in $results"
}

# A lane must not outlive the script that has started it: called often, looks once a second.
outlive_nobody()
{
	[ "$SECONDS" = "$looked_at" ] || kill -0 $$ 2>/dev/null || exit
	looked_at=$SECONDS
}
looked_at=

# Bytes that a container may still use, as far as its limit goes: what is of files can be given back.
container_memory()
{
	local cgroup=/sys/fs/cgroup limit

	{
		[ -r "$cgroup/memory.max" ] || cgroup+=/memory
		limit=$(cat "$cgroup"/memory.{max,limit_in_bytes} | head -n 1)
		awk -v limit="$limit" '($1 == "anon" || $1 == "total_rss") && limit ~ /^[0-9]+$/ { print limit - $2 }' \
			"$cgroup/memory.stat"
	} 2>/dev/null
}

# How many VMs there is memory for.
vms_that_fit()
{
	awk -v mem="$MEM" -v left="$(container_memory)" '
		/^MemAvailable/ { n = $2 * 1024 }
		END {
			n = int((left != "" && left < n ? left : n) / 1024 / 1024 / (mem + 1024))
			print (n > 1 ? n : 1)
		}' /proc/meminfo
}

# Put the lines of stdin into the queue; one of several, if the variable queue_file says another name.
queue_file=queue
fill_queue()
{
	cat >"$results/$queue_file" || die "cannot write in $results"
}

# take NUMBER: move so many lines from the queue, or those that are left, to the array taken.
take()
{
	local lock

	exec {lock}>"$results/queue.lock" && flock "$lock" || die "cannot write in $results"
	mapfile -t -n "$1" taken <"$results/$queue_file"
	[ ${#taken[@]} = 0 ] || sed -i "1,${#taken[@]}d" "$results/$queue_file" || die "cannot write in $results"
	exec {lock}>&-
	[ ${#taken[@]} != 0 ]
}

left_in_queue()
{
	wc -l <"$results/$queue_file"
}

# start_lanes NUMBER FUNCTION: call FUNCTION with 1 to NUMBER, side by side; their processes into the
# array lane_pids. Each has the folder $lane for its own; what it writes to the descriptor $events,
# a line at a time, follow_lanes() passes on.
start_lanes()
{
	local i

	lane_pids=()
	[ -z "$events" ] || exec {events}>&-
	pipe events
	for ((i = 1; i <= $1; i++)); do
		in_lane "$i" "$2" &
		lane_pids+=($!)
	done
}

in_lane()
{
	lane=$results/vm$1
	mkdir -p "$lane" || die "cannot create $lane"
	"$2" "$1"
	echo "lane $BASHPID" >&"$events"
}

# follow_lanes ON_EVENT ON_TICK: until all lanes have ended, call ON_EVENT with each line that comes
# from one, and ON_TICK now and then. A lane that ends badly, or is killed, ends the script.
follow_lanes()
{
	local event='' part

	while [ ${#lane_pids[@]} != 0 ]; do
		# On a busy machine the time may be over in the middle of a line.
		if IFS= read -r -t 1 part <&"$events"; then
			event+=$part
			case $event in
			'lane '*) end_lane "${event#lane }" ;;
			*) "$1" "$event" ;;
			esac
			event=''
		else
			event+=$part
			look_after_lanes
		fi
		"$2"
	done
}

# end_lane PID: it may have been missed already when its last word comes.
end_lane()
{
	local status pid left=()

	[[ " ${lane_pids[*]} " == *" $1 "* ]] || return 0
	wait "$1"
	status=$?
	[ $status = 0 ] || end_lanes $status
	for pid in "${lane_pids[@]}"; do
		[ "$pid" = "$1" ] || left+=("$pid")
	done
	lane_pids=("${left[@]}")
}

# A lane that was killed does not say so.
look_after_lanes()
{
	local pid

	for pid in "${lane_pids[@]}"; do
		kill -0 "$pid" 2>/dev/null || end_lane "$pid"
	done
}

# end_lanes STATUS: one of them has ended with that, the others are of no use.
end_lanes()
{
	kill "${lane_pids[@]}" 2>/dev/null
	wait
	[ "$1" = 2 ] || die "a VM's process was killed (status $1)"
	exit 2
}

# needs_threads PROGRAM: whose CPUs have to run at the same time, not in turn, as it is about races.
needs_threads()
{
	[ "$ACCEL" = tcg ] || return
	case $1 in
	private_mem_lpage_concurrency_test | private_mem_lpage_*race_test | private_mem_lpage_zap_all_test) ;;
	*) return 1 ;;
	esac
}

# How a VM is booted; tools/run.sh has this machine itself take its place.
vm_command=$top/tools/vm/boot.sh

# tell_vm LINE: until it answers it is told again: a serial port may lose bytes while the VM's interrupts
# are off, as Bochs's does.
tell_vm()
{
	unheard=$1
	echo "$1" >&"$to_vm"
}

# run_vm JOB ON_LINE: boot a VM that does what is in the folder JOB, and call ON_LINE with each line
# that comes from it, until it ends, ON_LINE sets vm_over, or nothing has come for $silence seconds.
# tell_vm() tells it something. Sets vm_status, the status it ended with, and vm_hung; vm_console() is what
# it wrote to its console.
run_vm()
{
	local from_vm line='' part status waited=0

	vm_over='' vm_hung='' unheard=''
	console_start=$(stat -c %s "$lane/console.log" 2>/dev/null || echo 0)
	pipe to_vm
	# Whatever ends us ends the VM.
	exec {from_vm}< <(exec setpriv --pdeathsig TERM -- "$vm_command" "$1" "$lane" \
		<&"$to_vm" 2>"$lane/emulator.log")
	vm=$!
	while
		IFS= read -r -t 1 part <&"$from_vm"
		status=$?
		line+=$part
		waited=$((waited + 1))
		[ -z "$part" ] || waited=0
		[ $status = 0 ] || [ $status -gt 128 ]
	do
		outlive_nobody
		if [ $status -gt 128 ]; then
			[ -z "$unheard" ] || [ $((waited % 5)) != 0 ] || printf '\n%s\n' "$unheard" >&"$to_vm"
			[ $waited -gt "$silence" ] || continue
			vm_hung=yes
			break
		fi
		unheard=''
		"$2" "$line"
		line=''
		[ -z "$vm_over" ] || break
	done
	# A kernel that has had an Oops may not be able to restart.
	[ -z "$vm_hung$vm_over" ] || kill -9 "$vm" 2>/dev/null
	exec {from_vm}<&- {to_vm}<&-
	wait "$vm"
	vm_status=$?
	vm=
	rm -rf "${lane:?}/media"
}

# What this VM, not the one before it in its lane, wrote to its console.
vm_console()
{
	tail -c +$((console_start + 1)) "$lane/console.log" | tr -d '\r'
}

# Ends the script if it was not the guest that ended the VM.
check_emulator()
{
	[ -z "$vm_hung" ] || return 0
	[ "$vm_status" -le 128 ] || die "the VM was killed (signal $((vm_status - 128)))"
	[ "$vm_status" = 0 ] || die "the VM cannot run:" \
		"$(tail -n 1 "$lane/emulator.log" | grep . || echo "no space left in $results?")"
}

# The files that VMs have sent, of all lanes, into the folder $results.
unpack_files()
{
	local file log

	for file in "$results"/vm*/files.tar; do
		log=${file%.tar}.log
		[ ! -s "$file" ] ||
			tar -xf "$file" --ignore-zeros --warning=no-timestamp -C "$results" 2>"$log" ||
			say "incomplete: files that a VM was sending when it ended, see $log"
		[ -s "$log" ] || rm -f "$log"
		rm -f "$file"
	done
}
