#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the suite notice known bugs? Each semantic patch in tools/regressions/ (or each semantic or other
# patch in the folder RULES) puts one of them into a copy of KVM; the suite runs on each, and a matrix shows which
# program noticed. Exit status: 0 all are noticed, 1 some are not, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/vm/scheduler.sh"
. "$(dirname "$0")/regressions/lib.sh"

# The functions under the heading PART of tools/mutate/functions, as a regular expression.
functions_of_part()
{
	awk -v part="$PART" '
		$1 == "#" { wanted = NF == 2 && $2 == part; next }
		!/^\t/ { wanted = 0 }
		wanted { printf "%s%s", n++ ? "|" : "", $1 }
		END { exit !n }' "$top/tools/mutate/functions" || die "PART=$PART is no heading in tools/mutate/functions"
}

# in_part RULE: does it name one of the functions?
in_part()
{
	[ -z "$PART" ] || sed '/^\/\//d' "$1" | grep -qwE "$functions"
}

# The rules whose names match the pattern ONLY, in the folder RULES, and which are about PART.
select_rules()
{
	local folder=${RULES:-$top/tools/regressions} file name functions=

	[ -d "$folder" ] || die "RULES=$folder: no such folder"
	[ -z "$PART" ] || functions=$(functions_of_part) || exit
	for file in "$folder"/*.cocci "$folder"/*.patch; do
		[ -e "$file" ] || continue
		name=$(basename "$file" .cocci)
		# shellcheck disable=SC2053 # a pattern
		[[ $name == ${ONLY:-*} ]] && in_part "$file" || continue
		case $name in
		base | base_again) die "a rule must not be called $name" ;;
		*[!A-Za-z0-9_.-]*) die "RULES: $name is not a name of letters, digits, dots, - and _" ;;
		esac
		rules+=("$file")
	done
	[ ${#rules[@]} != 0 ] || die "there is no .cocci or .patch file in $folder${ONLY:+ that matches ONLY=$ONLY}${PART:+ about PART=$PART}"
}

# What the rules say of themselves, for the kernel under test.
read_headers()
{
	local file name

	for file in "${rules[@]}"; do
		name=$(basename "$file" .cocci)
		classes[$name]=$(class "$file")
		needed[$name]=$(needs "$file")
		! grep -q '^// Afterwards: reboot' "$file" || afterwards[$name]=reboot
		firsts[$name]=$(sed -n 's,^// First: ,,p' "$file")
		[ -z "${firsts[$name]}" ] || check_first "$file" "${firsts[$name]%% *}"
	done
}

# check_first FILE WORD: is there such a program?
check_first()
{
	[[ " ${suite_programs[*]} " == *" private_mem_lpage_$2_test "* ]] ||
		die "$1:$(grep -n -m 1 '^// First: ' "$1" | cut -d : -f 1): no program private_mem_lpage_$2_test"
}

select_programs()
{
	if [ -n "$SUITE" ]; then
		programs=("${upstream_series_programs[@]}")
		return
	fi
	select_suite_programs
	[ -z "$UPSTREAM" ] || programs+=("${upstream_programs[@]}")
}

# What to try, after and before the kernel as it is; the rest is left out with a reason.
make_queue()
{
	local file name limit=${LIMIT:-$((12 * slow_machine_factor))}

	[ -z "$FULL" ] || limit=0
	classes[base]=BASE classes[base_again]=BASE
	seconds[base]=0 seconds[base_again]=$((300 * slow_machine_factor))
	queue=(base)
	for file in "${rules[@]}"; do
		name=$(basename "$file" .cocci)
		seconds[$name]=$limit
		# Nothing is expected to notice these: a sixth of the time must do.
		[ "${classes[$name]}" != EQUIVALENT ] || seconds[$name]=$(((limit + 5) / 6))
		if [ -n "$(lacks "$file")" ]; then
			printf '%s\t-\tneeds\t0\t%s\tneeds %s\n' "$name" "${classes[$name]}" "$(lacks "$file")"
		elif [ -e "$modules/$name.why" ]; then
			printf '%s\t-\tunbuilt\t0\t%s\t%s\n' "$name" "${classes[$name]}" \
				"$(cat "$modules/$name.why")"
		else
			queue+=("$name")
		fi
	done >"$results/left_out.tsv"
}

# in_doubt late|missed: the bugs that nothing has noticed in its time, or at all, into the queue.
in_doubt()
{
	local name

	queue=()
	while IFS= read -r name; do
		queue+=("$name")
		seconds[$name]=$((300 * slow_machine_factor))
	done < <(awk -F '\t' -v wanted="$1" '
		FILENAME == ARGV[1] { needs[$1] = $2; next }
		{ class[$1] = $5 }
		$3 == "caught" || $3 == "failed" { seen[$1] = 1 }
		$3 == "late" { late[$1] = 1 }
		END {
			for (n in class)
				if (!seen[n] && class[n] !~ /^(BASE|EQUIVALENT)$/ && needs[n] == "" && late[n] == (wanted == "late"))
					print n
		}' "$results/rules.tsv" "$results/events.tsv" | sort)
}

# In a VM of one thread CPUs meet in few places: what nothing has noticed there is tried again by the
# programs about races.
try_races()
{
	local all=("${programs[@]}") program

	[ "$ACCEL" = tcg ] || return 0
	in_doubt missed
	programs=()
	for program in "${all[@]}"; do
		! needs_threads "$program" || programs+=("$program")
	done
	[ ${#queue[@]} = 0 ] || [ ${#programs[@]} = 0 ] || TCG_THREAD=multi run_queue
	programs=("${all[@]}")
}

# Whatever nothing has noticed in its time gets all the time there is: it may be the machine that
# is slow.
make_second_queue()
{
	local name

	in_doubt late
	[ ${#queue[@]} = 0 ] || say "more time for ${queue[*]}"
	for name in "${queue[@]}"; do
		sed -i "/^$name\t/d" "$results/events.tsv"
	done
	queue+=(base_again)
}

child='' whole='' turns=''
rules=() programs=() queue=()
declare -A classes needed seconds afterwards firsts
trap stop INT TERM HUP
case $SUITE in '' | upstream_series) ;; *) die "SUITE=$SUITE is not upstream_series" ;; esac
[ -z "$SUITE" ] || [ -z "$UPSTREAM$TEST$REPRODUCER" ] || die "SUITE= says which programs run: not with UPSTREAM=, TEST= or REPRODUCER="
case ${LIMIT:-1} in *[!0-9]* | 0*) die "LIMIT=$LIMIT is not a number of seconds" ;; esac
select_rules
begin=$SECONDS
prepare coccinelle patch
read_headers
select_programs
new_results ''
prepared=$SECONDS
build_modules
prepare_jobs
built=$SECONDS
for file in "${rules[@]}"; do
	printf '%s\t%s\n' "$(basename "$file" .cocci)" "$(lacks "$file")"
done >"$results/rules.tsv"
make_queue
TCG_THREAD=single run_queue
try_races
make_second_queue
TCG_THREAD=multi run_queue
cat "$results/left_out.tsv" >>"$results/events.tsv"
# How small a bug's saved scenario is; the random test saves some even if that was not asked for.
for file in "${rules[@]}"; do
	name=$(basename "$file" .cocci)
	scenario=$(smallest_scenario "$name")
	[ -z "$scenario" ] || printf '%s\t%s\n' "$name" "$(steps "$scenario")"
done >"$results/steps.tsv"
awk -v full="$FULL" -v reproducer="$REPRODUCER" -v programs="$(printf '%s\n' "${programs[@]}" 'unloading KVM')" -v tsv="$results/regressions.tsv" \
	-f "$top/tools/regressions/matrix.awk" "$results/rules.tsv" "$results/steps.tsv" \
	"$results/events.tsv" | tee "$results/table"
status=${PIPESTATUS[0]}
say "prepared in $((prepared - begin)) s, built in $((built - prepared)) s, run in $((SECONDS - built)) s"
[ "$status" = 0 ] && word=PASS || word=FAIL
make_report "$word: kernel $release: $(grep -m 1 '^[0-9]* bugs: ' "$results/table")"
say "logs in results/${results##*/}"
exit "$status"
