# SPDX-License-Identifier: GPL-2.0-only
# Usage: awk -v programs=LIST -v tsv=FILE [-v full=yes] [-v reproducer=yes] -f matrix.awk RULES STEPS EVENTS
# Print which program noticed which bug, after how many seconds, with totals: the first one that did, or
# if full all of them, which takes a wide screen; all of them as FILE.
# RULES: name, what it needs. STEPS: name, steps of its smallest scenario. EVENTS: name, program,
# verdict, seconds, class, text.
# Exit status: 0 all that can be noticed is, 1 not so, or a rule is wrong: not that it does not apply to
# this kernel.

function column(program)
{
	sub(/^private_mem_lpage_/, "", program)
	sub(/^private_mem_/, "", program)
	sub(/_test/, "", program)
	sub(/ -s anonymous_hugetlb_2mb/, " 2mb", program)
	return program
}

function is_ours(program)
{
	return program ~ /^private_mem_lpage_/ || program == "unloading KVM"
}

function cell(name, program,    v)
{
	v = verdict[name, program]
	if (v == "caught")
		return sprintf("%.1f", seconds[name, program])
	return v == "passed" ? "." : v == "skipped" ? "skip" : v == "failed" ? "fail" : "-"
}

# The word for a rule, from what its programs said.
function outcome(name)
{
	if (class[name] == "EQUIVALENT" && reason[name] == same)
		return "equivalent"
	if (name in left_out)
		return left_out[name] == "needs" ? "needs " needs[name] : "not built"
	if (caught[name])
		return class[name] == "EQUIVALENT" ? "CAUGHT, though equivalent" : "caught"
	if (class[name] == "EQUIVALENT")
		return "equivalent"
	if (failed[name])
		return "cannot be loaded"
	if (needs[name] != "")
		return "needs " needs[name]
	return late[name] ? "MISSED in the time given" : "MISSED"
}

# What a person sees of a bug, in 80 columns: who noticed it, else what became of it.
function short_row(name, word)
{
	if (word != "caught")
		return sprintf("%-41s %-10s %s", name, class[name], word)
	return sprintf("%-41s %-10s %-15s %7s", name, class[name], column(first[name]), detection[name])
}

function full_row(name, word,    i, line)
{
	line = sprintf("%-41s %-10s", name, class[name])
	for (i = 1; i <= nr_programs; i++)
		line = line sprintf(" %*s", length(column(program[i])) + 1, cell(name, program[i]))
	return line "  " word
}

function row(name, word,    i, line)
{
	print (full ? full_row(name, word) : short_row(name, word)) (name in steps ? " (" steps[name] " steps)" : "")
	line = name "\t" class[name] "\t" word "\t" first[name] "\t" (caught[name] ? detection[name] : "") "\t" (name in steps ? steps[name] : "")
	for (i = 1; i <= nr_programs; i++)
		line = line "\t" cell(name, program[i])
	print line "\t" reason[name] >tsv
}

function header(    i, line)
{
	line = sprintf("%-41s %-10s", "bug", "class")
	for (i = 1; full && i <= nr_programs; i++)
		line = line sprintf(" %*s", length(column(program[i])) + 1, column(program[i]))
	print line (full ? "  outcome" : sprintf(" %-15s %7s", "noticed by", "seconds"))
	line = "bug\tclass\toutcome\tnoticed by\tseconds\tsteps"
	for (i = 1; i <= nr_programs; i++)
		line = line "\t" column(program[i])
	print line "\tmessage" >tsv
}

# UPSTREAM=1: who notices how many. Equivalent bugs nobody can notice.
function comparison(    i, n, r)
{
	printf "\n%-56s %s\n", "noticed by", "bugs"
	printf "%-56s %4d\n", "this suite", nr_ours
	printf "%-56s %4d\n", "upstream's tests of private memory together", nr_upstream
	for (i = 1; i <= nr_programs; i++) {
		if (is_ours(program[i]))
			continue
		n = 0
		for (r = 1; r <= nr_rules; r++)
			if (verdict[rule[r], program[i]] == "caught")
				n++
		printf "  %-54s %4d\n", program[i], n
	}
	print ""
}

# REPRODUCER=1: how small the scenarios are. One of a race would depend on chance, and nobody can
# write one for a kernel that dies.
function reproducers(    i, n, many, none, died, most, name)
{
	for (i = 1; i <= nr_rules; i++) {
		name = rule[i]
		if (!caught[name] || class[name] == "RACE")
			continue
		if (!(name in steps)) {
			if (dead[name])
				died = died " " name
			else
				none = none " " name
			continue
		}
		n++
		if (steps[name] > most)
			most = steps[name] + 0
		if (steps[name] > 6)
			many = many " " name
	}
	printf "%d bugs have a scenario, of %d steps at most", n, most
	print many ? "; more than 6:" many : ""
	if (none)
		print "no scenario, races aside:" none
	if (died)
		print "the kernel died:" died
}

function clean(name)
{
	if (failed[name])
		return "NOT LOADED: " reason[name]
	if (!(name in class))
		return "NOT TRIED"
	return caught[name] ? "NOT CLEAN: " first[name] ": " reason[name] : "clean"
}

BEGIN {
	FS = "\t"
	same = "changes nothing in KVM"
	nr_programs = split(programs, program, "\n")
	for (i = 1; i <= nr_programs; i++)
		column_of[program[i]] = i
}

FILENAME == ARGV[1] {
	rule[++nr_rules] = $1
	needs[$1] = $2
	next
}

FILENAME == ARGV[2] {
	steps[$1] = $2
	next
}

{
	class[$1] = $5
	if ($3 == "unbuilt" || $3 == "needs") {
		left_out[$1] = $3
		reason[$1] = $6
		next
	}
	if ($6 ~ /^VM (reset|hang)/)
		dead[$1] = 1
	# Not one of those that the bug is tried with, but one that reduces what they have found.
	if (!($2 in column_of) && $3 != "failed")
		next
	verdict[$1, $2] = $3
	seconds[$1, $2] = $4
	if ($3 == "failed") {
		failed[$1] = 1
		reason[$1] = $6
	} else if ($3 == "late") {
		late[$1] = 1
	}
	spent[$1] += $4
	if ($3 != "caught")
		next
	if (is_ours($2))
		ours[$1] = 1
	else
		upstream[$1] = 1
	if (!caught[$1]++) {
		first[$1] = $2
		detection[$1] = sprintf("%.1f", spent[$1])
		reason[$1] = $6
	}
}

END {
	header()
	for (i = 1; i <= nr_rules; i++) {
		name = rule[i]
		word = outcome(name)
		row(name, word)
		key = word ~ /^needs / ? "needs" : word
		count[key]++
		if (word == "not built" && reason[name] !~ /nothing in this kernel matches$/)
			wrong++
		if (word ~ /^not built|MISSED|though|cannot/)
			notes = notes "\n" name ": " word (reason[name] ? ": " reason[name] : "")
		nr_ours += ours[name]
		nr_upstream += upstream[name]
		if (word == "caught" && detection[name] + 0 > slowest)
			slowest = detection[name] + 0
	}
	if (notes)
		print notes
	print "\nbase kernel before: " clean("base") "; after: " clean("base_again")
	missed = count["MISSED"] + count["MISSED in the time given"]
	printf "%d bugs: %d caught, %d missed, %d equivalent, %d need another kernel or machine, %d not built\n", nr_rules,
		count["caught"], missed, count["equivalent"], count["needs"], count["not built"]
	if (programs ~ /guest_memfd_test/)
		comparison()
	if (reproducer)
		reproducers()
	printf "slowest detection: %.1f s\n", slowest
	exit missed || wrong || clean("base") != "clean" || clean("base_again") != "clean" || count["CAUGHT, though equivalent"] ||
		count["cannot be loaded"]
}
