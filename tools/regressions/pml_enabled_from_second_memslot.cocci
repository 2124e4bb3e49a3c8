// SPDX-License-Identifier: GPL-2.0-only
// Name: pml_enabled_from_second_memslot
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what the guest wrote
// Observable: yes: the page is not in the dirty log
// File: arch/x86/kvm/x86.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
@@
kvm_mmu_update_cpu_dirty_logging(...)
{
<...
- if ((enable && nr_slots == 1) || !nr_slots)
+ if ((enable && nr_slots == 2) || !nr_slots)
 kvm_make_all_cpus_request(...);
...>
}
