// SPDX-License-Identifier: GPL-2.0-only
// Name: memslot_of_the_other_space
// Class: UNSAFE
// Origin: held out
// A user would see: in system management mode the guest reaches what it should not, and the other way round
// Observable: yes: contents
// First: smm two_spaces.pages.each_has_memory_of_its_own
// File: virt/kvm/kvm_main.c
@@
expression gen, vcpu;
@@
kvm_vcpu_gfn_to_memslot(...)
{
<...
- gen != vcpu->last_used_slot_gen
+ gen > vcpu->last_used_slot_gen
...>
}
