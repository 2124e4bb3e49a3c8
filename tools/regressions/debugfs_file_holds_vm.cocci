// SPDX-License-Identifier: GPL-2.0-only
// Name: debugfs_file_holds_vm
// Class: OOB
// Origin: held out
// A user would see: a VM that stays for ever, since somebody has looked at it
// Observable: yes: page tables stay
// First: lifetime closed.while_debugfs_is_read.in_any_order
// File: arch/x86/kvm/debugfs.c
@@
@@
kvm_mmu_rmaps_stat_release(...)
{
<...
- kvm_put_kvm(...);
...>
}
