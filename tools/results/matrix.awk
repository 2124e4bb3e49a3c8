# SPDX-License-Identifier: GPL-2.0-only
# Print matrix.tsv (release, DEBUG, program, status, passed, failed, skipped, seconds, and why a release
# was not run) as one table, a column for each release with and without DEBUG=1. Exits with 1 if
# something failed, with 2 if something was not run.

function short(name) {
	if (name ~ /^private_mem_lpage_/) {
		sub(/^private_mem_lpage_/, "", name)
		sub(/_test$/, "", name)
	}
	return name
}

function text(p, f, s, seconds) { return sprintf("%d/%d/%d %.1f", p, f, s, seconds) }

BEGIN { FS = "\t" }
{
	column = $1 ($2 ? "-debug" : "")
	if (!(column in known)) {
		known[column]
		columns[++nr_columns] = column
	}
	if ($3 == "-") {
		why[column] = $9
		next
	}
	if (!($3 in row)) {
		row[$3]
		rows[++nr_rows] = $3
	}
	cell[column, $3] = text($5, $6, $7, $8)
	passed[column] += $5
	failed[column] += $6
	skipped[column] += $7
	seconds[column] += $8
}
END {
	printf "\n%-20s", "passed/failed/skipped"
	for (c = 1; c <= nr_columns; c++)
		printf " %17s", columns[c]
	print ""
	for (r = 1; r <= nr_rows; r++) {
		printf "%-21s", short(rows[r])
		for (c = 1; c <= nr_columns; c++)
			printf " %17s", (columns[c], rows[r]) in cell ? cell[columns[c], rows[r]] : "-"
		print ""
	}
	printf "%-21s", "all, seconds"
	for (c = 1; c <= nr_columns; c++) {
		column = columns[c]
		all = text(passed[column], failed[column], skipped[column], seconds[column])
		printf " %17s", (column in why) ? "not run" : all
		if (failed[column] && status < 1)
			status = 1
		if (column in why)
			status = 2
	}
	print ""
	for (c = 1; c <= nr_columns; c++) {
		if (columns[c] in why)
			print columns[c] ": " why[columns[c]]
	}
	exit status
}
