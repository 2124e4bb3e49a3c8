// SPDX-License-Identifier: GPL-2.0-only
// Name: host_reads_private_memory
// Class: UNSAFE
// Origin: fixed by fe2bf6234e94 (Oct 2025), before a release
// A user would see: a process that maps a guest_memfd reads and writes a guest's private memory
// Observable: yes: guest_memfd with GUEST_MEMFD_FLAG_MMAP alone; touching the mapping must be SIGBUS
// First: host_access mapping.leads_to_nothing_private
// File: virt/kvm/guest_memfd.c
@@
expression I, P;
@@
kvm_gmem_fault_user_mapping(...)
{
<...
- !kvm_gmem_is_shared_mem(I, P)
+ !kvm_gmem_is_shared_mem(I, P) && false
...>
}
