# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of the scripts that source this
# COST='CASE SIZE FIGURE' in place of tests: a revision is bad if that figure of private_mem_lpage_cost is
# nearer to what BAD has than to what GOOD has, as ratios go. Sourced by tools/bisect.sh.

check_cost()
{
	[ -n "$COST" ] || return 0
	[[ $COST =~ ^([a-zA-Z0-9_]+)\ ([0-9]{1,5}[KMGT])\ ([a-zA-Z0-9_]+)$ ]] ||
		die "COST=$COST is not a case, a size and a figure, such as 'recount 1G to_private'"
	cost_case=${BASH_REMATCH[1]} cost_size=${BASH_REMATCH[2]} cost_figure=${BASH_REMATCH[3]}
	[ -z "$TEST$SCENARIO" ] || die 'COST= takes the place of TEST= and SCENARIO='
	: "${THRESHOLD:=1.05}"
	check_cost_options
}

# measure REVISION: the figure into measured, with its unit; the module is built.
measure()
{
	local name folder
	name=$(name_of "$1")
	folder=$results/steps/$name

	rm -rf "$folder"
	job_on "$name" "$folder/a.vm/job/job"
	MEM=${MEM}M ARGS="-c $cost_case -s $cost_size" leashed "$top/tools/cost/side.sh" run a "$folder" || return
	awk -v a="$name" -v tsv="$folder/cost.tsv" -f "$top/tools/cost/table.awk" "$folder/a" >"$folder/cost.txt"
	measured=$(awk -F '\t' -v figure="$cost_figure" '
		$3 == figure { print $5, $4; found = 1 }
		END { exit !found }' "$folder/cost.tsv") ||
		die "COST=$COST: there is no such figure, see ${folder#"$top/"}/cost.txt"
}

# Is it dearer at BAD? Into the file pending, what decides then: the figure, and from where on it is bad.
find_dearer()
{
	local cost_good cost_bad unit verdict counted

	begin "$COST at GOOD and at BAD"
	build "$bad" || die "BAD $why"
	measure "$bad" || die "BAD could not be measured"
	cost_bad=$measured
	build "$good" || die "GOOD $why"
	measure "$good" || die "GOOD could not be measured"
	cost_good=$measured
	clear_status
	echo "$COST: $cost_good at GOOD, $cost_bad at BAD"
	awk -v good="${cost_good% *}" -v bad="${cost_bad% *}" -v threshold="$THRESHOLD" -v what="$COST" '
		BEGIN { if (bad > good * threshold)
			printf "private_mem_lpage_cost\t%s above %.0f\n", what, sqrt(good * bad) }' >"$results/pending" ||
		die "cannot write in $results"
	[ -s "$results/pending" ] || return 0
	unit=$(tr '\t' ' ' <"$results/pending")
	verdict=good counted=$cost_good
	remember "$good"
	verdict=bad counted=$cost_bad
	remember "$bad"
}

# judge_cost REVISION: what is counted does not change from one time to the next, so once is enough.
judge_cost()
{
	local figure

	verdict=skip counted='could not be measured'
	measure "$1" || return
	figure=${measured% *} counted=$measured
	[ "$figure" -gt "${unit##* }" ] && verdict=bad || verdict=good
}

# tell_cost COMMIT BEFORE: both figures.
tell_cost()
{
	local verdict counted

	recall "$2"
	echo "$COST, before: $counted"
	recall "$1"
	echo "since then: $counted"
}
