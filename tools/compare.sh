#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What changed from one run to another, as text and as a page in results/? A and B are folders of
# results, such as results/latest: shown are the sub-tests whose verdicts differ, then the programs'
# durations. Sub-tests are compared by name, for their numbers depend on the release. Exit status: 0
# no verdict changed, 1 some did, 2 bad input.

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

# Program, sub-test and its verdict in either for each that differs, separated by tabs.
compare_verdicts()
{
	awk -F '\t' '
		function text(verdict, reason) { return verdict (reason ? " (" reason ")" : "") }
		function differ(a, b) {
			split(key, name, "\t")
			printf "%s\t%s\t%s\t%s\n", name[1], name[2], a, b
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
		}' "$1" "$2"
}

show_verdicts()
{
	awk -F '\t' '{ printf "  %s %s: %s -> %s\n", $1, $2, $3, $4 } END { if (!NR) print "  no change" }' "$1"
}

# Program and its seconds in either, separated by tabs.
compare_seconds()
{
	awk -F '\t' '
		FILENAME == ARGV[1] { a[$1] = $2; order[++n] = $1; next }
		{ b[$1] = $2 }
		!($1 in a) { order[++n] = $1 }
		END {
			for (i = 1; i <= n; i++) {
				p = order[i]
				printf "%s\t%s\t%s\n", p, p in a ? a[p] : "-", p in b ? b[p] : "-"
			}
		}' "$1" "$2"
}

show_seconds()
{
	printf '%-45s %8s %8s %8s\n' program A B change
	awk -F '\t' '{
		printf "%-45s %8s %8s", $1, $2, $3
		if ($2 != "-" && $3 != "-")
			printf " %+8.1f", $3 - $2
		print ""
	}' "$1"
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
new_folder -compare
compare_verdicts "$tmp/A.verdicts" "$tmp/B.verdicts" >"$results/differences.tsv" &&
	compare_seconds "$tmp/A.seconds" "$tmp/B.seconds" >"$results/seconds.tsv" &&
	printf 'A\t%s\nB\t%s\n' "$(realpath "$A")" "$(realpath "$B")" >"$results/compared.tsv" ||
	die "cannot compare, or write in $results"
echo "Verdicts, from A=$A to B=$B:"
show_verdicts "$results/differences.tsv"
echo
echo "Seconds:"
show_seconds "$results/seconds.tsv"
changed=$(wc -l <"$results/differences.tsv")
[ "$changed" = 0 ] && word=SAME || word=DIFFERS
make_report "$word: $(plural "$changed" verdict) changed from $A to $B"
[ "$changed" = 0 ]
