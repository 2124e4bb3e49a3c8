#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What does a bug change that the suite can see? BUG names a semantic patch of tools/regressions/
# (or RULES), PATCH is a file with any patch to KVM. The suite, or what TEST names of it, runs on the
# kernel without and with it; shown are the sub-tests whose verdicts differ, the smallest scenario that
# tells the two kernels apart, and the mapping levels there. Exit status: 0 no difference, 1 some, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vm/scheduler.sh"
. "$(dirname "$0")/regressions/lib.sh"
. "$(dirname "$0")/regressions/reproducer.sh"

check_options()
{
	[ -n "$BUG$PATCH" ] || die "say BUG=name (of a rule in tools/regressions/) or PATCH=file"
	[ -z "$BUG" ] || [ -z "$PATCH" ] || die "BUG= and PATCH= exclude each other"
	if [ -n "$BUG" ]; then
		name=$BUG
		patch=${RULES:-$top/tools/regressions}/$BUG.cocci
		[ -f "$patch" ] || die "there is no rule $patch"
	else
		[ -f "$PATCH" ] || die "PATCH=$PATCH: no such file"
		name=$(basename "$PATCH" .cocci | tr -c 'A-Za-z0-9_.\n-' _)
		patch=$(realpath "$PATCH")
	fi
	case $name in base | base_again) die "not a good name: $name" ;; esac
}

# A copy whose name can be part of others' names, whatever the user's file is called.
copy_patch()
{
	local copy=$results/patch/$name

	[[ $patch != *.cocci ]] || copy+=.cocci
	mkdir "$results/patch" && cp "$patch" "$copy" || die "cannot write in $results"
	patch=$copy
}

# Program, sub-test and its verdict without and with the bug for each that differs, separated by tabs.
differences()
{
	verdicts base >"$results/base.verdicts"
	verdicts "$name" >"$results/$name.verdicts"
	awk -F '\t' '
		$3 ~ /^the whole program/ { test = $1 "\tthe whole program" }
		$3 !~ /^the whole program/ { test = $1 "\t" $3 }
		FILENAME == ARGV[1] { before[test] = $2; next }
		before[test] != $2 {
			printf "%s\t%s\t%s\t%s\n", $1, $3, before[test] ? before[test] : "not run", $2
		}' "$results/base.verdicts" "$results/$name.verdicts"
}

child='' whole=yes turns=''
rules=() programs=() queue=()
declare -A classes needed seconds afterwards firsts
trap stop INT TERM HUP
check_options
REPRODUCER=yes
prepare coccinelle patch
[ -z "$(lacks "$patch")" ] || die "$name needs $(lacks "$patch"), which this kernel or machine lacks"
select_suite_programs
new_results ''
copy_patch
rules=("$patch")
build_modules
[ ! -e "$modules/$name.why" ] || die "$name $(cat "$modules/$name.why")"
prepare_jobs
classes[base]=BASE classes[$name]=$(class "$patch") needed[$name]=$(needs "$patch")
seconds[base]=0 seconds[$name]=0
queue=(base "$name")
run_queue
echo
cp "$modules/$name.diff" "$results/kernel.diff" && differences >"$results/differences.tsv" ||
	die "cannot write in $results"
echo "$name: what it changes in the kernel:"
sed 's/^/  /' "$results/kernel.diff"
echo
echo "Verdicts without and with it:"
if [ ! -s "$results/differences.tsv" ]; then
	echo "  no difference"
	make_report "SAME: kernel $release: the suite does not notice $name"
	exit 0
fi
show_differences "$results/differences.tsv"
echo
show_reproducer | tee "$results/reproducer"
make_report "DIFFERS: kernel $release: $name changes $(plural "$(wc -l <"$results/differences.tsv")" verdict)"
say "logs in results/${results##*/}"
exit 1
