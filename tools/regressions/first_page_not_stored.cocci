// SPDX-License-Identifier: GPL-2.0-only
// Name: first_page_not_stored
// Class: UNSAFE
// Origin: plausible off by one
// A user would see: the first page of a conversion keeps its attribute
// Observable: yes: it is reached as before
// File: virt/kvm/kvm_main.c
@@
@@
kvm_vm_set_mem_attributes(...)
{
<...
for (
- i = start
+ i = start + 1
 ; i < end; i++) {
	r = xa_err(...);
	...
}
...>
}
