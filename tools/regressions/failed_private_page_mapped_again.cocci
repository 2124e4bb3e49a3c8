// SPDX-License-Identifier: GPL-2.0-only
// Name: failed_private_page_mapped_again
// Class: UNSAFE
// First: memory_failure private_memory_failure.uniform_hugepage.costs_the_page_that_failed
// Origin: plausible
// A user would see: a guest reads private memory that is broken, and both die of a machine check
// Observable: yes: KVM_RUN and KVM_PRE_FAULT_MEMORY do not end with EHWPOISON
// File: virt/kvm/guest_memfd.c
@@
expression folio;
@@
- folio_test_hwpoison(folio)
+ false
