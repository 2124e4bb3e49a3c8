// SPDX-License-Identifier: GPL-2.0-only
// Name: order_of_2M_taken_for_1G
// Class: UNSAFE
// First: huge_private huge_private.in_private_gigabyte.as_written
// Origin: plausible
// A user would see: a guest that reads and writes memory that is not its own
// Observable: yes: leaves or contents are not the model's
// File: arch/x86/kvm/mmu/mmu.c
// Needs: huge_guest_memfd
// Afterwards: reboot; memory of the kernel may have been overwritten
@@
expression order;
@@
kvm_max_level_for_order(...)
{
<...
- order >= KVM_HPAGE_GFN_SHIFT(PG_LEVEL_1G)
+ order >= KVM_HPAGE_GFN_SHIFT(PG_LEVEL_2M)
...>
}
