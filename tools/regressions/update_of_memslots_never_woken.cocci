// SPDX-License-Identifier: GPL-2.0-only
// Name: update_of_memslots_never_woken
// Class: HANG
// First: memslot_race update.is_woken_after_host_changes
// Origin: held out
// A user would see: KVM_SET_USER_MEMORY_REGION that sleeps for ever, as the host changed its memory just then
// Observable: yes: it does not end
// Afterwards: reboot
// File: virt/kvm/kvm_main.c
@@
expression wake;
@@
kvm_mmu_notifier_invalidate_range_end(...)
{
<...
- wake = !kvm->mn_active_invalidate_count;
+ wake = false;
...>
}
