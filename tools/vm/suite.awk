# SPDX-License-Identifier: GPL-2.0-only
# Pass on what one run of run_kselftest.sh prints, but for its own header, plan and totals; hold
# back the result, which is not final before the kernel log has been looked at: into the file verdict.
# A program that has no sub-test of the name it was asked for has tested nothing.

/^TAP version/ || /^1\.\.[0-9]+$/ || /^# Totals:/ || /^# [0-9]+ skipped test/ { next }
/^(not )?ok [0-9]+ / { result = $0; next }
/^# 1\.\.0$/ { none = 1 }
{ print; fflush() }
END {
	if (none && result ~ /^ok/)
		result = result " # SKIP no sub-test of this name"
	if (result)
		print result >verdict
}
