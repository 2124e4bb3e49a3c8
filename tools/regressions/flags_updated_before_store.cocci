// SPDX-License-Identifier: GPL-2.0-only
// Name: flags_updated_before_store
// Class: UNSAFE
// Origin: first sketch of Jul 2022 had the order wrong
// A user would see: flags tell the state before the conversion
// Observable: yes: pages_2m rises where pages_4k should
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
kvm_handle_gfn_range(kvm, &pre_set_range);
+ kvm_handle_gfn_range(kvm, &post_set_range);
...
- kvm_handle_gfn_range(kvm, &post_set_range);
...>
}
