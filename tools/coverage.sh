#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# How much of the functions in tools/mutate/functions do the suite, and upstream's tests of private
# memory, execute? Lines and branches of each in a table, lcov's pages, and what nothing executes.
# Exit status: 0 done, whatever is executed; 1 a test failed; 2 could not run.

. "$(dirname "$0")/lib.sh"

# tools/lib.sh and tools/kernel.sh look at it; such a kernel is built beside the ordinary one.
export COVERAGE=yes

check_options()
{
	[ -z "$TEST$ARGS" ] || die "TEST= and ARGS= would leave out a part: say make run"
	[ "${ON:-vm}" = vm ] || die "ON=$ON: coverage is measured with a kernel of its own, in a VM"
}

# run NAME VARIABLE=VALUE...: results in the folder NAME.
run()
{
	local folder=$results/$1 status
	shift

	mkdir "$folder" || die "cannot create $folder"
	# The counts of one VM would replace those of another.
	leashed env "$@" RESULTS="$folder" LANES=1 "$top/tools/run.sh" >"$folder/run.log"
	status=$?
	tail -n 1 "$folder/run.log"
	[ $status -lt 2 ] || die "could not run, see $folder/run.log"
	[ $status = 0 ] || failed=yes
	[ -d "$folder/sys" ] || die "nothing was counted, see $folder/console.log"
	collect "$folder"
}

# The counts of a run next to what gcc has left of each object, in the folder gcov.
collect()
{
	local counts object

	mkdir "$1/gcov" || die "cannot create $1/gcov"
	while IFS= read -r counts; do
		object=${counts#*/sys/kernel/debug/gcov}
		cp "$counts" "${object%.gcda}.gcno" "$1/gcov/" || die "cannot write in $1/gcov"
	done < <(find "$1/sys" -name '*.gcda')
	rm -rf "$1/sys"
}

# pages NAME: lcov's pages about a run. What it is told has changed with lcov 2.
pages()
{
	local out=$results/$1 options=(--rc lcov_branch_coverage=1)

	lcov --version | grep -q 'version 1' ||
		options=(--rc branch_coverage=1 --ignore-errors 'mismatch,inconsistent,unused')
	{
		lcov "${options[@]}" --capture --directory "$out/gcov" --output-file "$out/all.info" &&
			lcov "${options[@]}" --extract "$out/all.info" '*/kvm/*' '*/kvm_host.h' \
				--output-file "$out/lcov.info" &&
			genhtml "${options[@]}" --branch-coverage --title "KVM $release, $1" \
				--output-directory "$out/html" "$out/lcov.info"
	} >"$out/lcov.log" 2>&1 || say "no pages of lcov, see $out/lcov.log"
	rm -f "$out/all.info"
}

# Those that tools/regressions/lib.sh compares with, too.
upstream_tests=(private_mem_kvm_exits_test pre_fault_memory_test private_mem_conversions_test
	guest_memfd_test)
failed=
check_options
step "$top/tools/deps.sh" lcov python3-clang
new_results -coverage
run suite
run upstream TEST="@($(IFS='|' && echo "${upstream_tests[*]}"))"
run upstream_2mb TEST=private_mem_conversions_test ARGS='-s anonymous_hugetlb_2mb'
locate
release=$(cat "$work/kernel/include/config/kernel.release") || die "$work has no kernel"
for name in suite upstream upstream_2mb; do
	pages "$name"
done
leashed /usr/bin/python3 -B "$top/tools/coverage/table.py" "$src" "$work/kernel" \
	"$top/tools/mutate/functions" "$results" || die "no table"
say "in results/${results##*/}: table, not_executed, {suite,upstream}/html/index.html"
[ -z "$failed" ]
