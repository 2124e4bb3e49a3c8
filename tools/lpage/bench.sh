#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: bench.sh PROGRAM DIR
# Measure what an update costs: DIR/trackers.tsv, its tables .txt, a plot .svg.

set -e
here=$(dirname "$0")
out=$2/trackers
mkdir -p "$2"

"$1" > "$out.tsv"
awk -f "$here/bench.awk" "$out.tsv" > "$out.txt"
cat "$out.txt"
if ! command -v gnuplot > /dev/null; then
	echo "bench: there is no gnuplot, so there is no plot" >&2
	exit
fi
gnuplot -e "results='$out.tsv'; plot_file='$out.svg'" "$here/bench.gnuplot"
echo
echo "$out.svg"
