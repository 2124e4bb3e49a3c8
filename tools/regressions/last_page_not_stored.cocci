// SPDX-License-Identifier: GPL-2.0-only
// Name: last_page_not_stored
// Class: UNSAFE
// Origin: plausible; catalogue C2 (upstream notices)
// A user would see: the last page of a conversion keeps its attribute
// Observable: yes: it is reached as before
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
for (i = start;
- i < end
+ i < end - 1
 ; i++) {
	r = xa_err(...);
	...
}
...>
}
