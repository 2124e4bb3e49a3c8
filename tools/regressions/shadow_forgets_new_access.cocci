// SPDX-License-Identifier: GPL-2.0-only
// Name: shadow_forgets_new_access
// Class: UNSAFE
// Origin: held out
// A user would see: a guest of a guest that writes to pages which its host protects
// Observable: yes: L2's write is not told
// First: nested_protect tables.pages.l2_writes_as_long_as_l1_lets_it
// File: arch/x86/kvm/mmu/mmu.c
@@
expression SP, I, GFN, ACCESS;
@@
kvm_mmu_page_set_access(...)
{
<...
- kvm_mmu_page_set_translation(SP, I, GFN, ACCESS);
+ (void)GFN;
...>
}
