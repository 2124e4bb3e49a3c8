# SPDX-License-Identifier: GPL-2.0-only
# Tables and conclusions from what the bench measured, see bench.c.

BEGIN {
	FS = "\t"
	nr_patterns = split("uniform alternating random", patterns, " ")
	page = 4096
}

/^#/ { next }

{
	if (!($1 in known)) {
		known[$1]
		trackers[++nr_trackers] = $1
	}
	if (!($3 in space_known)) {
		space_known[$3]
		spaces[++nr_spaces] = $3
	}
	if (!($4 in size_known)) {
		size_known[$4]
		sizes[++nr_sizes] = $4
	}
	key = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	entries_private[key] = $5
	ns_private[key] = $6
	entries_shared[key] = $7
	ns_shared[key] = $8
}

function human(bytes,    unit)
{
	unit = 1
	while (bytes >= 1024 && unit < 5) {
		bytes /= 1024
		unit++
	}
	return bytes substr("BKMGT", unit, 1)
}

function growth_table(pattern,    i, j, key)
{
	printf "\nOne page in %s memory: entries examined to make it private / shared, by address space\n",
		pattern
	printf "%-18s", ""
	for (j = 1; j <= nr_spaces; j++)
		printf " %16s", human(spaces[j])
	print ""
	for (i = 1; i <= nr_trackers; i++) {
		printf "%-18s", trackers[i]
		for (j = 1; j <= nr_spaces; j++) {
			key = trackers[i] SUBSEP pattern SUBSEP spaces[j] SUBSEP page
			printf " %16s", sprintf("%.1f / %.1f", entries_private[key], entries_shared[key])
		}
		print ""
	}
}

function cost_table(pattern,    i, j, key)
{
	printf "\n%s memory, %s: entries examined and ns per update, to private / to shared\n",
		pattern, human(largest)
	printf "%-18s", ""
	for (j = 1; j <= nr_sizes; j++)
		printf " %40s", human(sizes[j])
	print ""
	for (i = 1; i <= nr_trackers; i++) {
		printf "%-18s", trackers[i]
		for (j = 1; j <= nr_sizes; j++) {
			key = trackers[i] SUBSEP pattern SUBSEP largest SUBSEP sizes[j]
			printf " %40s", sprintf("%.0f / %.0f, %.0f / %.0f ns", entries_private[key],
						entries_shared[key], ns_private[key], ns_shared[key])
		}
		print ""
	}
}

# Entries of one page made private and shared again in uniform memory.
function there_and_back(tracker, space,    key)
{
	key = tracker SUBSEP "uniform" SUBSEP space SUBSEP page
	return entries_private[key] + entries_shared[key]
}

function back(tracker)
{
	return entries_shared[tracker SUBSEP "uniform" SUBSEP largest SUBSEP page]
}

function there(tracker)
{
	return entries_private[tracker SUBSEP "uniform" SUBSEP largest SUBSEP page]
}

# The largest cost of one page in any address space over that in the smallest one.
function growth(tracker, pattern,    worst, j, key, first, ratio)
{
	key = tracker SUBSEP pattern SUBSEP spaces[1] SUBSEP page
	first = entries_private[key] + entries_shared[key]
	for (j = 1; j <= nr_spaces; j++) {
		key = tracker SUBSEP pattern SUBSEP spaces[j] SUBSEP page
		ratio = (entries_private[key] + entries_shared[key]) / first
		if (ratio > worst)
			worst = ratio
	}
	return worst
}

function growth_lines(    i, j)
{
	printf "\nEntries for one page, there and back, in the worst address space of %s to %s over those in %s\n",
		human(spaces[1]), human(largest), human(spaces[1])
	print "(random memory has other bits in each space, hence the noise):"
	for (i = 1; i <= nr_trackers; i++) {
		if (trackers[i] ~ /posted/)
			continue
		printf "  %-18s", trackers[i]
		for (j = 1; j <= nr_patterns; j++)
			printf "  %s %.2f", patterns[j], growth(trackers[i], patterns[j])
		print ""
	}
}

function conclude()
{
	printf "\nThe thread's proposals save: one page that makes a 1G hugepage uniform again costs"
	printf " v8 %d entries,\nrefined %d, updated %d (%.0f times fewer than v8), merged %d (%.0f times fewer).\n",
		back("v8-corrected"), back("refined-corrected"), back("updated-corrected"),
		back("v8-corrected") / back("updated-corrected"), back("merged"),
		back("v8-corrected") / back("merged")
	printf "\nThe opposite, a page that makes it mixed: v8 %.0f, refined %.0f, updated %.0f, merged %.0f.  v8 knows what\n",
		there("v8-corrected"), there("refined-corrected"), there("updated-corrected"), there("merged")
	printf "was set and stops at the first page that differs; updated does not know it and looks up to the\n"
	printf "page. There and back: updated %.0f times fewer than v8, merged %.0f times.\n",
		there_and_back("v8-corrected", largest) / there_and_back("updated-corrected", largest),
		there_and_back("v8-corrected", largest) / there_and_back("merged", largest)
	growth_lines()
}

END {
	largest = spaces[nr_spaces]
	print "Places are random, ranges aligned to their size, attributes computed by a function, not stored: ns are"
	print "the tracker's own work, repeated with warm caches, without the cost of an xarray. Entries are the"
	print "attributes of pages and flags of the level below that are looked at; a search for the next private"
	print "page counts as one. The posted trackers look cheap with one page because they skip the 1G level."
	for (i = 1; i <= nr_patterns; i++)
		growth_table(patterns[i])
	for (i = 1; i <= nr_patterns; i++)
		cost_table(patterns[i])
	conclude()
}
