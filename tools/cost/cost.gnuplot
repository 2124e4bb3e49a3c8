# SPDX-License-Identifier: GPL-2.0-only
# Usage: gnuplot -e "format='svg'; plot_file=...; results='cost.tsv'; a=...; b=..." cost.gnuplot

if (format eq 'svg') {
	set terminal svg size 1200,480 dynamic noenhanced font "sans-serif,12" background "white"
} else {
	set terminal pngcairo size 1200,480 noenhanced font "sans-serif,10"
}
set output plot_file
set datafile separator tab
set logscale xy
set grid
set key top right Left reverse
set format y "10^%T"
set xlabel "size of the conversion"
set xtics ("4K" 2**12, "32K" 2**15, "256K" 2**18, "2M" 2**21, "32M" 2**25, "1G" 2**30, "64G" 2**36, "1T" 2**40)
set ylabel system(sprintf("awk -F '\\t' 'NR == 2 { print $4 }' %s", results)) . " a page"

# These are conversions of single pages.
cases = system(sprintf("awk -F '\\t' 'NR > 1 && $1 != \"storm\" && $1 != \"page\" && !seen[$1]++ { print $1 }' %s", results))
pick(name, figure) = \
	sprintf("< awk -F '\\t' '$1 == \"%s\" && $3 == \"%s\"' %s", name, figure, results)

a_page(size, value) = value * 4096.0 / size

set multiplot layout 1,2
do for [figure in "to_private to_shared"] {
	set title sprintf("%s: %s%s", figure, a, b eq "" ? "" : " (dashed: " . b . ")")
	if (b eq "") {
		plot for [i=1:words(cases)] pick(word(cases, i), figure) \
			using 2:(a_page($2, $5)) with linespoints lw 2 lc i pt i title word(cases, i)
	} else {
		plot for [i=1:words(cases)] pick(word(cases, i), figure) \
			using 2:(a_page($2, $5)) with linespoints lw 2 lc i pt i title word(cases, i), \
			for [i=1:words(cases)] pick(word(cases, i), figure) \
			using 2:(a_page($2, $6)) with linespoints lw 2 dt 2 lc i pt i notitle
	}
}
unset multiplot
