#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What changed from one run to another? A and B are folders of results, such as results/latest: shown
# are the sub-tests whose verdicts differ, then the programs' durations. Sub-tests are compared by
# name, for their numbers depend on the release. Exit status: 0 no verdict changed, 1 some did, 2 bad
# input.

. "$(dirname "$0")/lib.sh"

check_folder()
{
	local plan results

	[ -n "$2" ] || die "say A=folder and B=folder, two folders of results"
	[ -d "$2" ] || die "$1=$2: no such folder"
	[ -f "$2/ktap.log" ] || die "$1=$2 has no ktap.log: not the results of a run"
	plan=$(sed -n 's/^1\.\.//p' "$2/ktap.log" | head -n 1)
	results=$(grep -cE '^(not )?ok [0-9]+ ' "$2/ktap.log")
	[ "$plan" = "$results" ] || die "$1=$2/ktap.log ends early: ${results} of ${plan:-?} programs"
}

verdicts()
{
	awk -f "$top/tools/results/verdicts.awk" "$1/ktap.log"
}

seconds()
{
	awk -f "$top/tools/table.awk" "$1/ktap.log" | cut -f 1,6
}

# Print the differences; true if there is none.
compare_verdicts()
{
	awk -F '\t' '
		function text(verdict, reason) { return verdict (reason ? " (" reason ")" : "") }
		function differ(a, b) {
			split(key, name, "\t")
			printf "  %s %s: %s -> %s\n", name[1], name[2], a, b
			n++
		}
		{ key = $1 "\t" $2 }
		FILENAME == ARGV[1] { a[key] = $3; a_text[key] = text($3, $4); order[++last] = key; next }
		{
			b[key]
			if (!(key in a))
				differ("not run", text($3, $4))
			else if (a[key] != $3)
				differ(a_text[key], text($3, $4))
		}
		END {
			for (i = 1; i <= last; i++) {
				key = order[i]
				if (!(key in b))
					differ(a_text[key], "not run")
			}
			if (!n)
				print "  no change"
			exit n > 0
		}' "$1" "$2"
}

compare_seconds()
{
	printf '%-45s %8s %8s %8s\n' program A B change
	awk -F '\t' '
		FILENAME == ARGV[1] { a[$1] = $2; order[++n] = $1; next }
		{ b[$1] = $2 }
		!($1 in a) { order[++n] = $1 }
		END {
			for (i = 1; i <= n; i++) {
				p = order[i]
				printf "%-45s %8s %8s", p, p in a ? a[p] : "-", p in b ? b[p] : "-"
				if (p in a && p in b)
					printf " %+8.1f", b[p] - a[p]
				print ""
			}
		}' "$1" "$2"
}

check_folder A "$A"
check_folder B "$B"
tmp=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$tmp"' EXIT
for run in A B; do
	verdicts "${!run}" >"$tmp/$run.verdicts" && seconds "${!run}" >"$tmp/$run.seconds" ||
		die "cannot read $run=${!run}"
	[ -s "$tmp/$run.verdicts" ] || die "$run=${!run} has no results"
done
echo "Verdicts, from A=$A to B=$B:"
compare_verdicts "$tmp/A.verdicts" "$tmp/B.verdicts"
changed=$?
echo
echo "Seconds:"
compare_seconds "$tmp/A.seconds" "$tmp/B.seconds"
[ $changed -le 1 ] || die "cannot compare"
exit $changed
