// SPDX-License-Identifier: GPL-2.0-only
// Name: failed_memory_is_no_address
// Class: ERR
// Origin: plausible
// A user would see: a guest ends where memory fails, though its host could have put another page there
// Observable: yes: errno of KVM_RUN
// First: memory_failure memory_failure.small_page.costs_the_page_that_failed
// File: virt/kvm/kvm_main.c
@@
expression npages;
@@
hva_to_pfn(...)
{
<...
- if (npages == -EHWPOISON)
-	return KVM_PFN_ERR_HWPOISON;
...>
}
