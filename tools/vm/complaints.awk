# SPDX-License-Identifier: GPL-2.0-only
# Usage: dmesg | awk -v mark=TEXT -v findings=EXPRESSION -f complaints.awk
# Print the kernel's complaints since the line with the mark, each with what follows it, 24 lines in
# all. A program that meets a bug known of this kernel says so in the log (lib/kvm/kernel_log.c) and
# repeats the complaint: that one is forgiven, not the others.

function forgive(text,    i)
{
	for (i = 1; i <= nr; i++) {
		if (index(first[i], text))
			report[i] = ""
	}
}

index($0, mark) { running = 1; next }
!running { next }
/lpage: end$/ { exit }
/lpage: known bug: / {
	sub(/.*lpage: known bug: /, "")
	forgive($0)
	open = 0
	next
}
!/lpage: / && $0 ~ findings { first[++nr] = $0; open = 1 }
open { report[nr] = report[nr] $0 "\n" }

END {
	for (i = 1; i <= nr; i++)
		all = all report[i]
	nr_lines = split(all, line, "\n") - 1
	for (i = 1; i <= nr_lines && i <= 24; i++)
		print line[i]
}
