// SPDX-License-Identifier: GPL-2.0-only
// Name: split_counts_in_spite_of_race
// Class: RACE
// First: race same_hugepage.split_by_both_while_logged
// Origin: plausible
// A user would see: leaves that are not there are counted, when two vCPUs split a hugepage at once
// Observable: yes, with the moment in between made to last: pages_4k is too high for good
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
 #include "spte.h"
+#include <linux/delay.h>

@@
@@
tdp_mmu_split_huge_page(...)
{
...
+ udelay(300);
 ret = tdp_mmu_link_sp(...);
 if (
- ret
+ ret > 0
 )
	goto out;
...
}
