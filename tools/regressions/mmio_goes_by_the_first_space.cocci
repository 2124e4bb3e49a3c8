// SPDX-License-Identifier: GPL-2.0-only
// Name: mmio_goes_by_the_first_space
// Class: ERR
// Origin: the released 6.12
// A user would see: in system management mode a device answers where there is memory now
// Observable: yes: the exit
// First: smm two_spaces.pages.memslot_is_seen_when_it_is_there
// File: arch/x86/kvm/x86.h
@@
identifier user =~ "^vcpu_(cache_mmio_info|match_mmio_gen)$";
expression vcpu;
@@
user(...)
{
<...
- kvm_vcpu_memslots(vcpu)
+ kvm_memslots(vcpu->kvm)
...>
}
