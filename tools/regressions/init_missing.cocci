// SPDX-License-Identifier: GPL-2.0-only
// Name: init_missing
// Class: UNSAFE
// First: memslot memslot.memslot_created_over_attributes.as_written
// Origin: v10, found by Sean Christopherson on 13 Jan 2023 (Y8HldeHBrw+OOZVm@google.com); catalogue M21
// A user would see: a memslot made over mixed pages has hugepages over them
// Observable: yes: pages_2m rises where pages_4k should
// File: arch/x86/kvm/x86.c
@@
@@
kvm_alloc_memslot_metadata(...)
{
<...
- kvm_mmu_init_memslot_memory_attributes(kvm, slot);
...>
}
