// SPDX-License-Identifier: GPL-2.0-only
// Name: read_fault_keeps_a_reference
// Class: ERR
// Origin: held out
// A user would see: memory that a guest has read before anybody wrote to it is never free again
// Observable: yes: HugePages_Free
// First: memory_back asked_for.comes_back_when_read_first
// File: virt/kvm/kvm_main.c
@@
expression page, wpage;
@@
hva_to_pfn_slow(...)
{
<...
- put_page(page);
page = wpage;
...>
}
