#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: export.sh RESULTS SOURCE
# Make the results of a run in the folder RESULTS readable for machines: nested.ktap, results.json and
# junit.xml, by kunit.py of the kernel tree SOURCE and by prove. Both must count the sub-tests as the
# table of the run, summary.tsv, does. Exit status: 0, or 2 if they do not. What is not installed is
# named and left out.

. "$(dirname "$0")/../lib.sh"

results=$1
kunit=$2/tools/testing/kunit/kunit.py

nest()
{
	rm -rf "$results/tap"
	mkdir -p "$results/tap" &&
		awk -v tap="$results/tap" -f "$top/tools/results/nest.awk" "$results/ktap.log" >"$results/nested.ktap" ||
		die "cannot write in $results"
}

# Passed, failed and skipped, as counted by the table.
table_counts()
{
	awk -F '\t' '{ p += $3; f += $4; s += $5 } END { print p + 0, f + 0, s + 0 }' "$results/summary.tsv"
}

# kunit.py's own exit status says only whether a test failed. It must leave nothing in the tree.
run_kunit()
{
	local options=(--json="$results/results.json")

	rm -f "$results"/{results.json,junit.xml}
	! grep -q -e "'--junit'" "$kunit" || options+=(--junit="$results/junit.xml")
	PYTHONDONTWRITEBYTECODE=1 python3 "$kunit" parse "${options[@]}" "$results/nested.ktap" \
		</dev/null >"$results/kunit.log" 2>&1
	[ -s "$results/results.json" ] || {
		tail -n 5 "$results/kunit.log" >&2
		die "kunit.py cannot read $results/nested.ktap"
	}
	rm -f "$results/kunit.log"
}

# An error is something that is wrong with the KTAP itself: 6.12's kunit.py does not tell of these.
kunit_counts()
{
	python3 -c '
import json, sys

def statuses(group):
    yield from (case["status"] for case in group["test_cases"])
    for sub_group in group["sub_groups"]:
        yield from statuses(sub_group)

group = json.load(open(sys.argv[1]))
found = list(statuses(group))
errors = group.get("misc", {}).get("errors")
print(found.count("PASS"), found.count("FAIL") + found.count("ERROR"), found.count("SKIP"),
      *(["and errors"] if errors else []))
' "$results/results.json"
}

# prove names each skipped sub-test if asked to, and says for each program how many failed.
prove_counts()
{
	(cd "$results/tap" && prove --directives --nocolor --exec cat ./*) 2>/dev/null </dev/null | awk '
		/^ok [0-9]+ .*# SKIP/ { skipped++ }
		/^Failed [0-9]+\/[0-9]+ subtests/ { split($2, part, "/"); failed += part[1] }
		/^Files=/ { sub(/.*Tests=/, ""); total = $0 + 0 }
		END { print total - failed - skipped, failed + 0, skipped + 0 }'
}

junit_by_prove()
{
	(cd "$results/tap" && prove --formatter TAP::Formatter::JUnit --exec cat ./*) \
		</dev/null >"$results/junit.xml" 2>/dev/null
	[ -s "$results/junit.xml" ] || die "prove cannot write $results/junit.xml"
}

# check_counts WHO COUNTS
check_counts()
{
	[ "$2" = "$(table_counts)" ] ||
		die "$1 counts $2 (passed, failed, skipped) in $results, the table $(table_counts)"
}

# Two sub-tests of one name could not be told apart by whoever reads the results.
check_names()
{
	local twice

	twice=$(awk -f "$top/tools/results/verdicts.awk" "$results/ktap.log" | cut -f 1,2 | sort | uniq -d | head -n 1)
	[ -z "$twice" ] || die "two sub-tests have the name ${twice//$'\t'/: }"
}

nest
check_names
check_counts prove "$(prove_counts)"
if ! command -v python3 >/dev/null; then
	say "no results.json: python3 is missing"
elif [ ! -f "$kunit" ]; then
	say "no results.json: this kernel tree has no kunit.py"
else
	run_kunit
	check_counts kunit.py "$(kunit_counts)"
fi
if [ -s "$results/junit.xml" ]; then
	:
elif perl -MTAP::Formatter::JUnit -e 1 2>/dev/null; then
	junit_by_prove
else
	say "no junit.xml: kunit.py cannot write it here, and libtap-formatter-junit-perl is not installed"
fi
