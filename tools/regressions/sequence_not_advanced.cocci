// SPDX-License-Identifier: GPL-2.0-only
// Name: sequence_not_advanced
// Class: RACE
// First: race stalled.fault_before_conversion
// Origin: plausible
// A user would see: a fault that was under way maps what has been converted meanwhile
// Observable: yes, with a fault held by userfaultfd: the guest reads shared content from a private page
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_invalidate_end(...)
{
<...
- kvm->mmu_invalidate_seq++;
...>
}
