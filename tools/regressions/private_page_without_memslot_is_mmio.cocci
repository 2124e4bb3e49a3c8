// SPDX-License-Identifier: GPL-2.0-only
// Name: private_page_without_memslot_is_mmio
// Class: UNSAFE
// Origin: plausible
// A user would see: a private page without memslot is taken for MMIO
// Observable: yes: KVM_EXIT_MMIO at the second touch
// First: exits exits.memslot_deleted.as_written
// File: arch/x86/kvm/mmu/mmu.c
@@
@@
kvm_handle_noslot_fault(...)
{
...
- if (fault->is_private) {
+ if (fault->is_private && !fault->gfn) {
...
}
...
}
