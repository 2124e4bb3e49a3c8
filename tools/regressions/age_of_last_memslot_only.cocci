// SPDX-License-Identifier: GPL-2.0-only
// Name: age_of_last_memslot_only
// Class: ERR
// Origin: held out
// A user would see: memory that one memslot uses is taken for idle, as another one shares it
// Observable: yes: page_idle
// First: aging aging.small_page.used_by_either_memslot
// File: virt/kvm/kvm_main.c
@@
expression range, gfn_range;
identifier r;
@@
kvm_handle_hva_range(...)
{
<...
- r.ret |= range->handler(kvm, &gfn_range);
+ r.ret = range->handler(kvm, &gfn_range);
...>
}
