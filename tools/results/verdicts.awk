# SPDX-License-Identifier: GPL-2.0-only
# Read the KTAP of a run; write a line for each sub-test: program, name, verdict (passed, failed,
# skipped or xfail), the reason that came with it, and the first and the last line that belong to it,
# separated by tabs. What failed outside of any sub-test, and a program without any, is a sub-test
# called whole_program.

function verdict(program, line, first, end, name,	result, reason) {
	result = line ~ /^not ok/ ? "failed" : "passed"
	reason = ""
	if (match(line, / # .*/)) {
		reason = substr(line, RSTART + 3)
		line = substr(line, 1, RSTART - 1)
	}
	if (result == "passed" && reason ~ /^SKIP/) {
		result = "skipped"
		sub(/^SKIP */, "", reason)
	} else if (result == "passed" && reason ~ /^XFAIL/) {
		result = "xfail"
		sub(/^XFAIL */, "", reason)
	}
	sub(/^(not )?ok [0-9]+ */, "", line)
	printf "%s\t%s\t%s\t%s\t%d\t%d\n", program, name ? name : line, result, reason, first, end
	found[result]++
	n++
}

/^# selftests: kvm: / {
	n = 0
	begin = NR + 1
	reason_of_plan = ""
	split("", found)
	split("", line)
}
# The runner does not repeat why a program skipped itself.
/^# 1\.\.0 # SKIP / { reason_of_plan = substr($0, 15) }
/^# #  RUN / { begin = NR + 1 }
/^# (not )?ok [0-9]+ / {
	line[++n] = substr($0, 3)
	from[n] = begin
	to[n] = NR
	begin = NR + 1
}
/^(not )?ok [0-9]+ / {
	result = $0
	sub(/^(not )?ok [0-9]+ selftests: kvm: /, "")
	sub(/ #.*/, "")
	program = $0
	last = n
	n = 0
	for (i = 1; i <= last; i++)
		verdict(program, line[i], from[i], to[i])
	if (result ~ /# SKIP *$/)
		result = result " " reason_of_plan
	if (!n || (result ~ /^not/ && !found["failed"]))
		verdict(program, result, begin, NR, "whole_program")
	n = 0
	split("", found)
	split("", line)
}
