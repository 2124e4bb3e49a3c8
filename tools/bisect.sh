#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Which commit broke it? KDIR is a git repository of the kernel, which stays as it is; GOOD and BAD
# (default: HEAD) are revisions in it. Or KVERS are Debian's releases. The sub-tests that fail at BAD and
# pass at GOOD, of the programs TEST, the scenario in the file SCENARIO, or the figure COST decide. Commits
# that touch neither KVM nor what it calls are left out, unless ALL=1. For each sub-test the commit is
# found that broke it: git bisect, a verdict counts if it comes three times of three. What was interrupted
# goes on where it was.
# Exit status: 1 found, 0 nothing fails, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vm/scheduler.sh"
. "$(dirname "$0")/regressions/lib.sh"
. "$(dirname "$0")/regressions/reproducer.sh"
. "$(dirname "$0")/bisect/tree.sh"
. "$(dirname "$0")/bisect/releases.sh"
. "$(dirname "$0")/bisect/try.sh"
. "$(dirname "$0")/bisect/cost.sh"
. "$(dirname "$0")/bisect/tell.sh"

# A busy machine is no reason for a verdict.
quiet_seconds=60

# Of one module at a time the driver says itself what came of it.
# shellcheck disable=SC2317 # called by run_queue()
show_outcome()
{
	[[ $1 != end$'\t'* ]] || nr_ended=$((nr_ended + 1))
}

# shellcheck disable=SC2317 # called by run_queue()
show_progress()
{
	put_status "$under_way, $((SECONDS - under_way_since)) s"
}

# begin WHAT: it is under way from now on.
begin()
{
	under_way=$1 under_way_since=$SECONDS
	put_status "$under_way"
}

check_options()
{
	[ -z "$KERNEL$DEBUG" ] || die "KERNEL= and DEBUG=1 cannot be bisected"
	[ "${ON:-vm}" = vm ] || die "ON=$ON: revisions are tried in VMs"
	[ -z "$SCENARIO" ] || [ -f "$SCENARIO" ] || die "SCENARIO=$SCENARIO: no such file"
	[ -z "$SCENARIO" ] || [ -z "$TEST" ] || die 'TEST= and SCENARIO= exclude each other'
	check_cost
	name_programs
	[ -z "$KVERS" ] || check_releases
	command -v git >/dev/null || leashed "$top/tools/deps.sh" git || exit
	[ -z "$KVERS" ] || import_releases
	check_repository
}

# The tests, and the kernel of BAD, on which the modules of the others are tried.
prepare_bad()
{
	KDIR=$tree
	# The kernel of an end is built more than once, as others are in between that differ in much.
	export PATH=/usr/lib/ccache:$PATH CCACHE_DIR=$cache/bisect/ccache CCACHE_MAXSIZE=2G CCACHE_DEPEND=1
	tree_git checkout -q -f --detach "$bad" || die "cannot check out $BAD"
	prepare patch ccache
	farm=$work/regressions/farm0
	modules=$work/regressions/modules
	make_farm
	base=$bad
	verdicts=$place/verdicts-$(cat "$work"/install/kvm/private_mem_lpage_* | sha256sum | cut -c 1-12).tsv
	: >>"$verdicts"
}

# A job is made anew for what is going to be run. A scenario goes with it. A bug that the suite knows of
# is one all the same.
prepare_programs()
{
	programs=("$@")
	prepare_jobs
	: >"$common_job/job/known_bugs_count" || die "cannot write $common_job"
	[ -z "$SCENARIO" ] || cp "$SCENARIO" "$common_job/job/bisect.scenario" || die "cannot write $common_job"
}

select_programs()
{
	chosen=()
	[ -z "$COST" ] || return 0
	if [ -n "$SCENARIO" ]; then
		chosen=("private_mem_lpage_scenario_test /job/bisect.scenario")
		return
	fi
	programs=()
	select_suite_programs
	chosen=("${programs[@]}")
}

# Sub-tests that fail at BAD and pass at GOOD: program and name, into the file pending; a program that
# has not told of a sub-test has failed as a whole. Those with a seed come last: they take the longest.
find_failing()
{
	local kept

	# Of the same ends and programs the answer is kept, as verdicts are.
	kept=$(printf '%s\n' "$good" "$bad" "$TEST" "${SCENARIO:+$(cat "$SCENARIO")}" "${COST:+$COST $THRESHOLD}" | sha256sum)
	kept=$place/failing-${kept:0:12}-${verdicts##*-}
	if [ -f "$kept" ]; then
		cp "$kept" "$results/pending" || die "cannot write in $results"
		return
	fi
	if [ -n "$COST" ]; then
		find_dearer
	else
		compare_ends
		prove_good
	fi
	cp "$results/pending" "$kept.new" && mv "$kept.new" "$kept" || die "cannot write in $place"
}

compare_ends()
{
	prepare_programs "${chosen[@]}"
	run_end bad BAD 'what fails at BAD'
	run_end good GOOD 'what of that passes at GOOD'
	awk -F '\t' '
		function name(text) { sub(/ *#.*/, "", text); return text ~ /^the whole program/ ? "" : text }
		{ program = $1; sub(/__job_.*/, "", program); key = program "\t" name($3) }
		FILENAME == ARGV[1] { if ($2 == "ok" && $3 !~ /# SKIP/) passes[key]; next }
		$2 != "ok" && key in passes {
			if (name($3) != "")
				told[program]
			failing[++n] = key
		}
		END {
			for (i = 1; i <= n; i++) {
				split(failing[i], field, "\t")
				if (field[2] != "" || !(field[1] in told))
					print failing[i]
			}
		}' "$results/good.verdicts" "$results/bad.verdicts" | sort -s -t $'\t' -k 1,1 |
		awk -F '\t' '/_random_test\t/ { last = last $0 "\n"; next } { print } END { printf "%s", last }' \
			>"$results/pending"
}

# run_end good|bad NAME WHAT: all programs, on its own kernel; their verdicts into a file.
run_end()
{
	local folder=$results/ends/$1 name
	name=$(name_of "${!1}")

	begin "$3"
	build "${!1}" || die "$2 $why"
	run_on "$folder" "$name" || die "$2 could not be tried"
	! grep -q $'\tinsmod\t' "$folder/events.tsv" || die "$2: KVM's modules cannot be loaded"
	verdicts_of "$folder" "$name" >"$results/$1.verdicts"
}

# As long as the kernel of GOOD is there: it may take minutes to build it again.
prove_good()
{
	local program name

	begin 'GOOD, again'
	units=()
	while IFS=$'\t' read -r program name <&4; do
		units+=("$(unit_of "$program" "$name")")
	done 4<"$results/pending"
	[ ${#units[@]} = 0 ] || try_units "$good"
}

# verdicts_of FOLDER NAME: of what has run there.
verdicts_of()
{
	local results=$1

	verdicts "$2"
}

# unit_of PROGRAM SUB-TEST: what to run for just this one.
unit_of()
{
	case $1/$2 in
	private_mem_lpage_scenario_test/*) echo "${chosen[0]}" ;;
	private_mem_lpage_cost/*) echo "$1 $2" ;;
	*/) echo "$1" ;;
	*/random.seed_*) echo "$1 -s ${2#random.seed_}" ;;
	*) echo "$1 -r $2" ;;
	esac
}

# ask REVISION WHAT: try it, and say what came of it.
ask()
{
	local begun=$SECONDS

	begin "${2:+$2; }$(revision_line "$1")"
	recall "$1" || {
		try "$1"
		nr_asked=$((nr_asked + 1)) asked_seconds=$((asked_seconds + SECONDS - begun))
	}
	clear_status
	printf '  %-4s  %-22s %4d s  %s\n' "$verdict" "$counted" $((SECONDS - begun)) "$(revision_line "$1")"
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$unit" "$1" "$verdict" "$counted" $((SECONDS - begun)) "$(subject "$1")" \
		>>"$results/steps.tsv"
}

# The commit that broke $unit, into found; not found if its ends are not what they were, or if what
# decides could not be tried.
search_one()
{
	local left

	found=()
	ask "$bad" 'BAD'
	[ "$verdict" = bad ] || return
	ask "$good" 'GOOD'
	[ "$verdict" = good ] || return
	begin_search
	while is_to_go_on; do
		left=$(sed -n 's/^Bisecting: \(.*\)$/\1/p' "$search" | head -n 1)
		revision=$(tree_git rev-parse BISECT_HEAD) || die "git bisect has lost its place in $tree"
		ask "$revision" "$left$(expected "$left")"
		answer "$verdict" "$revision"
	done
	mapfile -t found < <(culprits)
	[ ${#found[@]} != 0 ] || die "git bisect: $(tail -n 1 "$search")"
}

# expected TEXT: how long so many steps will take, as those before did.
expected()
{
	local left=${1##*roughly }

	[ "$nr_asked" = 0 ] || [ "$left" = "$1" ] || echo ", about $((${left%% *} * asked_seconds / nr_asked)) s"
}

# What of all that is pending fails from a commit on, the test that found it first, into the file
# FOLDER/sub-tests.
attribute()
{
	local before program name

	before=$(tree_git rev-parse "$1^")
	begin 'what else fails from this commit on'
	try_all "$1"
	try_all "$before" "$1"
	while IFS=$'\t' read -r program name <&4; do
		unit=$(unit_of "$program" "$name")
		recall "$1" && [ "$verdict" = bad ] && recall "$before" && [ "$verdict" = good ] &&
			printf '%s\t%s\n' "$program" "$name"
	done 4<"$results/pending" >"$2/sub-tests"
	clear_status
	forget "$2/sub-tests"
}

# try_all REVISION [OTHER]: all that is pending, and fails at the OTHER revision, in one go.
try_all()
{
	local program name

	units=()
	while IFS=$'\t' read -r program name <&4; do
		unit=$(unit_of "$program" "$name")
		[ -z "$2" ] || { recall "$2" && [ "$verdict" = bad ]; } || continue
		recall "$1" || units+=("$unit")
	done 4<"$results/pending"
	[ ${#units[@]} = 0 ] || try_units "$1"
}

# forget FILE: what is in there is pending no more.
forget()
{
	grep -vxFf "$1" "$results/pending" >"$results/pending.new"
	mv "$results/pending.new" "$results/pending"
}

# The smallest scenario that shows what $unit sees at a commit, and the level map, into FOLDER.
reproduce()
{
	begin "the smallest scenario for $(revision_line "$1")"
	build "$1" || die "$1 $why"
	REPRODUCER=yes
	prepare_programs "$unit"
	run_on "$2" "$(name_of "$1")"
	REPRODUCER=
	clear_status
	reproducer_in "$2" "$(name_of "$1")" >"$2/reproducer"
}

reproducer_in()
{
	local results=$1 name=$2

	show_reproducer
}

# settle PROGRAM SUB-TEST: find the commit, and say all of it.
settle()
{
	local unit folder=$results/$((nr_found + 1))

	unit=$(unit_of "$1" "$2")
	mkdir -p "$folder" || die "cannot create $folder"
	echo
	echo "${1#private_mem_lpage_}${2:+: $2}"
	[ -n "$COST" ] || prepare_programs "$unit"
	search_one
	printf '%s\t%s\n' "$1" "$2" >"$folder/sub-tests"
	forget "$folder/sub-tests"
	if [ ${#found[@]} != 1 ]; then
		echo "  not settled: $([ ${#found[@]} = 0 ] && echo "the ends are not what they were" ||
			echo "it may be any of ${#found[@]} commits, which could not be tried")"
		unsettled=$((unsettled + 1))
		return
	fi
	settle_commit "${found[0]}" "$1" "$2"
}

# settle_commit COMMIT PROGRAM SUB-TEST
settle_commit()
{
	# What git bisect was not allowed to look at may have done it.
	ask "$(tree_git rev-parse "$1^")" 'the commit before'
	[ "$verdict" = good ] || {
		echo "  not settled: the commit before is $verdict, too; ALL=1 looks at all commits"
		unsettled=$((unsettled + 1))
		return
	}
	nr_found=$((nr_found + 1))
	if [ -n "$COST" ]; then
		tell_cost "$1" "$(tree_git rev-parse "$1^")" >"$folder/reproducer"
	else
		reproduce "$1" "$folder"
	fi
	cp "$folder/sub-tests" "$folder/first"
	attribute "$1" "$folder"
	cat "$folder/first" "$folder/sub-tests" >"$folder/both" && mv "$folder/both" "$folder/sub-tests" &&
		rm "$folder/first" || die "cannot write in $folder"
	mail "$1" "$folder/sub-tests" "$folder" >"$folder/mail" &&
		printf '%s\t%s\t%s\t%s\n' "$nr_found" "$1" "$(tree_git log -1 --format=%ad "$1")" "$(subject "$1")" \
			>>"$results/commits.tsv" || die "cannot write in $results"
	tell "$1" "$folder/sub-tests" "$folder"
	echo "A mail to its author: ${folder#"$top/"}/mail"
}

child='' whole=yes turns='' base='' REPRODUCER=''
rules=() programs=() queue=() units=()
nr_asked=0 asked_seconds=0 nr_found=0 unsettled=0
declare -A classes needed seconds afterwards firsts
trap stop INT TERM HUP
check_options
make_tree
began=$SECONDS
prepare_bad
select_programs
new_results -bisect
search=$results/search
find_failing
clear_status
total_failing=$(wc -l <"$results/pending")
if [ "$total_failing" = 0 ]; then
	conclude "NOTHING: no sub-test fails at BAD that passes at GOOD"
	exit 0
fi
echo "Failing at BAD ($(revision_line "$bad")), passing at GOOD ($(revision_line "$good")): $(plural "$total_failing" sub-test)"
while IFS=$'\t' read -r program name <"$results/pending"; do
	settle "$program" "$name"
done
echo
conclude "FOUND: $(plural "$nr_found" commit) for $(plural "$total_failing" "failing sub-test")$([ $unsettled = 0 ] ||
	echo ", $unsettled not settled"), in $((SECONDS - began)) s; logs in ${results#"$top/"}"
[ $nr_found != 0 ] || exit 2
exit 1
