// SPDX-License-Identifier: GPL-2.0-only
// Name: clock_written_to_read_only_memory
// Class: UNSAFE
// Origin: held out
// A user would see: a ROM that has KVM's clock in it
// Observable: yes: memory of a read-only memslot changes
// First: pvclock clock.leaves_read_only_memory_alone
// File: virt/kvm/pfncache.c
@@
expression slot, gfn;
@@
- gfn_to_hva_memslot(slot, gfn)
+ gfn_to_hva_memslot_prot(slot, gfn, NULL)
