// SPDX-License-Identifier: GPL-2.0-only
// Name: walk_ends_at_512g
// Class: UNSAFE
// Origin: held out
// A user would see: memory above 512G stays mapped and is never logged
// Observable: yes: leaves stay
// First: memslot global.range_across_512G_is_one
// File: arch/x86/kvm/mmu/tdp_iter.c
@@
@@
try_step_up(...)
{
<...
- iter->level == iter->root_level
+ iter->level == iter->root_level || iter->level >= KVM_MAX_HUGEPAGE_LEVEL
...>
}
