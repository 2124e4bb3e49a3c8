// SPDX-License-Identifier: GPL-2.0-only
// Name: host_address_compared_at_2M
// Class: UNSAFE
// First: memslot memslot.host_address_misaligned_to_1G.as_written
// Origin: plausible
// A user would see: a 1G hugepage where memslot and host address agree modulo 2M only
// Observable: yes: pages_1g rises where pages_2m should, contents are wrong
// File: arch/x86/kvm/x86.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression ugfn;
@@
kvm_alloc_memslot_metadata(...)
{
<...
- (slot->base_gfn ^ ugfn) & (KVM_PAGES_PER_HPAGE(level) - 1)
+ (slot->base_gfn ^ ugfn) & (KVM_PAGES_PER_HPAGE(PG_LEVEL_2M) - 1)
...>
}
