// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_memslot_keeps_its_file
// Class: UNSAFE
// Origin: held out
// A user would see: a VM, and its private memory, stay until the machine is started anew
// Observable: yes: unevictable memory
// First: memory_back global.refused_memslot_keeps_no_file
// File: virt/kvm/kvm_main.c
@@
identifier r, kvm, old, new, change;
@@
kvm_set_memory_region(...)
{
<...
  r = kvm_set_memslot(kvm, old, new, change);
+ if (r)
+ 	goto out;
...>
}
