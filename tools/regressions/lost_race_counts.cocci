// SPDX-License-Identifier: GPL-2.0-only
// Name: lost_race_counts
// Class: RACE
// First: race same_hugepage.populated_by_both
// Origin: plausible
// A user would see: more leaves than there are, when two vCPUs fault at once
// Observable: yes, with the moment in between made to last: pages_2m is too high for good
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
 #include "spte.h"
+#include <linux/delay.h>

@@
expression E;
@@
__tdp_mmu_set_spte_atomic(...)
{
...
+ udelay(300);
 if (!try_cmpxchg64(E, ...))
- return -EBUSY;
+ return 0;
...
}
