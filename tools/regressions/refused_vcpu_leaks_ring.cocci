// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_vcpu_leaks_ring
// Class: PERF
// Origin: plausible, of a blind test
// A user would see: memory that goes with each vCPU that cannot be created
// Observable: yes: vmalloc's share of /proc/meminfo
// First: memory_back left_behind.by_refused_vcpus
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_ioctl_create_vcpu(...)
{
<...
- kvm_dirty_ring_free(...);
...>
}
