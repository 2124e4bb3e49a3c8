// SPDX-License-Identifier: GPL-2.0-only
// Name: refused_binding_leaks_memslot
// Class: PERF
// First: memory_back left_behind.by_refused_bindings
// Origin: held out
// A user would see: a host that runs out of memory while memslots are refused
// Observable: yes: the kernel's memory grows by what a memslot knows of its hugepages, each time
// File: virt/kvm/kvm_main.c
@@
expression r;
@@
kvm_set_memslot(...)
{
<...
r = kvm_gmem_commit_memory_region(...);
if (r) {
- kvm_arch_free_memslot(kvm, new);
...
}
...>
}
