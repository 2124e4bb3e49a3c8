// SPDX-License-Identifier: GPL-2.0-only
// Name: unmapped_memory_is_a_device
// Class: ERR
// Origin: held out
// A user would see: KVM_EXIT_MMIO, and a warning, for a memslot without memory
// Observable: yes: the exit is another
// First: host_change change.memory_that_never_was_is_not_there
// File: virt/kvm/kvm_main.c
@@
identifier vma, pfn;
statement S;
@@
  if (vma == NULL)
- 	pfn = KVM_PFN_ERR_FAULT;
+ 	pfn = KVM_PFN_NOSLOT;
  else S
