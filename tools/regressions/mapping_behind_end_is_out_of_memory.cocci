// SPDX-License-Identifier: GPL-2.0-only
// Name: mapping_behind_end_is_out_of_memory
// Class: ERR
// First: host_access mapping.leads_to_nothing_private
// Origin: generated
// A user would see: a process that hangs, where an access behind the end of a file should end with SIGBUS
// Observable: yes: no end of the access
// File: virt/kvm/guest_memfd.c
@@
@@
kvm_gmem_fault_user_mapping(...)
{
<...
if (<+... i_size_read(...) ...+>)
- return VM_FAULT_SIGBUS;
+ return VM_FAULT_OOM;
...>
}
