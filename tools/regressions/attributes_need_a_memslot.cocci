// SPDX-License-Identifier: GPL-2.0-only
// Name: attributes_need_a_memslot
// Class: UNSAFE
// Origin: held out
// A user would see: what was made private before there was memory is shared
// Observable: yes: no KVM_EXIT_MEMORY_FAULT; not on Intel: each vCPU has a memslot of KVM's own
// Needs: amd
// First: attributes global.set_before_there_is_any_memslot
// File: virt/kvm/kvm_main.c
@@
identifier kvm, start, end, attributes;
@@
kvm_vm_set_mem_attributes(struct kvm *kvm, ...)
{
<...
- if (kvm_range_has_memory_attributes(kvm, start, end, ~0, attributes))
+ if (kvm_are_all_memslots_empty(kvm) || kvm_range_has_memory_attributes(kvm, start, end, ~0, attributes))
  	goto out_unlock;
...>
}
