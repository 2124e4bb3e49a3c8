// SPDX-License-Identifier: GPL-2.0-only
// Name: last_hugepage_not_recovered
// Class: PERF
// First: dirty_log
// Origin: plausible; 7.x only, 6.12 has other code
// A user would see: the last hugepage of a memslot does not come back when dirty logging ends
// Observable: yes: leaves of 4K where one of 2M should come back
// File: arch/x86/kvm/mmu/tdp_mmu.c
@@
@@
recover_huge_pages_range(...)
{
<...
- iter.gfn >= end
+ iter.gfn + 2 * KVM_PAGES_PER_HPAGE(iter.level) > end
...>
}
