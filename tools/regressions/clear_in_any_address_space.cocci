// SPDX-License-Identifier: GPL-2.0-only
// Name: clear_in_any_address_space
// Class: ERR
// First: refusal refusal.clear_dirty_log
// Origin: plausible
// A user would see: an address space that no VM has is looked for a log
// Observable: yes: ENOENT instead of EINVAL
// File: virt/kvm/kvm_main.c
@@
@@
kvm_clear_dirty_log_protect(...)
{
<...
- as_id >= kvm_arch_nr_memslot_as_ids(kvm)
+ as_id > kvm_arch_nr_memslot_as_ids(kvm)
...>
}
