// SPDX-License-Identifier: GPL-2.0-only
// Name: attributes_of_any_vm
// Class: ERR
// Origin: held out
// A user would see: a VM without private memory takes attributes, and exits that nobody can answer
// Observable: yes: it says that it has attributes
// First: capability of_vm.default_type.attributes
// File: virt/kvm/kvm_main.c
@@
@@
kvm_supported_mem_attributes(...)
{
<...
- return 0;
+ return KVM_MEMORY_ATTRIBUTE_PRIVATE;
...>
}
