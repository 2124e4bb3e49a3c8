#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: host-kselftest.sh FOLDER >>KTAP
# A real host with a kselftest installation in FOLDER that has our programs (`make graft`, then
# `make -C tools/testing/selftests TARGETS=kvm install`): set hugepages aside, run just these programs
# with FOLDER/run_kselftest.sh, give the hugepages back. Needs nothing else of this project; root for
# the hugepages and the kernel log. KSFT_MACHINE_SLOW=yes: the host is slow, wait longer. Exit status:
# 0 all passed or some skipped, 1 something failed, 2 could not run, which includes all skipped.

folder=$1
pools=/sys/kernel/mm/hugepages/hugepages

give_up()
{
	echo "${0##*/}: $*" >&2
	exit 2
}

# A process of its own learns through the pipe on its input what there will be to clean up, and by the
# end of the pipe when: also after kill -9.
clean_up()
{
	local kind what before=() entry session=

	trap '' INT TERM HUP
	while read -r kind what; do
		case $kind in
		session) session=$what ;;
		pool) before+=("$what") ;;
		esac
	done
	[ -z "$session" ] || pkill -9 -s "$session"
	for entry in "${before[@]}"; do
		echo "${entry%% *}" >"${entry#* }"
	done
}

end()
{
	exec {life}>&-
	wait "$keeper"
}

# set_aside SIZE NUMBER: more hugepages, if there are fewer and that is allowed.
set_aside()
{
	local pool=$pools-$1/nr_hugepages number

	[ -w "$pool" ] || return
	number=$(cat "$pool")
	[ "$number" -lt "$2" ] || return
	echo "pool $number $pool" >&"$life"
	echo "$2" >"$pool"
}

# The runner's options; it knows the usual time limit itself.
choose_options()
{
	local tests test limit

	mapfile -t tests < <(grep '^kvm:private_mem_lpage_' "$folder/kselftest-list.txt")
	[ ${#tests[@]} != 0 ] || give_up "our programs are not among those of $folder"
	for test in "${tests[@]}"; do
		options+=(-t "$test")
	done
	[ -n "$KSFT_MACHINE_SLOW" ] || return
	limit=$(sed -n 's/^timeout=//p' "$folder/kvm/settings")
	options+=(-o $((${limit:-45} * 6)))
}

# Print the KTAP on stdin as it comes. The runner's exit status says nothing before 7.3.
verdict()
{
	awk '
		{ print; fflush() }
		/^1\.\./ { plan = substr($0, 4) + 0 }
		/^not ok / { failed++ }
		/^(not )?ok / { n++ }
		/^ok .* # SKIP/ { skipped++ }
		END {
			if (n && skipped == n)
				print "all programs were skipped, so nothing was tested" >"/dev/stderr"
			exit failed ? 1 : n && n == plan && skipped < n ? 0 : 2
		}'
}

[ -x "$folder/run_kselftest.sh" ] || give_up 'say the folder of a kselftest installation'
options=()
choose_options
exec {life}> >(clean_up)
keeper=$!
trap end EXIT
trap 'exit 2' INT TERM HUP
set_aside 1048576kB 2
set_aside 2048kB 128

# Its session is what the programs, which it starts in process groups of their own, have in common.
# Through a pipe: it opens its output again, and would write over what is in a file.
exec {ktap}< <(exec setsid "$folder/run_kselftest.sh" "${options[@]}" 2>&1 </dev/null {life}>&-)
echo "session $!" >&"$life"
verdict <&"$ktap" {life}>&- &
exec {ktap}<&-
wait $!
