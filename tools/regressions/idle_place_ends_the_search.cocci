// SPDX-License-Identifier: GPL-2.0-only
// Name: idle_place_ends_the_search
// Class: PERF
// Origin: blind
// A user would see: memory in use is taken for idle
// Observable: yes: a page that L2 uses at its second place counts as idle
// First: nested memory.shadow_paging.use_by_either_is_seen
// File: arch/x86/kvm/mmu/mmu.c
@@
expression S;
@@
kvm_rmap_age_gfn_range(...)
{
<...
  if (!is_accessed_spte(S))
-	continue;
+	break;
...>
}
