# SPDX-License-Identifier: GPL-2.0-only
# Pass on what one run of run_kselftest.sh prints, but for its own header, plan and totals; hold
# back the result, which is not final before the kernel log has been looked at: into the file verdict.

/^TAP version/ || /^1\.\.[0-9]+$/ || /^# Totals:/ || /^# [0-9]+ skipped test/ { next }
/^(not )?ok [0-9]+ / { result = $0; next }
{ print; fflush() }
END { if (result) print result >verdict }
