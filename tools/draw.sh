#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Draw the scenario in the file SCENARIO: memslots, attributes and leaves after each step, as the model
# has them. Into the file OUT, whose name ends with .svg or .png, else results/NAME.svg.

. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/scenario.sh"

check_scenario
name=$(basename "$SCENARIO" .scenario)
: "${OUT:=$top/results/$name.svg}"
case $OUT in
*.svg) ;;
*.png) leashed "$top/tools/deps.sh" librsvg2-bin || exit ;;
*) die "OUT=$OUT does not end with .svg or .png" ;;
esac
tmp=$(mktemp -d) || die "no room for temporary files"
trap 'rm -rf "$tmp"' EXIT
"$lpage" film "$SCENARIO" >"$tmp/film" && /usr/bin/python3 -B "$top/tools/report/draw.py" <"$tmp/film" >"$tmp/svg" ||
	die "cannot draw $SCENARIO"
[[ $OUT = *.svg ]] || { rsvg-convert --zoom 2 "$tmp/svg" >"$tmp/png" || die "cannot make a PNG of $SCENARIO"; }
mkdir -p "$(dirname "$OUT")" && cp "$tmp/${OUT##*.}" "$OUT" || die "cannot write $OUT"
echo "$OUT"
