// SPDX-License-Identifier: GPL-2.0-only
// Name: prefaulted_page_counts_as_clean
// Class: UNSAFE
// Origin: held out
// A user would see: reclaim loses what the guest has written
// Observable: yes: contents change
// First: backing mapped_ahead.by_a_prefault.then_written_survives_reclaim
// Equivalent before: 6.13
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_mmu_finish_page_fault(...)
{
<...
- fault->map_writable
+ fault->map_writable && !fault->prefetch
...>
}
