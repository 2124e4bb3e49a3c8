// SPDX-License-Identifier: GPL-2.0-only
// Name: flush_for_nothing
// Class: PERF
// First: attributes flush.where_leaves_go
// Origin: plausible; generated, and missed at first
// A user would see: all vCPUs are stopped for each conversion of memory that nobody has touched
// Observable: yes: KVM's count of flushes rises
// File: virt/kvm/kvm_main.c
@@
expression range;
@@
kvm_handle_gfn_range(...)
{
<...
- range->flush_on_ret && ret
+ range->flush_on_ret
...>
}
