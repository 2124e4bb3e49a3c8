// SPDX-License-Identifier: GPL-2.0-only
// Name: deleted_memslot_zaps_all
// Class: PERF
// First: memslot memslot.memslot_deleted_and_created_again.as_written
// Origin: kernels before 6.12
// A user would see: leaves of all memslots go with a memslot
// Observable: yes: leaves of other memslots go
// File: arch/x86/kvm/mmu/mmu.c
@@
bool zap_all;
@@
kvm_arch_flush_shadow_memslot(...)
{
<...
- if (zap_all)
+ if (zap_all || slot->npages)
 {
 __kvm_mmu_zap_all_fast_front_half(kvm);
 }
 else {...}
...>
}
