// SPDX-License-Identifier: GPL-2.0-only
// Name: invalidation_never_ends
// Class: HANG
// Origin: plausible; compare catalogue G2
// A user would see: faults in what was converted are tried again for ever
// Observable: yes: pre-fault and guest hang
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_invalidate_end(...)
{
<...
- kvm->mmu_invalidate_in_progress--;
...>
}
