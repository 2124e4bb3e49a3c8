// SPDX-License-Identifier: GPL-2.0-only
// Name: recovered_1G_keeps_address_of_2M
// Class: ERR
// First: dirty_log dirty_log.beginning_never_touched_1G.automatic
// Origin: held out
// A user would see: KVM_RUN that fails after logging, if the first 2M of a 1G hugepage were never touched
// Observable: yes: EINVAL and a warning about reserved bits
// File: arch/x86/kvm/mmu/spte.c
@@
expression level;
@@
make_huge_spte(...)
{
<...
- KVM_HPAGE_MASK(level)
+ KVM_HPAGE_MASK(PG_LEVEL_2M)
...>
}
