// SPDX-License-Identifier: GPL-2.0-only
// Name: lost_race_taken_for_won
// Class: RACE
// First: race
// Origin: plausible
// A user would see: the kernel dies when two vCPUs fault at once
// Observable: yes, with the moment in between made to last: the page table that came too late is used, and BUG
// File: arch/x86/kvm/mmu/tdp_mmu.c
// Afterwards: reboot
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
