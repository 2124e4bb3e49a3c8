// SPDX-License-Identifier: GPL-2.0-only
// Name: steps_of_2M_at_every_level
// Class: UNSAFE
// First: memslot memslot.base_misaligned_to_1G.as_written
// Origin: plausible
// A user would see: a 1G hugepage over a private range with whole 2M in it
// Observable: yes: pages_1g rises where pages_2m should
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_arch_post_set_memory_attributes(...)
{
<...
- KVM_PAGES_PER_HPAGE(level)
+ KVM_PAGES_PER_HPAGE(PG_LEVEL_2M)
...>
}
