// SPDX-License-Identifier: GPL-2.0-only
// Name: page_read_first_counts_as_clean
// Class: UNSAFE
// Origin: held out
// A user would see: data are lost that a guest wrote to a page that it had only read before, when the host is short of memory
// Observable: yes: contents
// First: backing mapped_ahead.by_a_read.then_written_survives_reclaim
// File: arch/x86/kvm/mmu/mmu.c
@@
expression fault;
@@
kvm_mmu_finish_page_fault(...)
{
<...
- fault->map_writable
+ fault->write
...>
}
