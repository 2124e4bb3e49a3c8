// SPDX-License-Identifier: GPL-2.0-only
// Name: range_start_not_clamped
// Class: OOB
// Origin: plausible
// A user would see: flags before the beginning of lpage_info are cleared
// Observable: yes: damage or Oops in the kernel, levels
// File: virt/kvm/kvm_main.c
@@
@@
kvm_handle_gfn_range(...)
{
<...
- gfn_range.start = max(range->start, slot->base_gfn);
+ gfn_range.start = range->start;
...>
}
