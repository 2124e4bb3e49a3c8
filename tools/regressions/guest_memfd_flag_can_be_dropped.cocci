// SPDX-License-Identifier: GPL-2.0-only
// Name: guest_memfd_flag_can_be_dropped
// Class: ERR
// Origin: fixed by 9935df5333aa (Dec 2025)
// A user would see: a memslot loses its guest_memfd by a change of flags; kernels without the later WARN use freed memory
// Observable: yes: 0 instead of EINVAL, and private pages that cannot be reached any more
// First: refusal refusal.memslot_change
// File: virt/kvm/kvm_main.c
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression M, O;
@@
kvm_set_memory_region(...)
{
<...
- ((M->flags ^ O->flags) & (KVM_MEM_READONLY | KVM_MEM_GUEST_MEMFD))
+ ((M->flags ^ O->flags) & KVM_MEM_READONLY)
...>
}
