// SPDX-License-Identifier: GPL-2.0-only
// Name: wakeup_of_all_is_not_counted
// Class: PERF
// Origin: held out
// A user would see: a guest that asks to be told of missing pages is never told, and waits for each
// Observable: yes: the guest is told of no page
// First: async_fault told.of_as_many_pages_as_are_fetched
// File: virt/kvm/async_pf.c
@@
expression vcpu;
@@
kvm_async_pf_wakeup_all(...)
{
<...
- vcpu->async_pf.queued++;
...>
}
