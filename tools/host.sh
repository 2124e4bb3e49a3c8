#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: host.sh JOB OUT
# Run the suite's job, JOB/job, on this machine; results go to stdout, the programs to run come from
# stdin, files go to the folder OUT. Hugepages are set aside for the run, if that is allowed, and given
# back after it.

. "$(dirname "$0")/lib.sh"

job=$1/job
out=$2
pools=/sys/kernel/mm/hugepages/hugepages

# set_aside SIZE NUMBER
set_aside()
{
	local pool=$pools-$1/nr_hugepages before

	[ -w "$pool" ] || return
	before=$(cat "$pool")
	[ "$before" -lt "$2" ] || return
	echo "$before $pool" >>"$job/pools"
	echo "$2" >"$pool"
}

# Runs in a process of its own, which learns of the end of this script by the end of its input: it
# cleans up even after kill -9, when the job may have been removed already.
clean_up()
{
	local before pool session=none number

	trap '' INT TERM HUP
	exec {number}<"$job/pools"
	cat >/dev/null
	[ ! -e "$job/session" ] || read -r session <"$job/session"
	[ "$session" = none ] || pkill -9 -s "$session"
	while read -r before pool; do
		echo "$before" >"$pool"
	done <&"$number"
}

: >"$job/pools" || die "cannot write in $job"
exec {life}> >(clean_up)
set_aside 1048576kB 2
set_aside 2048kB 128
leashed busybox sh "$top/tools/vm/suite" "$job" 3>&1 4>"$out/files.tar" {life}>&-
