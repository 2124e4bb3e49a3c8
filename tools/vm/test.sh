#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of the job that runs programs, outside of a VM as with ON=host, with a runner of their own in place
# of kselftest's. Prints TAP.

. "$(dirname "$0")/../lib.sh"
. "$top/tools/tap.sh"

# make_job WORD: one that runs one program, about which the runner says WORD, `ok` or `not ok`.
make_job()
{
	rm -rf "$tmp/job" && mkdir -p "$tmp/job" || die "cannot write in $tmp"
	{
		echo '#!/bin/sh'
		printf 'echo "TAP version 13\n1..1\n# selftests: kvm: a_test\n%s 1 selftests: kvm: a_test"\n' "$1"
	} >"$tmp/job/run_kselftest.sh"
	chmod +x "$tmp/job/run_kselftest.sh"
	printf 'export KVM_LPAGE_RESULTS=%q\nkselftest=%q\ntools=%q\nfeed=0\n' \
		"$tmp/job/files" "$tmp/job" "$top/tools/vm" >"$tmp/job/env"
	: >"$tmp/job/timeout"
	echo 'BUG: no such thing' >"$tmp/job/findings"
}

# The job asks for programs, and is told of one, then of the end: sets said to what it says.
run_job()
{
	said=$(printf '%s\n' '1 11 7 20 a_test' '2 3 end' |
		leashed busybox sh "$top/tools/vm/suite" "$tmp/job" 3>&1 4>"$tmp/files" 2>"$tmp/stderr")
}

# What was said of a program is no matter of the job's own status.
says()
{
	make_job "$1"
	run_job || { echo "# status $?: $(cat "$tmp/stderr")" && return 1; }
	printf '%s\n' "$said" | grep -qx "$1 7 selftests: kvm: a_test" && return
	printf '%s\n' "$said" | sed 's/^/# /'
	return 1
}

tmp=$(mktemp -d) || die 'no room for temporary files'
trap 'rm -rf "$tmp"' EXIT
echo 'TAP version 13'
check 'job: a program that passes' says ok
check 'job: one that fails' says 'not ok'
echo "1..$number"
[ -z "$failed" ]
