// SPDX-License-Identifier: GPL-2.0-only
// Name: range_end_not_clamped
// Class: OOB
// Origin: plausible
// A user would see: flags behind the end of lpage_info are cleared
// Observable: yes: damage or Oops in the kernel, levels
// File: virt/kvm/kvm_main.c
@@
@@
kvm_handle_gfn_range(...)
{
<...
- gfn_range.end = min(range->end, slot->base_gfn + slot->npages);
+ gfn_range.end = range->end;
...>
}
