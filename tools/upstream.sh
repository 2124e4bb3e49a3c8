#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Make the series in tools/upstream for the kernel under test, and prove it: checkpatch, a build after each
# patch, the tests in a VM with all fixes and without each of them. The patches, and a cover letter with
# the figures, go to the folder OUT, else to the results. Prints TAP. Exit status: 0 all passed, 1
# something failed, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/author.sh"
. "$(dirname "$0")/vm/scheduler.sh"
. "$(dirname "$0")/regressions/lib.sh"

hugepage_test=private_mem_hugepage_test

check_options()
{
	[ -z "$OUT" ] || ! compgen -G "$OUT/*.patch" >/dev/null || die "OUT=$OUT has patches in it already"
	[ -z "$OUT" ] || mkdir -p "$OUT" || die "cannot create $OUT"
}

# The names of the fixes, each of which a test follows.
find_fixes()
{
	local file

	for file in "$top"/tools/upstream/*-fix.patch; do
		file=${file##*/*[0-9]-}
		fixes+=("${file%-fix.patch}")
	done
}

# file_of NAME-fix or NAME-test
file_of()
{
	printf '%s\n' "$top"/tools/upstream/[0-9]*-"$1".patch
}

# Where a fix has its test.
test_of()
{
	local file

	file=$(patched_files "$(file_of "$1-test")" | grep '\.c$')
	basename "$file" .c
}

# What a patch changes of KVM itself, not of its documentation.
changes_of()
{
	awk '/^diff --git / { keep = $3 ~ "^a/(arch|virt|include)/" } keep' "$1"
}

# The kernel's changes as rules, as regressions/build.sh takes them: of all fixes and of all but one, with
# what makes races happen, and of each patch with those before it.
make_rules()
{
	local fix other commit

	rm -rf "$work/upstream/rules"
	mkdir -p "$work/upstream/rules" && cd "$work/upstream/rules" || die "cannot write in $work"
	{ own_git diff --no-color base HEAD -- arch virt include && cat "$top"/tools/upstream/*.delay; } >all_fixes
	for fix in "${fixes[@]}"; do
		for other in "${fixes[@]}"; do
			[ "$other" = "$fix" ] || changes_of "$(file_of "$other-fix")"
		done | cat - "$top"/tools/upstream/*.delay >"without_$fix"
	done
	for commit in $(own_git rev-list --reverse base..HEAD); do
		[ -z "$(own_git diff --name-only "$commit^" "$commit" -- arch virt include)" ] ||
			own_git diff --no-color base "$commit" -- arch virt include >"up_to_$(git_name "$commit")"
	done
	rules=("$work"/upstream/rules/*)
	cd "$top" || exit
}

git_name()
{
	own_git log -n 1 --format=%f "$1"
}

was_built()
{
	[ -f "$modules/$1.ko" ] || { cat "$modules/$1.why" && return 1; }
}

checkpatch()
{
	"$src/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary --show-types --max-line-length=100 \
		--ignore FILE_PATH_CHANGES "$1"
}

# The selftests as they are after one patch, where those of the whole series are built, so that the library
# is there already.
build_tests_at()
{
	local selftests=$work/overlay/tools/testing/selftests program names=

	own_git -c advice.detachedHead=false checkout -q "$1" &&
		rsync -rc "$repo/tools/testing/selftests/kvm" "$selftests/" || return
	for program in $(own_git diff --name-only "$1^" "$1" -- tools | sed -n 's,^tools/testing/selftests/kvm/\(.*\)\.c$,\1,p'); do
		names+="$program "
	done
	make -C "$selftests" TARGETS=kvm FORCE_TARGETS=1 TEST_GEN_PROGS_x86="$names" </dev/null
}

build_each_patch()
{
	local commit name

	for commit in $(own_git rev-list --reverse base..series); do
		name=$(git_name "$commit")
		result "checkpatch: $name" checkpatch <(own_git format-patch -1 --stdout "$commit")
		if [ -e "$work/upstream/rules/up_to_$name" ]; then
			result "build: $name" was_built "up_to_$name"
		else
			result "build: $name" build_tests_at "$commit"
		fi
	done
	own_git checkout -q series
}

# try MODULE...: run the programs on each.
try()
{
	local name

	queue=("$@")
	for name in "$@"; do
		classes[$name]=UNKNOWN seconds[$name]=0
	done
	run_queue
}

# verdict MODULE PROGRAM WANTED: what a program said.
verdict()
{
	awk -F '\t' -v name="$1" -v program="${2%% *}" -v wanted="$3" '
		{ sub(/ .*/, "", $2) }
		$1 == name && $2 == program {
			found = $3
			print $3 ": " $6
		}
		END {
			if (!found)
				print "it did not run"
			exit found != wanted
		}' "$results/events.tsv"
}

run_tests()
{
	local fix program

	programs=("${upstream_series_programs[0]}" private_mem_kvm_exits_test pre_fault_memory_test mmu_memslot_test)
	prepare_jobs
	try all_fixes
	for program in "${programs[@]}"; do
		result "with all fixes, ${program%% *} passes" verdict all_fixes "$program" passed
	done
	programs=("${programs[@]:1}")
	try "${fixes[@]/#/without_}"
	for fix in "${fixes[@]}"; do
		result "without the fix for $fix, $(test_of "$fix") fails" verdict "without_$fix" "$(test_of "$fix")" caught
		result "without the fix for $fix, the others pass" others_pass "$fix"
	done
}

others_pass()
{
	local program status=0

	for program in "${programs[@]}"; do
		[ "$program" = "$(test_of "$1")" ] || verdict "without_$1" "$program" passed || status=1
	done
	return $status
}

# What the one test notices of bugs in the tracking of attributes, kept as long as neither changes.
measure_detection()
{
	local key measured=$work/upstream/regressions.tsv folder=$results/detection

	key=$(cd "$top/tools" && { cat upstream/$hugepage_test.c regressions/*.cocci mutate/functions; } | sha256sum)
	stamped "$work/upstream/detection.stamp" "$key" || {
		MEM=${MEM}M PART=attributes RESULTS=$folder leashed "$top/tools/regressions.sh" >&2
		[ $? -le 1 ] || exit 2
		cp "$folder/regressions.tsv" "$measured" || die "cannot write $measured"
		stamp "$work/upstream/detection.stamp" "$key"
	}
	cp "$measured" "$results/"
}

# Lines for the cover letter, from what was measured.
figures()
{
	local seconds

	seconds=$(awk -F '\t' -v name="$hugepage_test" '$1 == "all_fixes" && index($2, name) { print $4 }' "$results/events.tsv")
	awk -F '\t' -v name="$hugepage_test" -v lines="$(wc -l <"$top/tools/upstream/$hugepage_test.c")" -v seconds="$seconds" '
		NR == 1 || $3 == "equivalent" || $3 ~ /^(needs|not built)/ { next }
		{ n++ }
		$3 == "caught" { caught++ }
		$3 == "caught" && /\((one|new)_memslot\)/ { early++ }
		END {
			printf "Bugs put into the tracking of mixed hugepages, one at a time: %d that userspace\n", n
			printf "can notice on this machine, of which %s notices %d\n", name, caught
			printf "(%d%%), %d of these with its first two tables, i.e. within its first 100 lines.\n", caught * 100 / n, early
			printf "The test has %d lines and takes %.0f seconds in a VM without hardware virtualization.\n", lines, seconds
		}' "$results/regressions.tsv"
}

cover_letter()
{
	local fix

	cat <<-TEXT
	The first patch adds a test that looks at the size of mappings of partly private
	memory, which so far no test does.  The next two extend existing tests.  The
	others mend what a larger suite of tests has found, a fix and a test for it each:
	$(for fix in "${fixes[@]}"; do sed -n '3s/^/  /p' "$(file_of "$fix-fix")"; done)

	$(figures)

	Made for $(basename "$src"), tried with all fixes and without each of them.
	TEXT
}

write_series()
{
	local folder=${OUT:-$results/series}

	mkdir -p "$folder" || die "cannot create $folder"
	# The measurement has made the repository anew, without the tag.
	own_git format-patch -q --cover-letter -o "$(realpath "$folder")" base..HEAD
	cover_letter >"$results/cover"
	sed -i -e 's/\*\*\* SUBJECT HERE \*\*\*/KVM: x86: Sizes of mappings of private memory, and fixes/' \
		-e "/\*\*\* BLURB HERE \*\*\*/ {
			r $results/cover
			d
		}" "$folder"/0000-*.patch || die "cannot write in $folder"
	say "the series is in $folder"
}

child='' whole='' turns=''
rules=() programs=() queue=() fixes=()
declare -A classes needed seconds afterwards firsts
trap stop INT TERM HUP
export SUITE=upstream_series
check_options
find_author "${KDIR:-/}"
find_fixes
prepare coccinelle patch
repo=$work/upstream/repo
own_git tag series
new_results -upstream
make_rules
build_modules
echo 'TAP version 13'
build_each_patch
# Which makes the same repository anew.
step "$top/tools/tests.sh"
own_git tag series
run_tests
# Its farms are used by the next.
exec 9>&-
measure_detection
write_series
echo "1..$number"
say "logs in results/${results##*/}"
[ -z "$failed" ]
