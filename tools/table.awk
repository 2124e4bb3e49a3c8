# SPDX-License-Identifier: GPL-2.0-only
# Read the KTAP of a run; write a line for each program: name, status, sub-tests passed, failed and
# skipped, seconds, separated by tabs. A program without sub-tests counts as one.

function count(line)
{
	if (line ~ /^not ok/)
		failed++
	else if (line ~ /# SKIP/)
		skipped++
	else
		passed++
}

/^# selftests: kvm: / { passed = failed = skipped = milliseconds = 0 }
/^# (not )?ok [0-9]+ / { count(substr($0, 3)) }
/^# time=[0-9]+ms$/ { milliseconds = substr($0, 8) + 0 }
/^(not )?ok [0-9]+ / {
	status = /^not/ ? "failed" : /# SKIP/ ? "skipped" : "passed"
	# Sub-tests may all have passed when something else went wrong: time limit, kernel log.
	if (passed + failed + skipped == 0 || (status == "failed" && !failed))
		count($0)
	sub(/^(not )?ok [0-9]+ selftests: kvm: /, "")
	sub(/ #.*/, "")
	printf "%s\t%s\t%d\t%d\t%d\t%.1f\n", $0, status, passed, failed, skipped, milliseconds / 1000
	passed = failed = skipped = milliseconds = 0
}
