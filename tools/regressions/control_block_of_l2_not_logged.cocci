// SPDX-License-Identifier: GPL-2.0-only
// Name: control_block_of_l2_not_logged
// Class: UNSAFE
// Origin: plausible
// A user would see: after a migration the guest does not know why its guest has ended
// Observable: yes: the log
// First: nested memory.second_root.what_kvm_writes_when_l2_ends_is_logged
// File: virt/kvm/kvm_main.c
// Needs: amd
@@
@@
kvm_vcpu_unmap(...)
{
<...
- kvm_vcpu_mark_page_dirty(vcpu, map->gfn);
+ ;
...>
}
