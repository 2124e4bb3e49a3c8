// SPDX-License-Identifier: GPL-2.0-only
// Name: end_of_process_keeps_page_tables
// Class: UNSAFE
// Origin: held out
// A user would see: a VM whose process is gone, and whose files another one holds, uses memory that others have by now
// Observable: yes: the page tables stay
// First: lifetime global.end_of_process_while_another_holds_vm
// File: virt/kvm/kvm_main.c
@@
@@
kvm_mmu_notifier_release(...)
{
<...
- kvm_flush_shadow_all(kvm);
...>
}
