/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What in the kernel's log is a complaint: an extended regular expression.  tools/lib.sh reads
 * the strings from here, too, so that a program and who watches it agree.  "memory corruption" is
 * what the kernel says when a test has had memory fail.
 */
#ifndef LPAGE_KERNEL_COMPLAINT_H
#define LPAGE_KERNEL_COMPLAINT_H

#define KERNEL_COMPLAINT							\
	"WARNING:|BUG:|BUG at|Oops|KASAN|KCSAN|UBSAN|general protection|"	\
	"unable to handle|possible .* (locking|deadlock)|inconsistent lock|"	\
	"suspicious RCU|bad unlock balance|INFO: (task|rcu)|rcu.*stall|"	\
	"soft lockup|hard LOCKUP|refcount_t:|[^y] corruption"

#endif /* LPAGE_KERNEL_COMPLAINT_H */
