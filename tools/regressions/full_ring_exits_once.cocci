// SPDX-License-Identifier: GPL-2.0-only
// Name: full_ring_exits_once
// Class: UNSAFE
// First: dirty_ring ring.full_keeps_the_guest_out
// Origin: held out
// A user would see: a ring that overflows if the VM is run on
// Observable: yes: each KVM_RUN adds an entry to a ring that is full
// File: virt/kvm/dirty_ring.c
@@
expression vcpu;
@@
kvm_dirty_ring_check_request(...)
{
<...
- kvm_make_request(KVM_REQ_DIRTY_RING_SOFT_FULL, vcpu);
...>
}
