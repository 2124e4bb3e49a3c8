// SPDX-License-Identifier: GPL-2.0-only
// Name: ept_dirty_bit_is_accessed_bit
// Class: UNSAFE
// Origin: plausible
// A user would see: a migration that loses what the guest wrote after the first round
// Observable: yes: a page that is mapped, written and got a second time is not in the dirty log
// File: arch/x86/kvm/mmu/spte.c
// Needs: intel
// First: dirty_log dirty_log.uniform_hugepages.automatic
@@
expression dirty;
@@
kvm_mmu_set_ept_masks(...)
{
<...
(
- shadow_dirty_mask = VMX_EPT_DIRTY_BIT;
+ shadow_dirty_mask = VMX_EPT_ACCESS_BIT;
|
- shadow_dirty_mask = dirty ? VMX_EPT_DIRTY_BIT : 0ull;
+ shadow_dirty_mask = VMX_EPT_ACCESS_BIT;
)
...>
}
