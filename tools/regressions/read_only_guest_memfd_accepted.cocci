// SPDX-License-Identifier: GPL-2.0-only
// Name: read_only_guest_memfd_accepted
// Class: ERR
// Origin: fixed by e563592224e0 (Feb 2024)
// A user would see: a read-only memslot with a guest_memfd, whose private pages cannot be written to and say nothing useful
// Observable: yes: 0 instead of EINVAL
// First: refusal refusal.memslot_creation
// File: virt/kvm/kvm_main.c
@@
expression K, M;
@@
check_memory_region_flags(...)
{
<...
- kvm_arch_has_readonly_mem(K) && !(M->flags & KVM_MEM_GUEST_MEMFD)
+ kvm_arch_has_readonly_mem(K)
...>
}
