// SPDX-License-Identifier: GPL-2.0-only
// Name: no_flush
// Class: UNSAFE
// Origin: plausible; catalogue M33
// A user would see: the guest reaches the old page until its TLB is flushed
// Observable: not under TCG, which flushes the TLB on each VM entry; on hardware by reading on the same vCPU
// File: virt/kvm/kvm_main.c
// Needs: hardware
@@
@@
kvm_vm_set_mem_attributes(...)
{
...
mutex_lock(&kvm->slots_lock);
+ pre_set_range.flush_on_ret = false;
...
}
