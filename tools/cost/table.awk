# SPDX-License-Identifier: GPL-2.0-only
# Usage: awk -v a=KERNEL [-v b=KERNEL -v threshold=RATIO] -v tsv=FILE -f table.awk FIGURES [FIGURES]
# What private_mem_lpage_cost has printed, of one kernel or two, as tables: of two the ratios. All goes to
# the file tsv, too. Exits with 1 if a ratio is above the threshold.

function human(bytes,    unit)
{
	for (unit = 1; bytes >= 1024 && unit < 5; unit++)
		bytes /= 1024
	return bytes substr("BKMGT", unit, 1)
}

# Thousands apart, which is how a person reads them.
function grouped(number,    text)
{
	text = sprintf("%.0f", number)
	while (match(text, /[0-9][0-9][0-9][0-9]+/))
		text = substr(text, 1, RSTART + RLENGTH - 4) "," substr(text, RSTART + RLENGTH - 3)
	return text
}

# Instructions are what the kernel needs at least; of anything else the median tells most.
function figure(unit, value, least) { return unit == "instructions" ? least : value }

function table(title, nr,    i, j, key, line)
{
	printf "\n%s\n%-12s%6s", title, "case", "size"
	for (j = 1; j <= nr_figures; j++)
		printf " %16s", figures[j]
	print ""
	for (i = 1; i <= nr_rows; i++) {
		printf "%-12s%6s", row_case[i], human(row_size[i])
		for (j = 1; j <= nr_figures; j++)
			printf " %16s", cell(nr, row_case[i] SUBSEP row_size[i] SUBSEP figures[j])
		print ""
	}
}

function cell(nr, key)
{
	if (nr < 3)
		return ((nr, key) in got) ? grouped(got[nr, key]) : "-"
	return (key in ratio) ? sprintf("%.3f", ratio[key]) : "-"
}

# Of what both have, but leaves, whose number is no cost.
function compare(    key, part)
{
	for (key in unit) {
		if (unit[key] == "leaves" || !((1, key) in got) || !((2, key) in got) || !got[1, key])
			continue
		ratio[key] = got[2, key] / got[1, key]
		if (worst == "" || ratio[key] > ratio[worst])
			worst = key
	}
}

function described(key,    part)
{
	split(key, part, SUBSEP)
	return sprintf("%s %s %s: %.3f (%s to %s %s)", part[1], human(part[2]), part[3], ratio[key],
		grouped(got[1, key]), grouped(got[2, key]), unit[key])
}

function save(    i, j, key)
{
	print "case\tsize\tfigure\tunit\ta\tb\tratio" >tsv
	for (i = 1; i <= nr_rows; i++) {
		for (j = 1; j <= nr_figures; j++) {
			key = row_case[i] SUBSEP row_size[i] SUBSEP figures[j]
			if (key in unit)
				printf "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row_case[i], row_size[i], figures[j], unit[key],
					got[1, key], got[2, key], ratio[key] >tsv
		}
	}
}

# Returns whether a ratio is above the threshold.
function judge(    i, j, key, above)
{
	for (i = 1; i <= nr_rows; i++) {
		for (j = 1; j <= nr_figures; j++) {
			key = row_case[i] SUBSEP row_size[i] SUBSEP figures[j]
			if (!(key in ratio) || ratio[key] <= threshold)
				continue
			if (!above++)
				printf "\nFAIL: above %s:\n", threshold
			print "  " described(key)
		}
	}
	if (!above)
		printf "\nPASS: no ratio is above %s\n", threshold
	return above > 0
}

BEGIN { FS = "\t" }
FNR == 1 { nr++ }
/^#/ && nr == 1 { print }
NF != 7 || $1 == "case" { next }
{
	key = $1 SUBSEP $2 SUBSEP $3
	got[nr, key] = figure($7, $4, $5)
	unit[key] = $7
	units[$7 == "bytes" || $7 == "leaves" ? "" : $7]
	if (!(($1, $2) in row_known)) {
		row_known[$1, $2]
		row_case[++nr_rows] = $1
		row_size[nr_rows] = $2
	}
	if (!($3 in figure_known)) {
		figure_known[$3]
		figures[++nr_figures] = $3
	}
}
END {
	for (name in units)
		if (name != "")
			what = name
	table("A: kernel " a ", " what " (memory: bytes, leaves: how many)", 1)
	if (b != "") {
		compare()
		table("B: kernel " b, 2)
		table("B / A", 3)
		if (worst != "")
			print "\nThe largest ratio: " described(worst)
	}
	save()
	if (threshold != "")
		exit judge()
}
