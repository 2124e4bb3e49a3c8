// SPDX-License-Identifier: GPL-2.0-only
// Name: ready_page_overwrites_the_last
// Class: HANG
// Origin: plausible
// A user would see: processes of a guest that wait for pages which are there, for ever
// Observable: yes: the guest is told of fewer pages
// First: async_fault told.of_as_many_pages_as_are_fetched
// File: arch/x86/kvm/x86.c
@@
expression vcpu;
@@
kvm_arch_can_dequeue_async_page_present(...)
{
<...
- kvm_lapic_enabled(vcpu) && apf_pageready_slot_free(vcpu)
+ kvm_lapic_enabled(vcpu)
...>
}
