#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Does the suite notice known bugs? Each semantic patch in tools/regressions/ (or in the folder
# RULES) puts one of them into a copy of KVM; the suite runs on each, and a matrix shows which
# program noticed. Exit status: 0 all are noticed, 1 some are not, 2 could not run.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/regressions/lib.sh"

end_with_parent "$@"

# The rules whose names match the pattern ONLY, in the folder RULES.
select_rules()
{
	local folder=${RULES:-$top/tools/regressions} file name

	[ -d "$folder" ] || die "RULES=$folder: no such folder"
	for file in "$folder"/*.cocci; do
		[ -e "$file" ] || die "there is no .cocci file in $folder"
		name=$(basename "$file" .cocci)
		# shellcheck disable=SC2053 # a pattern
		[[ $name == ${ONLY:-*} ]] || continue
		case $name in base | base_again) die "a rule must not be called $name" ;; esac
		rules+=("$file")
		classes[$name]=$(class "$file")
	done
	[ ${#rules[@]} != 0 ] || die "no rule in $folder matches ONLY=$ONLY"
}

select_programs()
{
	local program

	for program in "${suite_programs[@]}"; do
		[ ! -e "$work/install/kvm/$program" ] || programs+=("$program")
	done
	[ -z "$UPSTREAM" ] || programs+=("${upstream_programs[@]}")
}

# A rule that upstream's programs are to see must be tried by all of them.
make_queue()
{
	local file name limit=${LIMIT:-12}

	[ -z "$REPRODUCER" ] || limit=90
	[ -z "$FULL$UPSTREAM" ] || limit=0
	classes[base]=BASE classes[base_again]=BASE
	seconds[base]=0 seconds[base_again]=$limit
	queue=(base)
	for file in "${rules[@]}"; do
		name=$(basename "$file" .cocci)
		seconds[$name]=$limit
		if [ -e "$modules/$name.why" ]; then
			printf '%s\t-\tunbuilt\t0\t%s\t%s\n' "$name" "${classes[$name]}" \
				"$(cat "$modules/$name.why")"
		elif [ "$(needs "$file")" = failslab ] && [ "$limit" != 0 ]; then
			printf '%s\t-\tneeds\t0\t%s\tneeds a kernel with fault injection (FAILSLAB)\n' "$name" \
				"${classes[$name]}"
		else
			queue+=("$name")
		fi
	done >"$results/left_out.tsv"
	queue+=(base_again)
}

child='' vm=''
rules=() programs=() queue=()
declare -A classes seconds
trap stop INT TERM HUP
case ${LIMIT:-1} in *[!0-9]* | 0*) die "LIMIT=$LIMIT is not a number of seconds" ;; esac
select_rules
begin=$SECONDS
prepare
select_programs
make_results
prepared=$SECONDS
build_modules
built=$SECONDS
make_queue
run_queue
cat "$results/left_out.tsv" >>"$results/events.tsv"
for file in "${rules[@]}"; do
	printf '%s\t%s\n' "$(basename "$file" .cocci)" "$(needs "$file")"
done >"$results/rules.tsv"
awk -v programs="$(printf '%s\n' "${programs[@]}")" -v tsv="$results/regressions.tsv" \
	-f "$top/tools/regressions/matrix.awk" "$results/rules.tsv" "$results/events.tsv"
status=$?
say "prepared in $((prepared - begin)) s, built in $((built - prepared)) s, run in $((SECONDS - built)) s"
say "logs in results/${results##*/}"
exit $status
