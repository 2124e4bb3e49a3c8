# SPDX-License-Identifier: GPL-2.0-only
# Usage: gnuplot -e "results='bench.tsv'; plot_file='bench.svg'" bench.gnuplot

set terminal svg size 1200,480 dynamic enhanced font "sans-serif,12" background "white"
set output plot_file
set datafile separator tab
set logscale xy
set grid
set key bottom left Left reverse
set format y "10^{%T}"
set yrange [0.4:5e6]
set ylabel "entries examined, there and back"

trackers = "v8-corrected refined-corrected updated-corrected merged example"
names = "v8 refined updated merged example"

# A cost of 0 has no place on a logarithmic axis.
cost(private, shared) = private + shared < 0.5 ? 0.5 : private + shared
pick(tracker, fixed, value) = \
	sprintf("< awk -F '\\t' '$1 == \"%s\" && $2 == \"uniform\" && $%d == %s' %s", \
		tracker, fixed, value, results)

set multiplot layout 1,2
set title "One page in uniform memory: the address space does not matter"
set xlabel "address space"
set xtics ("1G" 2**30, "4G" 2**32, "16G" 2**34, "64G" 2**36, "256G" 2**38, "1T" 2**40, "4T" 2**42)
plot for [i=1:words(trackers)] pick(word(trackers, i), 4, "4096") \
	using 3:(cost($5, $7)) with linespoints lw 2 pt i title word(names, i)

set title "Uniform memory of 4T: the size of the conversion (0 drawn as 0.5)"
set xlabel "conversion, aligned to its size"
set xtics ("4K" 2**12, "2M" 2**21, "64M" 2**26, "1G" 2**30)
plot for [i=1:words(trackers)] pick(word(trackers, i), 3, "4398046511104") \
	using 4:(cost($5, $7)) with linespoints lw 2 pt i title word(names, i)
unset multiplot
