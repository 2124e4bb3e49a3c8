#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: host-kselftest.sh FOLDER >>KTAP
# A real host with a kselftest installation in FOLDER that has our programs (`make graft`, then
# `make -C tools/testing/selftests TARGETS=kvm install`): set hugepages aside, run just these programs
# with FOLDER/run_kselftest.sh, give the hugepages back. Needs nothing else of this project; root for
# the hugepages and the kernel log. Exit status: 0 all passed or skipped, 1 something failed, 2 could
# not run.

folder=$1
pools=/sys/kernel/mm/hugepages/hugepages
before=()

restore()
{
	local entry

	for entry in "${before[@]}"; do
		echo "${entry%% *}" >"${entry#* }"
	done
}

# set_aside SIZE NUMBER: more hugepages, if there are fewer and that is allowed.
set_aside()
{
	local pool=$pools-$1/nr_hugepages number

	[ -w "$pool" ] || return
	number=$(cat "$pool")
	[ "$number" -lt "$2" ] || return
	before+=("$number $pool")
	echo "$2" >"$pool"
}

[ -x "$folder/run_kselftest.sh" ] || {
	echo "${0##*/}: say the folder of a kselftest installation" >&2
	exit 2
}
mapfile -t tests < <(grep '^kvm:private_mem_lpage_' "$folder/kselftest-list.txt")
[ ${#tests[@]} != 0 ] || {
	echo "${0##*/}: our programs are not among those of $folder" >&2
	exit 2
}
options=()
for test in "${tests[@]}"; do
	options+=(-t "$test")
done
trap restore EXIT
trap 'exit 2' INT TERM HUP
set_aside 1048576kB 2
set_aside 2048kB 128

# Through a pipe: the runner opens its output again, and would write over what is in a file. Its exit
# status says nothing before 7.3.
"$folder/run_kselftest.sh" "${options[@]}" 2>&1 </dev/null | awk '
	{ print; fflush() }
	/^1\.\./ { plan = substr($0, 4) + 0 }
	/^not ok / { failed++ }
	/^(not )?ok / { n++ }
	END { exit failed ? 1 : n && n == plan ? 0 : 2 }'
