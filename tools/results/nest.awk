# SPDX-License-Identifier: GPL-2.0-only
# Read the KTAP of a run, where the runner of kselftest has made comments of what programs print;
# write KTAP whose programs have sub-tests that every parser understands: indented, with a version and
# a plan of their own. Each program's sub-tests go to the file tap/PROGRAM as well, as a TAP stream.
# A program that has run before in this run gets the file tap/PROGRAM_2, and so on.
# What failed outside of any sub-test becomes one called whole_program, so that it is counted.

function result(line) {
	sub(/ok [0-9]+/, "ok " (++n), line)
	if (line ~ /^not/)
		failed++
	return line
}

function add(line) { output[++lines] = line }

# whole: the program's own result line. A program without sub-tests is a test itself.
function write_program(name, whole,	i, file, indent) {
	file = tap "/" name (used[name]++ ? "_" used[name] : "")
	if (n && whole ~ /^not/ && !failed) {
		i = whole
		sub(/ok [0-9]+ [^#]*/, "ok 0 whole_program ", i)
		sub(/ $/, "", i)
		add(result(i))
	}
	if (n) {
		indent = "  "
		printf "  KTAP version 1\n  1..%d\n", n
	}
	printf "TAP version 13\n1..%d\n", n ? n : 1 >file
	for (i = 1; i <= lines; i++) {
		print indent output[i]
		print output[i] >file
	}
	if (!n) {
		i = whole
		sub(/ok [0-9]+/, "ok 1", i)
		print i >file
	}
	close(file)
}

function begin_program() {
	n = lines = failed = 0
	reason = ""
}

# Control characters, which a VM's console may have, have no place in XML.
{ gsub(/[\001-\010\013-\037\177]/, "") }
/^TAP version/ { print "KTAP version 1"; next }
/^1\.\.[0-9]+$/ { print; next }
/^# selftests: kvm: / { begin_program(); next }
/^# TAP version/ || /^# 1\.\.[0-9]+$/ || /^# Totals:/ { next }
# The runner does not repeat why a program skipped itself.
/^# 1\.\.0 # SKIP / { reason = substr($0, 15); next }
/^# (not )?ok [0-9]+ / { add(result(substr($0, 3))); next }
/^#/ { add($0 ~ /^# #/ ? substr($0, 3) : $0); next }
/^(not )?ok [0-9]+ / {
	whole = $0
	if (reason != "" && whole ~ /# SKIP *$/) {
		sub(/ *$/, "", whole)
		whole = whole " " reason
	}
	name = whole
	sub(/^(not )?ok [0-9]+ selftests: kvm: /, "", name)
	sub(/ #.*/, "", name)
	write_program(name, whole)
	print whole
	begin_program()
}
