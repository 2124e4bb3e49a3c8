#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: check.sh PART...
# Run the parts of the check: unit, style, graft, suite, bare. The last line counts all of their results.

. "$(dirname "$0")/lib.sh"

# Add up the results of a TAP stream, or of what prove makes of one.  Shown is what failed, with the
# comments before it; V=1: all.
count()
{
	local line n comments=''

	while IFS= read -r line; do
		[ -z "$V" ] || printf '%s\n' "$line"
		case $line in
		'#'*) comments+=$line$'\n' ;;
		'not ok '*)
			failed=$((failed + 1))
			show_failure "$comments$line"
			comments=
			;;
		'ok '*)
			case $line in *'# SKIP'* | *'# skip'*) skipped=$((skipped + 1)) ;; *) passed=$((passed + 1)) ;; esac
			comments=
			;;
		'Bail out!'*)
			failed=$((failed + 1))
			show_failure "$comments$line"
			;;
		# prove adds up a stream itself.
		Files=*Tests=*)
			n=${line#*Tests=}
			passed=$((passed + ${n%%,*}))
			;;
		*Failed\ */*\ subtests*)
			n=${line##*Failed }
			passed=$((passed - ${n%%/*}))
			failed=$((failed + ${n%%/*}))
			show_failure "$line"
			;;
		*' ok' | *' ms'* | '['*']' | 'All tests '* | Result:* | 'TAP version '* | 1..*) ;;
		*) show_failure "$line" ;;
		esac
	done
}

show_failure()
{
	[ -n "$V" ] || [ -z "${1//[[:space:]]/}" ] || printf '%s\n' "$1"
}

# A part that ends badly without having said `not ok` has failed all the same.
check_tap()
{
	local before=$failed what=$1 p=$passed f=$failed s=$skipped begin=$SECONDS
	shift

	exec {tap}< <(exec setpriv --pdeathsig TERM -- "$@" 2>&1)
	count <&"$tap"
	exec {tap}<&-
	wait $! || [ "$failed" != "$before" ] || {
		echo "not ok $what did not run to its end"
		failed=$((failed + 1))
	}
	echo "$what: $((passed - p)) passed, $((failed - f)) failed, $((skipped - s)) skipped, $((SECONDS - begin)) s"
}

check_unit()
{
	[ -d "$top/lib/tests" ] || return 0
	KSRC=$src check_tap 'unit tests' make -s --no-print-directory -C "$top/lib/tests" check
	KSRC=$src check_tap 'tracker tests' make -s --no-print-directory -C "$top/tools/lpage" check
	leashed "$top/tools/deps.sh" python3-clang python3-jinja2 patch || exit
	check_tap 'tests of the mutants' /usr/bin/python3 -B "$top/tools/mutate/test.py"
	check_tap 'tests of pictures and reports' /usr/bin/python3 -B "$top/tools/report/test.py"
	check_tap 'tests of the job' "$top/tools/vm/test.sh"
	check_tap 'tests of bisect' "$top/tools/bisect/test.sh"
}

check_style()
{
	leashed "$top/tools/deps.sh" pyflakes3 || exit
	KSRC=$src check_tap 'style checks' "$top/tools/style.sh"
}

check_graft()
{
	leashed "$top/tools/deps.sh" git || exit
	KSRC=$src check_tap 'graft checks' "$top/tools/graft/check.sh"
}

check_bare()
{
	check_tap 'bare system' "$top/tools/fresh.sh" short
}

# The suite shows its own table; its status tells "failed" from "could not run".
check_suite()
{
	local p f s status

	new_results ''
	RESULTS=$results leashed "$top/tools/run.sh"
	status=$?
	[ $status -lt 2 ] || exit $status
	read -r p f s < <(awk -F '\t' '{ p += $3; f += $4; s += $5 } END { print p, f, s }' "$results/summary.tsv")
	# It may be nobody's failure in particular: what KVM has not given back.
	[ $status = 0 ] || [ "$f" != 0 ] || f=1
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
}

passed=0 failed=0 skipped=0
leashed "$top/tools/deps.sh" || exit
leashed "$top/tools/source.sh" || exit
locate
for part; do
	"check_$part"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
